/** The page of the example: it shows the messages that come as server-sent events. */
import { lines } from "./chart.mjs";
import { byId, html } from "./dom.mjs";
import { clock, duration, whole } from "./format.mjs";
import { account, servers, shards, way } from "./panels.mjs";

/** @typedef {import("../live-frame.js").Messages} Messages */

/** @type {Messages["frame"][]} */
let frames = [];
/** @type {Messages["news"][]} */
let news = [];
let seconds = 1;
let isOver = false;

const source = new EventSource("/events");

/**
 * @template {keyof Messages} Name
 * @param {Name} name
 * @param {(message: Messages[Name]) => void} take
 */
function on(name, take) {
  source.addEventListener(name, ({ data }) => {
    take(JSON.parse(data));
    show();
  });
}

on("history", (history) => {
  ({ seconds } = history);
  frames = [...history.frames];
  news = [...history.news];
  if (history.end !== undefined) end(history.end);
});
on("frame", (frame) => frames.push(frame));
on("news", (each) => news.push(each));
on("end", end);
source.addEventListener("error", () => {
  // A browser would connect again and again to a run that is over.
  if (isOver) source.close();
  else byId("state").textContent = "no connection";
});
addEventListener("resize", show);

/** @param {Messages["end"]} message */
function end(message) {
  isOver = true;
  account(byId("end"), message);
}

function show() {
  const last = frames.at(-1);
  if (last !== undefined) {
    const now = byId("clock").querySelector("strong");
    if (now !== null) now.textContent = clock(last.hour);
    byId("state").textContent = isOver ? "the day is over" : `${whole(last.second)} of ${whole(seconds)} s`;
    way(byId("way"), last);
  }
  plots();
  const list = byId("news").querySelector("ol");
  list?.replaceChildren(...news.map(({ second, text, mark }) => item(second, text, mark)).reverse());
}

function plots() {
  const axis = { seconds, marks: news.filter(({ mark }) => mark !== undefined) };
  const day = frames.filter(({ second }) => second <= seconds);
  const at = day.map(({ second }) => second);
  lines(byId("throughput"), axis, {
    title: "Throughput",
    note: "Events a second. The filter drops players without premium, so the files get a part.",
    at,
    value: whole,
    series: [
      { name: "players want", colour: "wanted", values: day.map(({ wanted }) => wanted) },
      { name: "put by the servers", colour: "colour-0", values: day.map(({ put }) => put) },
      { name: "through the filter", colour: "colour-1", values: day.map(({ filtered }) => filtered) },
      { name: "in files", colour: "colour-2", values: day.map(({ written }) => written) },
    ],
  });
  lines(byId("lag"), axis, {
    title: "Lag",
    note: "How long an event needs to the filter, and the oldest of a file into its file.",
    at,
    value: duration,
    series: [
      { name: "filter", colour: "colour-1", values: day.map(({ filterLagMs }) => filterLagMs) },
      { name: "files", colour: "colour-2", values: day.map(({ fileLagMs }) => fileLagMs) },
    ],
  });
  shards(byId("shards"), axis, day);
  servers(byId("servers"), axis, frames);
}

/**
 * @param {number} second
 * @param {string} text
 * @param {number | undefined} mark
 */
function item(second, text, mark) {
  const number = html("b", { class: mark === undefined ? "" : "number" }, [mark === undefined ? "" : String(mark)]);
  return html("li", {}, [html("time", {}, [`${second.toFixed(1)} s`]), number, html("span", {}, [text])]);
}
