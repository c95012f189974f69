import type { ReportedEvent } from "../report/report-data.js";
import { pixels, svg } from "./dom.js";
import type { Figure } from "./figure.js";
import { time } from "./format.js";
import { exactScale, type Scale } from "./scale.js";

/** The part of a drawing inside its axes. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The time that all plots of the page share. */
export interface TimeAxis {
  readonly intervalSeconds: number;
  readonly intervals: number;
  readonly events: readonly ReportedEvent[];
}

/** The scale of the time; the ticks need about 70 pixels each. */
function timeScale({ intervalSeconds, intervals }: TimeAxis, width: number): Scale {
  return exactScale(intervals * intervalSeconds, Math.max(2, Math.floor(width / 70)));
}

/** Ticks and labels below the frame. */
export function timeTicks(axis: TimeAxis, { left, top, width, height }: Frame): SVGElement[] {
  const scale = timeScale(axis, width);
  return scale.ticks.map((tick) =>
    svg("text", { x: pixels(left + scale.place(tick) * width), y: top + height + 18, class: "tick middle" }, [
      time(tick),
    ]),
  );
}

/** The events of the schedule: a band while a fault lasts, a line at a moment, each with its number. */
export function eventMarks(axis: TimeAxis, { left, top, width, height }: Frame): SVGElement[] {
  const scale = timeScale(axis, width);
  const end = axis.intervals * axis.intervalSeconds;
  return axis.events.flatMap(({ atSeconds, untilSeconds }, index) => {
    if (atSeconds >= end) return [];
    const x = pixels(left + scale.place(atSeconds) * width);
    const number = svg("text", { x: x + 3, y: top + 10, class: "event-number" }, [String(index + 1)]);
    if (untilSeconds === undefined)
      return [svg("line", { x1: x, x2: x, y1: top, y2: top + height, class: "event" }), number];
    const right = left + scale.place(Math.min(end, untilSeconds)) * width;
    return [svg("rect", { x, y: top, width: pixels(right - x), height, class: "event-band" }), number];
  });
}

/** Shows the interval under the pointer: a line, and the values in the legend. */
export function pointing(drawing: SVGElement, axis: TimeAxis, frame: Frame, figure: Figure): void {
  const { left, top, width, height } = frame;
  const line = svg("line", { y1: top, y2: top + height, class: "pointer", visibility: "hidden" });
  drawing.append(line);
  const leave = (): void => {
    line.setAttribute("visibility", "hidden");
    figure.point(undefined, "");
  };
  drawing.addEventListener("pointermove", (event) => {
    const x = event.clientX - drawing.getBoundingClientRect().left;
    const index = Math.floor(((x - left) / width) * axis.intervals);
    if (index < 0 || index >= axis.intervals) return leave();
    const middle = pixels(left + ((index + 0.5) / axis.intervals) * width);
    line.setAttribute("x1", String(middle));
    line.setAttribute("x2", String(middle));
    line.setAttribute("visibility", "visible");
    figure.point(index, `at ${time(Number(((index + 1) * axis.intervalSeconds).toFixed(2)))}`);
  });
  drawing.addEventListener("pointerleave", leave);
}
