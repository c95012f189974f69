/**
 * The script of the page of `kinesis-producer load --report`: reads the data in the page, and draws it. It loads
 * nothing. The build makes one script of this folder.
 *
 * @module
 */
import type { LoadConditions, ReportData } from "../report/report-data.js";
import { byId, html } from "./dom.js";
import { Figure } from "./figure.js";
import { time } from "./format.js";
import { colourOf, plotsOf } from "./plots.js";
import { comparison, scoreCard } from "./scoreboard.js";

const data = JSON.parse(byId("report-data").textContent) as ReportData;

show(data);

function show({ conditions, runs }: ReportData): void {
  byId("command").textContent = conditions.command;
  byId("verdict").textContent = verdictOf(runs);
  byId("scoreboard").append(...runs.map((run, index) => scoreCard(run, colourOf(index))));
  byId("events").append(...eventsOf(conditions));
  byId("comparison").append(comparison(runs));
  byId("conditions").append(...conditionsOf(conditions));
  const figures = plotsOf(data).map((spec) => new Figure(spec));
  byId("plots").append(...figures.map(({ element }) => element));
  redrawn(figures);
}

function verdictOf(runs: ReportData["runs"]): string {
  const failed = runs.filter(({ problem }) => problem !== undefined).map(({ summary }) => summary.mode);
  if (failed.length > 0) {
    return runs.length === 1
      ? "The load failed."
      : `${failed.length} of ${runs.length} modes failed: ${failed.join(", ")}.`;
  }
  if (runs.some(({ summary }) => summary.interrupted !== undefined)) return "Interrupted before its end.";
  const hasRate = runs.every(({ summary }) => summary.wantedPerSecond !== undefined);
  return `Every record was delivered${hasRate ? ", at the wanted rate" : ""}.`;
}

/** Draws now, and after each change of the width of the page. */
function redrawn(figures: readonly Figure[]): void {
  let width = 0;
  const draw = (): void => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    for (const figure of figures) figure.redraw();
  };
  draw();
  window.addEventListener("resize", draw);
}

function eventsOf({ events }: LoadConditions): HTMLElement[] {
  if (events.length === 0) return [];
  const items = events.map(({ atSeconds, untilSeconds, text }) => {
    const when = untilSeconds === undefined ? `at ${time(atSeconds)}` : `${time(atSeconds)} to ${time(untilSeconds)}`;
    return html("li", {}, [`${when}: `, html("code", {}, [text])]);
  });
  return [html("h3", {}, ["Events, by their number in the plots"]), html("ol", {}, items)];
}

function conditionsOf(conditions: LoadConditions): HTMLElement[] {
  const { target, cpu, cpus, memoryGib, platform, node, version, durationSeconds, startedAt } = conditions;
  const rows = [
    ["Kinesis", target],
    ["Duration", `${time(durationSeconds)}, each mode`],
    ["Machine", `${cpu}, ${cpus} CPUs, ${memoryGib} GiB of memory, ${platform}`],
    ["Software", `kinesis-producer ${version}, Node.js ${node}`],
    ["Start", startedAt],
  ] as const;
  return rows.flatMap(([head, text]) => [html("dt", {}, [head]), html("dd", {}, [text])]);
}
