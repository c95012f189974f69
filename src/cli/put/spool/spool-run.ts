import { join, resolve } from "node:path";
import { DeadLetterFile, InvalidOptionError, isProducerError, type LogFunction } from "../../../index.js";
import { SpooledProducer } from "../../../spool/index.js";
import { CommandError, type Terminal } from "../../command.js";
import { counted } from "../../counted.js";
import { UsageError } from "../../usage-error.js";
import { followFiles } from "../follow/follow-files.js";
import { inWordsOfFlags, type PutOptions, type PutSource } from "../put-options.js";
import { addUsage, NO_USAGE, type SendingUsage, usageOfStream } from "../sending-usage.js";
import { Tally } from "../tally.js";
import { LineAppender } from "./line-appender.js";
import { newId } from "./line-id.js";
import { sleep, within, withinAfter } from "./sleep.js";
import { spoolLines } from "./spool-lines.js";
import type { SpoolSettings } from "./spool-settings.js";
import {
  describeSpoolProgress,
  describeSpoolSummary,
  type SpoolSummary,
  spoolShortfall,
  spoolSummary,
} from "./spool-summary.js";

/** How long the records in flight may take at the end. The others stay on disk. */
const CLOSE_TIMEOUT_MS = 5_000;
/** How long lines that were read may take at the end. They wait while the spool is full. */
const APPEND_TIMEOUT_MS = 1_000;
const PROGRESS_INTERVAL_MS = 1_000;

/** The lines of `put`, with the settings of their spool. */
export type SpoolRunOptions = PutOptions & {
  readonly spool: SpoolSettings;
  readonly source: Extract<PutSource, { readonly kind: "lines" }>;
};

/** The parts of one run. */
interface Running {
  readonly options: SpoolRunOptions;
  readonly spool: SpooledProducer;
  readonly letters: DeadLetterFile;
  readonly tally: Tally;
  readonly appender: LineAppender;
  readonly terminal: Terminal;
  readonly complain: (text: string) => void;
}

/** How the input ended. */
interface Ending {
  readonly interrupted?: string | undefined;
  readonly error?: unknown;
}

/**
 * `kinesis-producer put --spool`.
 *
 * @throws UsageError for a bad option; CommandError when the directory cannot be used, the input cannot be read, or not
 * every record was delivered
 */
export async function runSpool(
  options: SpoolRunOptions,
  terminal: Terminal,
  complain: (text: string) => void,
): Promise<void> {
  const startedAt = performance.now();
  const tally = new Tally(complain);
  const spool = await openSpool(options, tally, complain);
  const letters = openLetters(options);
  const { hasIds } = options.spool;
  const { format } = options.source;
  const appender = new LineAppender({ spool, deadLetters: letters, format, hasIds, tally, complain, sleep });
  const backlog = spool.stats().records;
  if (backlog > 0 && options.output === "text") terminal.err(`${counted(backlog, "record")} of earlier runs on disk`);
  const running: Running = { options, spool, letters, tally, appender, terminal, complain };
  const endProgress = tellProgress(running);
  const ending = await readInput(running);
  await spool.close({ timeoutMs: CLOSE_TIMEOUT_MS });
  endProgress();
  await letters.close().catch((error: unknown) => complain(`dead letters: ${messageOf(error)}`));
  const summary = spoolSummary(tally, {
    stats: spool.stats(),
    backlog,
    usage: usageOf(spool),
    elapsedMs: performance.now() - startedAt,
    interrupted: ending.interrupted,
    isFollowing: options.spool.follow !== undefined,
    letters: letters.stats(),
  });
  if (options.output === "json") terminal.out(JSON.stringify(summary));
  if (options.output === "text") terminal.err(describeSpoolSummary(summary));
  conclude(options.spool, ending, summary);
}

