import { pixels, svg } from "./dom.js";
import type { Figure, FigureSpec } from "./figure.js";
import { time } from "./format.js";
import { linearScale, logScale, type Scale } from "./scale.js";
import { eventMarks, type Frame, pointing, type TimeAxis, timeTicks } from "./time-axis.js";

/** One line of a plot over time. */
export interface TimeSeries {
  readonly name: string;
  readonly colour: string;
  readonly mark: "line" | "dashed" | "thin";
  /** One value for each interval; null: none. */
  readonly values: readonly (number | null)[];
}

export interface TimePlot extends Pick<FigureSpec, "id" | "title" | "note" | "isWide"> {
  /** Of the numbers on the axis. */
  readonly unit: string;
  readonly isLog?: boolean;
  /** The top of a linear axis, when the values do not reach it. */
  readonly atLeast?: number;
  readonly tick: (value: number) => string;
  /** A value with its unit. */
  readonly value: (value: number) => string;
  readonly series: readonly TimeSeries[];
}

const LEFT = 52;
const TOP = 26;
const BOTTOM = 26;

/** Lines over the time of the load. */
export function timePlot(plot: TimePlot, axis: TimeAxis): FigureSpec {
  const { series, value } = plot;
  return {
    ...plot,
    legend: series.map(({ name, colour, mark, values }) => ({
      name,
      colour,
      mark,
      valueAt: (index) => {
        const at = values[index];
        return at === undefined || at === null ? undefined : value(at);
      },
    })),
    table: () => [
      ["until", ...series.map(({ name }) => name)],
      ...Array.from({ length: axis.intervals }, (_, index) => [
        time(Number(((index + 1) * axis.intervalSeconds).toFixed(2))),
        ...series.map(({ values }) => {
          const at = values[index];
          return at === undefined || at === null ? "" : value(at);
        }),
      ]),
    ],
    draw: (width, figure) => draw(plot, axis, width, figure),
  };
}

function draw(plot: TimePlot, axis: TimeAxis, width: number, figure: Figure): SVGElement {
  const height = width < 500 ? 200 : 240;
  const frame: Frame = { left: LEFT, top: TOP, width: width - LEFT - 12, height: height - TOP - BOTTOM };
  const scale = scaleOf(plot);
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, [
    ...eventMarks(axis, frame),
    ...grid(scale, frame, plot.tick),
    svg("text", { x: 0, y: 12, class: "unit" }, [plot.unit]),
    ...timeTicks(axis, frame),
    ...plot.series.map((each) => lineOf(each, axis, scale, frame)),
  ]);
  pointing(drawing, axis, frame, figure);
  return drawing;
}

function scaleOf({ series, isLog, atLeast = 0 }: TimePlot): Scale {
  const values = series.flatMap((each) => each.values.filter((value) => value !== null));
  if (isLog !== true) return linearScale(Math.max(atLeast, ...values), 4);
  const positive = values.filter((value) => value > 0);
  return positive.length === 0 ? logScale(1, 10) : logScale(Math.min(...positive), Math.max(...positive));
}

/** Lines and labels of the vertical axis. */
export function grid(
  scale: Scale,
  { left, top, width, height }: Frame,
  label: (value: number) => string,
): SVGElement[] {
  return scale.ticks.flatMap((tick) => {
    const y = pixels(top + height - scale.place(tick) * height);
    return [
      svg("line", { x1: left, x2: left + width, y1: y, y2: y, class: "grid" }),
      svg("text", { x: left - 8, y: y + 4, class: "tick end" }, [label(tick)]),
    ];
  });
}

function lineOf({ values, colour, mark }: TimeSeries, axis: TimeAxis, scale: Scale, frame: Frame): SVGElement {
  const { left, top, width, height } = frame;
  let path = "";
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    if (value === null) {
      isOpen = false;
      continue;
    }
    const x = pixels(left + ((index + 0.5) / axis.intervals) * width);
    const y = pixels(top + height - scale.place(value) * height);
    // A point without neighbours is a line to itself: its round ends make it a dot.
    path += isOpen ? `L${x} ${y}` : `M${x} ${y}h0`;
    isOpen = true;
  }
  return svg("path", { d: path, class: `mark series ${mark} ${colour}` });
}
