import { html, svg } from "./dom.mjs";
import { clock } from "./format.mjs";

/**
 * @typedef {object} Axis
 * @property {number} seconds - the length of the day
 * @property {readonly import("../live-frame.js").News[]} marks - news with a number
 */

/**
 * @typedef {object} Series
 * @property {string} name
 * @property {string} colour - a class
 * @property {readonly number[]} values - one for each second of `at`
 */

/**
 * @typedef {object} Plot
 * @property {string} title
 * @property {string} note
 * @property {readonly number[]} at - seconds
 * @property {readonly Series[]} series
 * @property {(value: number) => string} value
 */

/** @typedef {{ left: number, top: number, width: number, height: number }} Frame */

/** The day begins at this hour. */
const FIRST_HOUR = 4;
const LEFT = 64;
const TOP = 18;
const BOTTOM = 24;

/**
 * The place of a drawing inside its axes.
 *
 * @param {number} width - of the drawing
 * @param {number} height - inside the axes
 * @returns {Frame}
 */
export function frameOf(width, height) {
  return { left: LEFT, top: TOP, width: Math.max(50, width - LEFT - 10), height };
}

/**
 * Puts a drawing with its title into a figure. It has the marks and the hours of the day.
 *
 * @param {Element} figure
 * @param {readonly Node[]} caption
 * @param {Frame} frame
 * @param {Axis} axis
 * @param {readonly Node[]} drawing
 */
export function draw(figure, caption, frame, axis, drawing) {
  const width = frame.left + frame.width + 10;
  const height = frame.top + frame.height + BOTTOM;
  const bottom = frame.top + frame.height;
  const hours = frame.width < 400 ? [0, 6, 12, 18, 24] : [0, 4, 8, 12, 16, 20, 24];
  const ticks = hours.map((hour) =>
    svg("text", { x: frame.left + (hour / 24) * frame.width, y: bottom + 17, class: hour === 24 ? "end" : "middle" }, [
      clock(FIRST_HOUR + hour),
    ]),
  );
  const marks = axis.marks.flatMap(({ second, mark = 0 }) => {
    const x = frame.left + Math.min(1, second / axis.seconds) * frame.width;
    return [
      svg("line", { x1: x, x2: x, y1: frame.top, y2: bottom, class: "moment" }),
      svg("text", { x, y: 12, class: "middle moment-number" }, [String(mark)]),
    ];
  });
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}` }, [...drawing, ...marks, ...ticks]);
  figure.replaceChildren(html("figcaption", {}, caption), picture);
}

/**
 * Lines over the day.
 *
 * @param {Element} figure
 * @param {Axis} axis
 * @param {Plot} plot
 */
export function lines(figure, axis, { title, note, at, series, value }) {
  const frame = frameOf(inside(figure), figure.classList.contains("wide") ? 190 : 150);
  const { top, left, width, height } = frame;
  const most = roundUp(Math.max(1e-9, ...series.flatMap(({ values }) => values)));
  const grid = [0, 0.5, 1].flatMap((part) => {
    const y = top + height * (1 - part);
    return [
      svg("line", { x1: left, x2: left + width, y1: y, y2: y, class: "grid" }),
      svg("text", { x: left - 8, y: y + 4, class: "end" }, [value(most * part)]),
    ];
  });
  const paths = series.map(({ colour, values }) => {
    // A line begins with its first figure.
    const first = values.findIndex((each) => each > 0);
    const points = values.slice(Math.max(0, first)).map((each, index) => {
      const x = left + Math.min(1, (at[index + Math.max(0, first)] ?? 0) / axis.seconds) * width;
      return `${x.toFixed(1)} ${(top + height * (1 - each / most)).toFixed(1)}`;
    });
    return svg("path", { d: points.length === 0 ? "" : `M${points.join("L")}`, class: `mark series ${colour}` });
  });
  const legend = series.map(({ name, colour, values }) =>
    html("li", {}, [html("i", { class: `key ${colour}` }), name, html("b", {}, [value(values.at(-1) ?? 0)])]),
  );
  const caption = [html("h2", {}, [title]), html("p", {}, [note]), html("ul", { class: "legend" }, legend)];
  draw(figure, caption, frame, axis, [...grid, ...paths]);
}

/**
 * The width inside a figure.
 *
 * @param {Element} figure
 */
export function inside(figure) {
  const { paddingLeft, paddingRight } = getComputedStyle(figure);
  return figure.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight);
}

/**
 * The next round number: 1, 2, 3, 4, 5, 6 or 8 times a power of ten.
 *
 * @param {number} number
 */
function roundUp(number) {
  const power = 10 ** Math.floor(Math.log10(number));
  return ([1, 2, 3, 4, 5, 6, 8].find((each) => each * power >= number) ?? 10) * power;
}
