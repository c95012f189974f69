import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { InvalidOptionError, isProducerError } from "../../index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import type { OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import { RateCurve } from "./arrivals/rate-curve.js";
import { compareLoads, describeConditions, describeLoad } from "./describe-load.js";
import { liveState } from "./live/live-frame.js";
import { LiveView } from "./live/live-view.js";
import { LOAD_OPTIONS, type LoadOptions, readLoadOptions } from "./load-options.js";
import type { LoadPlan, LoadReport } from "./load-plan.js";
import { type LoadRun, loadHere, loadInProcesses } from "./load-run.js";
import { loadShortfall } from "./load-shortfall.js";
import { loadSummary } from "./load-summary.js";
import { timelineOf } from "./measure/timeline.js";
import type { LoadMode } from "./modes.js";
import { OwnKinesis } from "./own-kinesis.js";
import { conditionsOf } from "./report/conditions.js";
import type { LoadResult, ReportData, ReportedRun } from "./report/report-data.js";
import { checkReportFile, pageOf, readTemplate, writeReport } from "./report/report-file.js";

const NOTES = `Without --endpoint it starts a local Kinesis in a separate process, which counts the records that arrive:
  kinesis-producer load
  kinesis-producer load --how put --size 1024 --keys zipf:1.1 --rate 50000
  kinesis-producer load --rate 500..4000 --arrivals poisson --limits \\
    --modes aggregated,raw --report load.html
  kinesis-producer load --rate 2000 --limits --at "7s split" \\
    --at "3s..6s PutRecords throttle-entry p=0.3"
  kinesis-producer load --processes 2 --tls --json
  kinesis-producer load --endpoint http://127.0.0.1:4567 --stream clicks
  kinesis-producer load --live --stream clicks --rate 5000 --duration 1m

With --rate, each record has a due time, which does not depend on earlier records. Its latency counts from that time,
so a producer that makes its caller wait does not look better. Without --rate, latency counts from the call to the producer.

Events of --at: split (the busiest shard), split SHARD, merge SHARD SHARD, reshard COUNT, or a fault in the form of
kinesis-producer local, which lasts from TIME on, or with TIME..TIME until the second.

--live uses real credentials, and AWS charges for the records. Without it no real credentials are used.

Status 0: every record was delivered, at the rate; 1: some were not, or the rate was missed; 2: wrong options.
Ctrl-C ends the load, delivers the records handed over so far and prints the result. A second Ctrl-C does not wait.`;

/** `kinesis-producer load`: endless records, as fast as possible or at a rate. */
export const loadCommand: Command = {
  name: "load",
  summary: "send a load of records to a local Kinesis, or another one, and measure",
  options: LOAD_OPTIONS,
  notes: NOTES,
  run: runLoad,
};

async function runLoad(values: OptionValues, terminal: Terminal): Promise<void> {
  const options = readLoadOptions(values, process.env);
  const template = options.reportFile === undefined ? undefined : readyToReport(options.reportFile);
  const conditions = conditionsOf(values, options);
  const interruption = new Interruption(terminal);
  const runs: ReportedRun[] = [];
  for (const mode of options.modes) {
    if (interruption.isOver) break;
    runs.push(await runMode(mode, options, interruption, terminal));
  }
  report({ conditions, runs }, template, options, terminal);
}

/** Ctrl-C ends the mode that runs, and the modes after it are left out. */
class Interruption {
  isOver = false;
  #run: LoadRun | undefined;

  constructor({ interrupted }: Terminal) {
    void interrupted.then(() => {
      this.isOver = true;
      this.#run?.stop();
    });
  }

  ends(run: LoadRun): void {
    this.#run = run;
    if (this.isOver) run.stop();
  }
}

function readyToReport(file: string): string {
  checkReportFile(file);
  return readTemplate();
}

