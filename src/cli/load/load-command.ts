import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { InvalidOptionError, isProducerError } from "../../index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import type { OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import { LOAD_OPTIONS, type LoadOptions, readLoadOptions } from "./load-options.js";
import type { LoadPlan, LoadReport } from "./load-plan.js";
import { type LoadRun, loadHere, loadInProcesses } from "./load-run.js";
import { describeLoad, type LocalUse, loadShortfall, loadSummary } from "./load-summary.js";
import { OwnKinesis } from "./own-kinesis.js";

const NOTES = `Without --endpoint it starts a local Kinesis in a separate process, which counts the records that arrive:
  kinesis-producer load
  kinesis-producer load --how put --size 1024 --keys zipf:1.1 --rate 50000 --duration 30s
  kinesis-producer load --processes 2 --tls --json
  kinesis-producer load --endpoint http://127.0.0.1:4567 --stream clicks --limits
  kinesis-producer load --live --stream clicks --rate 5000 --duration 1m

With --rate, each record has a scheduled time, which does not depend on earlier records. Its latency counts from that time,
so a producer that makes its caller wait does not look better. Without --rate, latency counts from the call to the producer.
--live uses real credentials, and AWS charges for the records. Without it no real credentials are used.

Status 0: every record was delivered; 1: some were not, or the rate could not be kept; 2: wrong options.
Ctrl-C ends the load, delivers the records handed over so far and prints the result. A second Ctrl-C does not wait.`;

const PROGRESS_MS = 1_000;

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
  const own = options.target.kind === "own" ? await OwnKinesis.start(options.target) : undefined;
  let isInterrupted = false;
  const folder = own?.ready.certificate === undefined ? undefined : mkdtempSync(join(tmpdir(), "kinesis-load-"));
  try {
    const run = start(options, own, certificateIn(folder, own?.ready.certificate));
    void terminal.interrupted.then(() => {
      isInterrupted = true;
      run.stop();
    });
    const endProgress =
      options.wantsProgress || (terminal.isWatched && !options.isJson) ? tell(run, terminal) : undefined;
    const reports = await reportsOf(run);
    endProgress?.();
    report(reports, { isInterrupted, local: await own?.use() }, options, terminal);
  } finally {
    own?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  }
}

/** A process reads the certificates it trusts from a file at its start. */
function certificateIn(folder: string | undefined, certificate: string | undefined): string | undefined {
  if (folder === undefined || certificate === undefined) return undefined;
  const file = join(folder, "certificate.pem");
  writeFileSync(file, certificate);
  return file;
}

function start(
  { plan, processes }: LoadOptions,
  own: OwnKinesis | undefined,
  certificateFile: string | undefined,
): LoadRun {
  const aimed: LoadPlan =
    own === undefined ? plan : { ...plan, producer: { ...plan.producer, endpoint: own.ready.endpoint } };
  try {
    if (processes === 1 && certificateFile === undefined) return loadHere(aimed);
  } catch (error) {
    throw error instanceof InvalidOptionError ? new UsageError(error.message) : error;
  }
  return loadInProcesses(aimed, processes, certificateFile);
}

/** @throws CommandError with the message of the producer */
async function reportsOf(run: LoadRun): Promise<readonly LoadReport[]> {
  try {
    return await run.reports;
  } catch (error) {
    throw isProducerError(error) ? new CommandError(error.message, { cause: error }) : error;
  }
}

/** Prints progress once a second. The returned function ends that. */
function tell(run: LoadRun, terminal: Terminal): () => void {
  let before = { delivered: 0, at: performance.now() };
  const timer = setInterval(() => {
    const { sent, delivered, failed } = run.counts;
    const at = performance.now();
    const rate = Math.round(((delivered - before.delivered) * 1_000) / (at - before.at));
    before = { delivered, at };
    const trouble = failed === 0 ? "" : `, ${failed.toLocaleString("en")} failed`;
    const counts = `${delivered.toLocaleString("en")} of ${sent.toLocaleString("en")} delivered${trouble}`;
    terminal.err(`${counts}, ${rate.toLocaleString("en")} records/s`);
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

/** @throws CommandError unless every record was delivered */
function report(
  reports: readonly LoadReport[],
  facts: { readonly isInterrupted: boolean; readonly local: LocalUse | undefined },
  { isJson }: LoadOptions,
  terminal: Terminal,
): void {
  const summary = loadSummary(reports, facts);
  terminal.out(isJson ? JSON.stringify(summary) : describeLoad(summary));
  const reason = loadShortfall(summary);
  if (reason !== undefined) throw new CommandError(reason);
}
