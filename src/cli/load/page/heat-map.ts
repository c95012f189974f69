import type { ShardTimeline } from "../measure/timeline-data.js";
import { pixels, svg } from "./dom.js";
import type { Figure, FigureSpec } from "./figure.js";
import { percent, shortShard } from "./format.js";
import { type Frame, pointing, type TimeAxis, timeTicks } from "./time-axis.js";

const LEFT = 52;
const TOP = 26;
const BOTTOM = 26;
const MOST_ROWS = 48;

/** The use of each shard over time: a row for each shard, a cell for each interval. */
export function heatMap(id: string, name: string, shards: readonly ShardTimeline[], axis: TimeAxis): FigureSpec {
  const shown = busiest(shards);
  const left = shards.length - shown.length;
  const rest = left === 0 ? "" : ` The ${shown.length} busiest shards are shown, ${left} are not.`;
  return {
    id,
    title: `Shards, ${name}`,
    note: `The part of a shard's limits (1,000 records and 1 MiB a second) that the load used.${rest}`,
    legend: [
      { name: "0 %", colour: "heat-0", mark: "block" },
      { name: "50 %", colour: "heat-50", mark: "block" },
      { name: "100 %", colour: "heat-100", mark: "block" },
      { name: "above", colour: "heat-over", mark: "block" },
      {
        name: "",
        colour: "",
        mark: "thin",
        valueAt: (index) =>
          shown
            .map(({ shardId, utilisation }) => `${shortShard(shardId)}: ${percent(utilisation[index] ?? 0)}`)
            .slice(0, 8)
            .join("  "),
      },
    ],
    table: () => [
      ["until s", ...shards.map(({ shardId }) => `shard ${shortShard(shardId)}`)],
      ...Array.from({ length: axis.intervals }, (_, index) => [
        String(Number(((index + 1) * axis.intervalSeconds).toFixed(2))),
        ...shards.map(({ utilisation }) => (utilisation[index] === undefined ? "" : percent(utilisation[index]))),
      ]),
    ],
    draw: (width, figure) => draw(shown, axis, width, figure),
  };
}

function busiest(shards: readonly ShardTimeline[]): readonly ShardTimeline[] {
  if (shards.length <= MOST_ROWS) return shards;
  const use = ({ utilisation }: ShardTimeline): number => utilisation.reduce((sum, each) => sum + each, 0);
  const kept = new Set(shards.toSorted((a, b) => use(b) - use(a)).slice(0, MOST_ROWS));
  return shards.filter((shard) => kept.has(shard));
}

function draw(shards: readonly ShardTimeline[], axis: TimeAxis, width: number, figure: Figure): SVGElement {
  const rowHeight = shards.length > 16 ? 12 : 22;
  const inner = Math.max(1, shards.length) * rowHeight;
  const height = inner + TOP + BOTTOM;
  const frame: Frame = { left: LEFT, top: TOP, width: width - LEFT - 12, height: inner };
  const cellWidth = frame.width / axis.intervals;
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, [
    svg("text", { x: 0, y: 12, class: "unit" }, ["shard"]),
    svg("rect", { x: LEFT, y: TOP, width: pixels(frame.width), height: inner, class: "heat-ground" }),
    ...timeTicks(axis, frame),
    ...shards.flatMap(({ shardId, utilisation }, row) => {
      const y = TOP + row * rowHeight;
      return [
        svg("text", { x: LEFT - 8, y: y + rowHeight / 2 + 4, class: "tick end" }, [shortShard(shardId)]),
        ...utilisation.flatMap((use, index) =>
          use === 0 ? [] : [cell(use, LEFT + index * cellWidth, y, cellWidth, rowHeight)],
        ),
      ];
    }),
  ]);
  pointing(drawing, axis, frame, figure);
  return drawing;
}

function cell(use: number, x: number, y: number, width: number, height: number): SVGElement {
  const place = { x: pixels(x), y: y + 1, width: pixels(width + 0.3), height: height - 2 };
  // A second may use what a quiet one has left, so a little more than the limits is normal.
  if (use > 1.1) return svg("rect", { ...place, class: "mark heat-over" });
  const part = Math.round(Math.min(1, use) * 100);
  return svg("rect", {
    ...place,
    class: "mark",
    style: `fill:color-mix(in oklab, var(--heat-high) ${part}%, var(--heat-low))`,
  });
}