/** Runs the load in one mode, against its own local Kinesis or the endpoint. */
async function runMode(
  mode: LoadMode,
  options: LoadOptions,
  interruption: Interruption,
  terminal: Terminal,
): Promise<ReportedRun> {
  const { target, processes } = options;
  const own = target.kind === "own" ? await OwnKinesis.start(target) : undefined;
  const folder = own?.ready.certificate === undefined ? undefined : mkdtempSync(join(tmpdir(), "kinesis-load-"));
  try {
    const plan = planOf(options.plan, mode, own);
    const run = start(plan, processes, own, certificateIn(folder, own?.ready.certificate));
    interruption.ends(run);
    const view = viewOf(run, mode, plan, options, terminal);
    const reports = await reportsOf(run).finally(() => view?.end());
    const isInterrupted = interruption.isOver;
    const summary = loadSummary(reports, { mode: mode.name, plan, isInterrupted, local: await own?.use() });
    const problem = loadShortfall(summary);
    return { summary, timeline: timelineOf(reports, plan), ...(problem === undefined ? {} : { problem }) };
  } finally {
    own?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  }
}

function planOf(plan: LoadPlan, mode: LoadMode, own: OwnKinesis | undefined): LoadPlan {
  const endpoint = own === undefined ? {} : { endpoint: own.ready.endpoint };
  return { ...plan, producer: { ...plan.producer, ...mode.producer, ...endpoint } };
}

/** A process reads the certificates it trusts from a file at its start. */
function certificateIn(folder: string | undefined, certificate: string | undefined): string | undefined {
  if (folder === undefined || certificate === undefined) return undefined;
  const file = join(folder, "certificate.pem");
  writeFileSync(file, certificate);
  return file;
}

function start(
  plan: LoadPlan,
  processes: number,
  own: OwnKinesis | undefined,
  certificateFile: string | undefined,
): LoadRun {
  // When the local Kinesis has ended, the producer says so.
  const onBegun = (): void => void own?.begin().catch(() => {});
  try {
    if (processes === 1 && certificateFile === undefined) return loadHere(plan, onBegun);
  } catch (error) {
    throw error instanceof InvalidOptionError ? new UsageError(error.message) : error;
  }
  return loadInProcesses(plan, processes, certificateFile, onBegun);
}

/** @throws CommandError with the message of the producer */
async function reportsOf(run: LoadRun): Promise<readonly LoadReport[]> {
  try {
    return await run.reports;
  } catch (error) {
    throw isProducerError(error) ? new CommandError(error.message, { cause: error }) : error;
  }
}

/** Shows the progress of a run; undefined when nobody watches. */
function viewOf(
  run: LoadRun,
  { name: mode }: LoadMode,
  { arrivals, durationMs }: LoadPlan,
  { wantsProgress, isJson }: LoadOptions,
  terminal: Terminal,
): LiveView | undefined {
  if (!wantsProgress && (!terminal.isWatched || isJson)) return undefined;
  const startedAt = performance.now();
  const curve = arrivals === undefined ? undefined : new RateCurve(arrivals.segments);
  return new LiveView(terminal, () => {
    const passedMs = performance.now() - startedAt;
    const facts = { mode, passedMs, durationMs };
    if (curve === undefined) return liveState(run.states, facts);
    return liveState(run.states, { ...facts, wantedPerSecond: curve.rateBefore(passedMs) });
  });
}

/** @throws CommandError unless every record was delivered at its rate */
function report(
  data: ReportData,
  template: string | undefined,
  { isJson, reportFile }: LoadOptions,
  terminal: Terminal,
): void {
  const summaries = data.runs.map(({ summary }) => summary);
  const figures = summaries.length === 1 ? summaries.map(describeLoad).join("") : compareLoads(summaries);
  const text = `${figures}\n\n${describeConditions(data.conditions)}`;
  const result: LoadResult = { conditions: data.conditions, runs: summaries };
  terminal.out(isJson ? JSON.stringify(result) : text);
  if (reportFile !== undefined && template !== undefined) writeReport(reportFile, pageOf(template, data, text));
  const problems = data.runs.flatMap(({ summary, problem }) =>
    problem === undefined ? [] : [data.runs.length === 1 ? problem : `${summary.mode}: ${problem}`],
  );
  if (problems.length > 0) throw new CommandError(problems.join("; "));
}
