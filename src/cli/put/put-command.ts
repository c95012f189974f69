import process from "node:process";
import {
  DeadLetterFile,
  InvalidOptionError,
  isProducerError,
  type LogFunction,
  type ProducerOptions,
} from "../../index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import type { OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import { tellProgress } from "./progress.js";
import { type LineInput, putLines } from "./put-lines.js";
import { inWordsOfFlags, PUT_OPTIONS, type PutOptions, readPutOptions } from "./put-options.js";
import { describeSummary, type PutSummary, putSummary, shortfall } from "./put-summary.js";
import { RecordRouter } from "./record-router.js";
import { RecordSender } from "./record-sender.js";
import { type Replay, replay } from "./replay.js";
import { runSpool } from "./spool/spool-run.js";
import { Tally } from "./tally.js";

const NOTES = `Sends each line of the files or of the standard input as one record. A line is a JSON object, and is sent unchanged:
  kinesis-producer put --stream clicks --key user.id events.ndjson
  kinesis-producer put --stream clicks --lines --ttl 5m access.log.2.gz
  kinesis-producer put --stream clicks --compression gzip events.ndjson
  kinesis-producer put --stream clicks --dead-letters failed events.ndjson
  kinesis-producer put --replay failed
  kinesis-producer put --stream clicks --spool spool --lines --follow app.log

Credentials come from the SDK's usual chain; a local Kinesis takes AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local.
A TIME is 200ms, 5s, 2m or 1h; a plain number is in milliseconds. Input that begins as gzip data is unpacked.
A line ends with LF or CRLF, and has 10 MiB at most. JSON is UTF-8, with or without a byte-order mark; --lines sends any bytes
unchanged. A line that is not a record is reported with its number, and the other lines are sent. --dead-letters keeps it
with the reason; --replay does not send it, and says so.
--replay sends each record to its original stream, by the ARN if it is known; --stream is for records without a stream.
Delivered records leave the directory, and records that fail again stay in it. More: docs/dead-letters.md.

With --spool a line counts when it is on disk in DIR, and is delivered from there at least once, also after a kill or hours
without the service; each record has an id, for a reader that drops copies. One process at a time has DIR. A run delivers what
earlier runs have left, also with an empty input. Refused records and lines that are no records go to DIR/dead-letters, or to
--dead-letters. --follow keeps the positions of the files in DIR: the next run goes on there. More: docs/agent.md.

A summary is printed on the standard error. Status 0: every record was delivered; 1: some were not, or the command was
interrupted before the end of its input; 2: wrong options. Ctrl-C stops the reading, and delivers the records that were
read: the summary has the --skip with which the next run goes on. A second Ctrl-C does not wait. With --spool, Ctrl-C or SIGTERM
ends the command within about 6 seconds, and the rest stays on disk; with --follow the status is then 0.`;

/** Unusable lines that may wait to be written to the dead letters. */
const MAX_WAITING_LINES = 1_000;

/** `kinesis-producer put`: lines to a stream. */
export const putCommand: Command = {
  name: "put",
  summary: "send the lines of files or of the standard input to a stream, or resend dead letters",
  options: PUT_OPTIONS,
  operand: { value: "FILE", meaning: "files to read; - or no file: the standard input" },
  notes: NOTES,
  run: runPut,
};

/** The parts of one run. */
interface Sending {
  readonly sender: RecordSender;
  readonly router: RecordRouter;
  readonly tally: Tally;
  readonly deadLetters: DeadLetterFile | undefined;
}

/** How the sending ended: the place of an interruption, the result of a replay, the error that ended it. */
interface Ending {
  readonly interrupted?: string | undefined;
  readonly replay?: Replay;
  readonly error?: unknown;
}

