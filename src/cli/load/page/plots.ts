import type { ReportData, ReportedRun } from "../report/report-data.js";
import { billPlot } from "./bill-plot.js";
import { distributionPlot } from "./distribution-plot.js";
import type { FigureSpec } from "./figure.js";
import { milliseconds, percent, precise, short, whole } from "./format.js";
import { heatMap } from "./heat-map.js";
import type { TimeAxis } from "./time-axis.js";
import { type TimeSeries, timePlot } from "./time-plot.js";

/** The class of the colour of a mode. */
export function colourOf(index: number): string {
  return `mode-${index % 4}`;
}

/** Every plot of the page, in its order. */
export function plotsOf({ conditions, runs }: ReportData): FigureSpec[] {
  const axis = axisOf(conditions.events, runs);
  const lines = (
    read: (run: ReportedRun) => readonly (number | null)[],
    mark: TimeSeries["mark"] = "line",
    suffix = "",
  ): TimeSeries[] =>
    runs.map((run, index) => ({
      name: run.summary.mode + suffix,
      colour: colourOf(index),
      mark,
      values: read(run),
    }));
  return [
    timePlot(
      {
        id: "throughput",
        title: "Throughput",
        note:
          wantedOf(runs).length === 0
            ? "Records delivered."
            : "Records delivered, and the rate that the plan asked for.",
        unit: "records/s",
        isWide: true,
        tick: short,
        value: (rate) => `${whole(rate)}/s`,
        series: [...lines(({ timeline }) => timeline.delivered), ...wantedOf(runs)],
      },
      axis,
    ),
    timePlot(
      {
        id: "latency",
        title: "Latency",
        note: "From the due time of a record to its delivery, whatever delayed it; logarithmic.",
        unit: "latency",
        isWide: true,
        isLog: true,
        tick: milliseconds,
        value: milliseconds,
        series: [
          ...lines(({ timeline }) => timeline.p99Ms, "line", " p99"),
          ...lines(({ timeline }) => timeline.p50Ms, "thin", " p50"),
        ],
      },
      axis,
    ),
    distributionPlot(
      runs.map(({ summary }, index) => ({ name: summary.mode, colour: colourOf(index), curve: summary.latencyCurve })),
    ),
    billPlot(runs.map(({ summary }, index) => ({ name: summary.mode, colour: colourOf(index), bill: summary.bill }))),
    ...runs.map(({ summary, timeline }, index) => heatMap(`shards-${index}`, summary.mode, timeline.shards, axis)),
    timePlot(
      {
        id: "throttles",
        title: "Throttles",
        note: "Kinesis records that a shard refused because of its limits; the producer sends them again.",
        unit: "Kinesis records/s",
        atLeast: 10,
        tick: short,
        value: (rate) => `${precise(rate)}/s`,
        series: lines(({ timeline }) => timeline.throttled),
      },
      axis,
    ),
    timePlot(
      {
        id: "buffer",
        title: "Buffer",
        note: "The fill of the producer's buffer; a full one makes callers wait.",
        unit: "of the buffer",
        // The other narrow plots are an even number together.
        isWide: runs.length % 2 === 1,
        atLeast: 0.1,
        tick: percent,
        value: percent,
        series: lines(({ timeline }) => timeline.bufferShare),
      },
      axis,
    ),
  ];
}

/** Every mode has the same plan. The longest knows the rate until its end. */
function wantedOf(runs: readonly ReportedRun[]): TimeSeries[] {
  const [longest] = runs
    .flatMap(({ timeline }) => (timeline.wanted === undefined ? [] : [timeline.wanted]))
    .toSorted((a, b) => b.length - a.length);
  return longest === undefined ? [] : [{ name: "wanted", colour: "wanted", mark: "dashed", values: longest }];
}

function axisOf(events: TimeAxis["events"], runs: readonly ReportedRun[]): TimeAxis {
  return {
    intervalSeconds: (runs[0]?.timeline.intervalMs ?? 1_000) / 1_000,
    intervals: Math.max(1, ...runs.map(({ timeline }) => timeline.delivered.length)),
    events,
  };
}
