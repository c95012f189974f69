import type { LatencyPoint } from "../measure/latency.js";
import { pixels, svg } from "./dom.js";
import type { FigureSpec } from "./figure.js";
import { milliseconds, percentile } from "./format.js";
import { logScale, percentileScale } from "./scale.js";
import type { Frame } from "./time-axis.js";
import { grid } from "./time-plot.js";

export interface Distribution {
  readonly name: string;
  readonly colour: string;
  readonly curve: readonly LatencyPoint[];
}

const LEFT = 52;
const TOP = 26;
const BOTTOM = 26;
const SHARES = [0.5, 0.9, 0.99, 0.999, 0.9999];

/** Latency by percentile. Both axes are logarithmic, so that the slowest of a thousand records have room. */
export function distributionPlot(distributions: readonly Distribution[]): FigureSpec {
  return {
    id: "distribution",
    title: "Latency distribution",
    note: "A point says: this part of the records was delivered within this time. Both axes are logarithmic.",
    legend: distributions.map(({ name, colour }) => ({ name, colour, mark: "line" })),
    table: () => [
      ["records", ...distributions.map(({ name }) => name)],
      ...SHARES.map((share) => [
        percentile(share),
        ...distributions.map(({ curve }) => {
          const at = curve.find(([reached]) => reached >= share - 1e-9);
          return at === undefined ? "" : milliseconds(at[1]);
        }),
      ]),
    ],
    draw: (width) => draw(distributions, width),
  };
}

function draw(distributions: readonly Distribution[], width: number): SVGElement {
  const height = width < 500 ? 220 : 260;
  const frame: Frame = { left: LEFT, top: TOP, width: width - LEFT - 24, height: height - TOP - BOTTOM };
  const points = distributions.flatMap(({ curve }) => curve);
  const latencies = points.map(([, ms]) => ms).filter((ms) => ms > 0);
  const y = latencies.length === 0 ? logScale(1, 10) : logScale(Math.min(...latencies), Math.max(...latencies));
  const x = percentileScale(Math.max(0.9, ...points.map(([share]) => share)));
  const { left, top } = frame;
  const labels = x.ticks.filter((share) => share > 0);
  const shown = frame.width / labels.length < 52 ? labels.filter((_, index) => index % 2 === 0) : labels;
  return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, [
    ...grid(y, frame, milliseconds),
    svg("text", { x: 0, y: 12, class: "unit" }, ["latency"]),
    ...labels.map((share) => {
      const at = pixels(left + x.place(share) * frame.width);
      return svg("line", { x1: at, x2: at, y1: top, y2: top + frame.height, class: "grid" });
    }),
    ...shown.map((share) =>
      svg("text", { x: pixels(left + x.place(share) * frame.width), y: height - 8, class: "tick middle" }, [
        percentile(share),
      ]),
    ),
    ...distributions.map(({ curve, colour }) => {
      const path = curve.map(([share, ms], index) => {
        const px = pixels(left + x.place(share) * frame.width);
        const py = pixels(top + frame.height - y.place(ms) * frame.height);
        return `${index === 0 ? "M" : "L"}${px} ${py}`;
      });
      return svg("path", { d: path.join(""), class: `mark series line ${colour}` });
    }),
  ]);
}