async function runPut(values: OptionValues, terminal: Terminal): Promise<void> {
  const options = readPutOptions(values, process.env);
  const complain = (text: string): void => terminal.err(`kinesis-producer put: ${text}`);
  const { spool, source } = options;
  if (spool !== undefined && source.kind === "lines")
    return await runSpool({ ...options, spool, source }, terminal, complain);
  const startedAt = performance.now();
  const tally = new Tally(complain);
  const deadLetters = openDeadLetters(options.deadLetters);
  // The tally reports each record that failed, and with it the errors of the stream.
  const logger: LogFunction = (level, _, message) => {
    if (level === "warn") complain(message);
  };
  const producer = { ...options.producer, logger };
  const sender = openSender(producer, tally, deadLetters);
  const router = new RecordRouter(producer, tally, sender);
  const showsProgress = options.wantsProgress || (terminal.isWatched && options.output === "text");
  const endProgress = showsProgress
    ? tellProgress(
        tally,
        () => router.usage(),
        (text) => terminal.err(text),
      )
    : undefined;
  const ending = await send(options, { sender, router, tally, deadLetters }, terminal);
  await router.close();
  endProgress?.();
  // The summary counts records that could not be kept.
  await deadLetters?.close().catch((error: unknown) => complain(`--dead-letters: ${messageOf(error)}`));
  const summary = putSummary(tally, {
    usage: router.usage(),
    elapsedMs: performance.now() - startedAt,
    interrupted: ending.interrupted,
    ...(deadLetters === undefined ? {} : { deadLetters: deadLetters.stats() }),
    ...(ending.replay === undefined ? {} : { replay: ending.replay }),
  });
  if (options.output === "json") terminal.out(JSON.stringify(summary));
  const hasBegun = summary.sent + summary.unusable > 0 || ending.error === undefined;
  if (options.output === "text" && hasBegun) terminal.err(describeSummary(summary));
  conclude(ending, summary);
}

/** Sends everything. An error is returned, not thrown, so that the summary of the records already sent is printed. */
async function send(
  { source }: PutOptions,
  { sender, router, tally, deadLetters }: Sending,
  terminal: Terminal,
): Promise<Ending> {
  const stop = new AbortController();
  void terminal.interrupted.then(() => stop.abort());
  try {
    if (source.kind === "replay") {
      const found = await replay(source.directory, router, tally, stop.signal);
      return { replay: found, interrupted: found.interruptedIn && `in ${found.interruptedIn}` };
    }
    const input: LineInput = {
      ...source,
      openStandardInput: () => terminal.input(),
      ...(deadLetters === undefined ? {} : { keepUnusable: keepIn(deadLetters) }),
    };
    const isInterrupted = await putLines(input, sender, tally, stop.signal);
    return { interrupted: isInterrupted ? lastLine(tally) : undefined };
  } catch (error) {
    return { error, interrupted: tally.lastLine === undefined ? undefined : lastLine(tally) };
  }
}

/** Unusable lines may come faster than they can be written: then the reading waits. */
function keepIn(deadLetters: DeadLetterFile): NonNullable<LineInput["keepUnusable"]> {
  return (bytes, reason) => {
    deadLetters.keepInput(bytes, reason);
    if (deadLetters.stats().waiting < MAX_WAITING_LINES) return undefined;
    // When they cannot be written, the file itself warns, and bounds its memory.
    return deadLetters.flush().catch(() => {});
  };
}

function lastLine({ lastLine: line }: Tally): string {
  return line === undefined ? "before the first line" : `after ${line.describe()}`;
}

/** @throws CommandError unless every record was delivered */
function conclude({ error }: Ending, summary: PutSummary): void {
  if (isProducerError(error)) throw new CommandError(error.message, { cause: error });
  if (error !== undefined) throw error;
  const reason = shortfall(summary);
  if (reason !== undefined) throw new CommandError(reason);
}

function openDeadLetters(directory: string | undefined): DeadLetterFile | undefined {
  if (directory === undefined) return undefined;
  try {
    return new DeadLetterFile({ directory });
  } catch (error) {
    throw new CommandError(`--dead-letters cannot be used: ${messageOf(error)}`, { cause: error });
  }
}

function openSender(options: ProducerOptions, tally: Tally, deadLetters: DeadLetterFile | undefined): RecordSender {
  try {
    return new RecordSender(
      deadLetters === undefined ? options : { ...options, onFailed: deadLetters.onFailed },
      tally,
    );
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error;
    throw new UsageError(inWordsOfFlags(error.option, error.message));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