/** Reads the input to its end, and waits for the delivery. An error is returned, so that the summary is printed. */
async function readInput(running: Running): Promise<Ending> {
  const { options, spool, terminal, tally, appender } = running;
  const { follow, flushTimeoutMs, directory } = options.spool;
  const stop = new AbortController();
  void terminal.interrupted.then(() => stop.abort());
  try {
    if (follow !== undefined) {
      await followFiles({ ...running, directory, ...follow, files: options.source.files }, stop.signal);
      return {};
    }
    const input = { ...options.source, openStandardInput: () => terminal.input(), id: newId() };
    const reading = spoolLines(input, appender, tally, stop.signal);
    // While the spool is full, lines may wait for hours.
    const isAtEnd = await withinAfter(reading, APPEND_TIMEOUT_MS, stop.signal);
    if (isAtEnd !== true) return { interrupted: lastLine(tally) };
    await within(spool.flush(), flushTimeoutMs, stop.signal);
    return {};
  } catch (error) {
    return { error, interrupted: lastLine(tally) };
  }
}

async function openSpool(
  { spool, producer, deadLetters }: SpoolRunOptions,
  tally: Tally,
  complain: (text: string) => void,
): Promise<SpooledProducer> {
  // The spool warns of failed records itself, or the tally tells them.
  const logger: LogFunction = (level, fields, message) => {
    if (level === "warn" && fields.event !== "records-failed") complain(message);
  };
  try {
    return await SpooledProducer.open({
      directory: spool.directory,
      producer: { ...producer, logger },
      durability: spool.durability,
      recordIds: spool.hasIds,
      ...(spool.maxBytes === undefined ? {} : { maxBytes: spool.maxBytes }),
      ...(deadLetters === undefined ? {} : { deadLetters: { directory: deadLetters } }),
      onRefused: (error) => tally.onFailed(nameOf(error.record), error),
    });
  } catch (error) {
    if (error instanceof InvalidOptionError) throw new UsageError(inWordsOfFlags(error.option, error.message));
    if (isProducerError(error)) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

function nameOf({ recordId }: { readonly recordId?: string | undefined }): string {
  return recordId === undefined ? "a record" : `record ${recordId}`;
}

/** For lines that are no records. The spool has its own file in the same directory. */
function openLetters({ spool, deadLetters }: SpoolRunOptions): DeadLetterFile {
  const directory = resolve(deadLetters ?? join(spool.directory, "dead-letters"));
  try {
    return new DeadLetterFile({ directory });
  } catch (error) {
    throw new CommandError(`${directory} cannot be used for dead letters: ${messageOf(error)}`, { cause: error });
  }
}

function tellProgress({ options, spool, tally, terminal }: Running): () => void {
  if (!(options.wantsProgress || (terminal.isWatched && options.output === "text"))) return () => {};
  let before = { delivered: 0, at: performance.now() };
  const timer = setInterval(() => {
    const stats = spool.stats();
    const now = { delivered: stats.deliveredRecords, at: performance.now() };
    const recordsPerSecond = ((now.delivered - before.delivered) * 1_000) / (now.at - before.at);
    terminal.err(describeSpoolProgress(stats, tally, usageOf(spool), recordsPerSecond));
    before = now;
  }, PROGRESS_INTERVAL_MS);
  return () => clearInterval(timer);
}

function usageOf(spool: SpooledProducer): SendingUsage {
  return Object.values(spool.producer.stats().streams).map(usageOfStream).reduce(addUsage, NO_USAGE);
}

function lastLine({ lastLine: line }: Tally): string {
  return line === undefined ? "before the first line" : `after ${line.describe()}`;
}

/** @throws CommandError unless the run did all that was asked */
function conclude({ follow, flushTimeoutMs }: SpoolSettings, { error }: Ending, summary: SpoolSummary): void {
  if (error !== undefined) throw error;
  // A follower is ended by a signal, and has done its work when every line is on disk.
  const reason = follow === undefined ? spoolShortfall(summary, flushTimeoutMs === 0) : undefined;
  if (reason !== undefined) throw new CommandError(reason);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
