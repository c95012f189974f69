import process from "node:process";
import { DeadLetterFile, InvalidOptionError, isProducerError, type ProducerOptions } from "../../index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import type { OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";
import { tellProgress } from "./progress.js";
import { putLines } from "./put-lines.js";
import { inWordsOfFlags, PUT_OPTIONS, type PutOptions, readPutOptions } from "./put-options.js";
import { describeSummary, type PutSummary, putSummary, shortfall } from "./put-summary.js";
import { RecordRouter } from "./record-router.js";
import { RecordSender } from "./record-sender.js";
import { type Replay, replay } from "./replay.js";
import { Tally } from "./tally.js";

const NOTES = `The lines of the files, or of the standard input, each a JSON object that is sent as it stands:
  kinesis-producer put --stream clicks --key user.id events.ndjson
  gunzip -c events.gz | kinesis-producer put --stream clicks --lines
  kinesis-producer put --stream clicks --endpoint http://127.0.0.1:4567 --dead-letters failed events.ndjson
  kinesis-producer put --replay failed

Credentials come from the SDK's usual chain; a local Kinesis takes AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local.
A line ends with LF or CRLF, and has 10 MiB at most. JSON is UTF-8, with or without a byte-order mark; --lines sends any bytes
as they are. A line that is no record is told with its number, and the others go on.
--replay sends to the stream that a record was meant for, by its ARN where that is known; --stream is for those that name
none. What fails again stays in the directory, what was delivered leaves it; docs/dead-letters.md has the rest.

The end is told on the standard error. Status 0: every record was delivered; 1: not every one, or it was interrupted
before the end of its input; 2: the options make no sense. Ctrl-C stops the reading, and delivers what was read; a second
one does not wait.`;

/** `kinesis-producer put`: lines to a stream. */
export const putCommand: Command = {
  name: "put",
  summary: "send the lines of files or of the standard input to a stream, or dead letters again",
  options: PUT_OPTIONS,
  operand: { value: "FILE", meaning: "what to read, - for the standard input, as when there is none" },
  notes: NOTES,
  run: runPut,
};

/** How the sending ended: where it was interrupted, what a replay found, what made it stop. */
interface Ending {
  readonly interrupted?: string | undefined;
  readonly replay?: Replay;
  readonly error?: unknown;
}

async function runPut(values: OptionValues, terminal: Terminal): Promise<void> {
  const options = readPutOptions(values, process.env);
  const complain = (text: string): void => terminal.err(`kinesis-producer put: ${text}`);
  const startedAt = performance.now();
  const tally = new Tally(complain);
  const deadLetters = openDeadLetters(options.deadLetters);
  const producer = { ...options.producer, logger: { warn: complain } };
  const sender = openSender(producer, tally, deadLetters);
  const router = new RecordRouter(producer, tally, sender);
  const showsProgress = options.wantsProgress || (terminal.isWatched && options.output === "text");
  const endProgress = showsProgress ? tellProgress(tally, (text) => terminal.err(text)) : undefined;
  const ending = await send(options, sender, router, tally, terminal);
  await router.close();
  endProgress?.();
  // Those that it could not keep are in the summary.
  await deadLetters?.close().catch((error: unknown) => complain(`--dead-letters: ${messageOf(error)}`));
  const summary = putSummary(tally, {
    bytes: router.bytesDelivered,
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

/** Sends everything. What goes wrong must not keep anybody from hearing of what was sent already. */
async function send(
  { source }: PutOptions,
  sender: RecordSender,
  router: RecordRouter,
  tally: Tally,
  terminal: Terminal,
): Promise<Ending> {
  const stop = new AbortController();
  void terminal.interrupted.then(() => stop.abort());
  try {
    if (source.kind === "replay") {
      const found = await replay(source.directory, router, tally, stop.signal);
      return { replay: found, interrupted: found.interruptedIn && `in ${found.interruptedIn}` };
    }
    const input = { ...source, openStandardInput: () => terminal.input() };
    return { interrupted: await putLines(input, sender, tally, stop.signal) };
  } catch (error) {
    return { error };
  }
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
