import type { ReportedRun } from "../report/report-data.js";
import { html } from "./dom.js";
import { dollars, milliseconds, percent, timesSmaller, whole } from "./format.js";

/** The large figures of one mode: its rate, latency, losses and price. */
export function scoreCard({ summary, problem }: ReportedRun, colour: string): HTMLElement {
  const { mode, recordsPerSecond, wantedPerSecond, latencyMs, sent, delivered, leftOver, bill, interrupted } = summary;
  const lost = sent + leftOver - delivered;
  const wanted = wantedPerSecond === undefined ? "records/s" : `of ${whole(wantedPerSecond)} records/s`;
  const state = problem === undefined ? (interrupted === undefined ? "passed" : "interrupted") : "failed";
  return html("article", { class: `card ${state}`, "aria-label": mode }, [
    html("header", {}, [
      html("i", { class: `key line ${colour}` }),
      html("h2", {}, [mode]),
      html("span", { class: "state" }, [
        state === "failed" ? "✕ failed" : state === "passed" ? "✓ passed" : "interrupted",
      ]),
    ]),
    html("dl", {}, [
      ...figure("Reached", whole(recordsPerSecond), wanted),
      ...figure(
        "p99",
        milliseconds(latencyMs.p99),
        `p50 ${milliseconds(latencyMs.p50)}, max ${milliseconds(latencyMs.max)}`,
      ),
      ...figure("Lost", whole(lost), `of ${whole(sent + leftOver)} records`),
      ...figure("Cost", dollars(bill.provisioned.total), `a month; ${dollars(bill.onDemand.total)} on demand`),
    ]),
    ...(problem === undefined ? [] : [html("p", { class: "problem" }, [problem])]),
  ]);
}

function figure(name: string, value: string, detail: string): HTMLElement[] {
  return [
    html("div", {}, [
      html("dt", {}, [name]),
      html("dd", {}, [html("strong", {}, [value]), html("small", {}, [detail])]),
    ]),
  ];
}

/** All figures of the modes, side by side. */
export function comparison(runs: readonly ReportedRun[]): HTMLElement {
  const row = (head: string, read: (run: ReportedRun["summary"]) => string): HTMLElement =>
    html("tr", {}, [
      html("th", { scope: "row" }, [head]),
      ...runs.map(({ summary }) => html("td", {}, [read(summary)])),
    ]);
  const table = html("table", { class: "comparison" }, [
    html("thead", {}, [
      html("tr", {}, [html("td"), ...runs.map(({ summary }) => html("th", { scope: "col" }, [summary.mode]))]),
    ]),
    html("tbody", {}, [
      row("records delivered", ({ delivered }) => whole(delivered)),
      row("records failed", ({ failed }) => whole(failed)),
      row("records left over", ({ leftOver }) => whole(leftOver)),
      row("may be duplicates", ({ mayBeDuplicates }) => whole(mayBeDuplicates)),
      row("seconds", ({ seconds }) => seconds.toLocaleString("en")),
      row("Kinesis records", ({ kinesisRecords }) => whole(kinesisRecords)),
      row("data by stored bytes", ({ bytes, kinesisBytes }) => timesSmaller(bytes, kinesisBytes)),
      row("requests", ({ requests }) => whole(requests)),
      row("throttled Kinesis records", ({ throttled }) => whole(throttled)),
      row("busiest shard, mean", ({ shards }) =>
        percent(Math.max(0, ...Object.values(shards).map(({ utilisation }) => utilisation))),
      ),
      row("latency p50", ({ latencyMs }) => milliseconds(latencyMs.p50)),
      row("latency p90", ({ latencyMs }) => milliseconds(latencyMs.p90)),
      row("latency p99", ({ latencyMs }) => milliseconds(latencyMs.p99)),
      row("latency p99.9", ({ latencyMs }) => milliseconds(latencyMs.p999)),
      row("latency max", ({ latencyMs }) => milliseconds(latencyMs.max)),
      row("CPU of the producer, a record", ({ cpuUsPerRecord }) => `${cpuUsPerRecord.toLocaleString("en")} µs`),
    ]),
  ]);
  return html("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "All figures" }, [table]);
}
