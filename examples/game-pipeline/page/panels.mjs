import { draw, frameOf, inside } from "./chart.mjs";
import { html, svg } from "./dom.mjs";
import { duration, money, whole } from "./format.mjs";

/** @typedef {import("../live-frame.js").LiveFrame} LiveFrame */
/** @typedef {import("./chart.mjs").Axis} Axis */

const ROW = 30;

/**
 * The stations of an event, from the servers to the files, each with its figures.
 *
 * @param {Element} list
 * @param {LiveFrame} frame
 */
export function way(list, { servers, put, totals, shards, filterLagMs, fileLagMs, files, bill }) {
  const running = servers.filter(({ state }) => state === "running").length;
  list.replaceChildren(
    station("Game servers", String(running), "running", `${whole(totals.put)} events put`),
    station("Stream", whole(put), "events/s", `${shards.length} open shards`),
    station("Premium filter", duration(filterLagMs), "lag", `${whole(totals.dropped)} events dropped`),
    station("Files", duration(fileLagMs), "lag", `${whole(totals.written)} events, ${whole(files)} files`),
    station("Bill", money(bill), "a month", "both streams, provisioned"),
  );
}

/**
 * @param {string} title
 * @param {string} figure
 * @param {string} unit
 * @param {string} remark
 */
function station(title, figure, unit, remark) {
  const parts = [html("h2", {}, [title]), html("strong", {}, [figure]), " ", html("span", {}, [unit])];
  return html("li", { class: "station" }, [...parts, html("small", {}, [remark])]);
}

/**
 * A bar for each server, from its start to its end.
 *
 * @param {Element} figure
 * @param {Axis} axis
 * @param {readonly LiveFrame[]} frames
 */
export function servers(figure, axis, frames) {
  /** @type {Map<string, { from: number, to: number, state: string }>} */
  const lives = new Map();
  for (const { second, servers: all } of frames) {
    for (const { name, state } of all) {
      const life = lives.get(name) ?? { from: second, to: second, state };
      if (life.state === "running" || life.state === "ending") life.to = second;
      life.state = state;
      lives.set(name, life);
    }
  }
  const frame = frameOf(inside(figure), ROW * Math.max(4, lives.size));
  const bars = [...lives].flatMap(([name, { from, to, state }], row) => {
    const [x, end] = [from, to].map((second) => frame.left + Math.min(1, second / axis.seconds) * frame.width);
    const y = frame.top + row * ROW;
    const width = Math.max(2, (end ?? 0) - (x ?? 0));
    return [
      svg("text", { x: frame.left - 8, y: y + 19, class: "end" }, [name]),
      svg("rect", { x: x ?? 0, y: y + 4, width, height: ROW - 8, rx: 3, class: `mark life ${state}` }),
      ...(state === "killed" ? [svg("text", { x: (end ?? 0) + 5, y: y + 19, class: "bad" }, ["kill -9"])] : []),
    ];
  });
  const caption = [html("h2", {}, ["Servers"]), html("p", {}, ["Each bar is a process, from its start to its end."])];
  draw(figure, caption, frame, axis, bars);
}

/**
 * The use of each shard over the day, as a row of colours.
 *
 * @param {Element} figure
 * @param {Axis} axis
 * @param {readonly LiveFrame[]} frames
 */
export function shards(figure, axis, frames) {
  const ids = [...new Set(frames.flatMap((each) => each.shards.map(({ id }) => id)))].sort();
  const frame = frameOf(inside(figure), ROW * Math.max(4, ids.length));
  const x = (/** @type {number} */ second) => frame.left + Math.min(1, second / axis.seconds) * frame.width;
  const most = Math.max(0.01, ...frames.flatMap((each) => each.shards.map(({ use }) => use)));
  const labels = ids.map((id, row) =>
    svg("text", { x: frame.left - 8, y: frame.top + row * ROW + 19, class: "end" }, [id]),
  );
  const cells = frames.flatMap(({ second, shards: open }, index) =>
    open.map(({ id, use }) => {
      const from = x(frames[index - 1]?.second ?? 0);
      const place = {
        x: from,
        y: frame.top + ids.indexOf(id) * ROW + 3,
        width: x(second) - from + 0.5,
        height: ROW - 6,
      };
      return svg("rect", { ...place, class: "mark use", style: `--use: ${Math.round((use / most) * 100)}%` });
    }),
  );
  const note = `The part of a shard's limits that writes use; the darkest is ${Math.round(most * 100)} %.`;
  draw(figure, [html("h2", {}, ["Shards"]), html("p", {}, [note])], frame, axis, [...cells, ...labels]);
}

/**
 * The account at the end.
 *
 * @param {HTMLElement} section
 * @param {import("../live-frame.js").RunEnd} end
 */
export function account(section, { isClosed, verdict, rows }) {
  const lines = rows.map(([label, count, remark]) =>
    html("tr", {}, [html("th", { scope: "row" }, [label]), html("td", {}, [count]), html("td", {}, [remark])]),
  );
  section.className = isClosed ? "good" : "bad";
  section.replaceChildren(
    html("h2", {}, ["The account"]),
    html("p", { id: "verdict" }, [verdict]),
    html("div", { class: "scroll" }, [html("table", {}, [html("tbody", {}, lines)])]),
  );
  section.hidden = false;
}
