import process from "node:process";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { UnreadableRecordError } from "../../deaggregate/index.js";
import { InvalidOptionError } from "../../index.js";
import { readStream, type StreamRecord } from "../../reader/index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import { counted } from "../counted.js";
import type { OptionValues } from "../option-table.js";
import { recordLine } from "../record-line.js";
import { describeUnreadable } from "../unreadable-record.js";
import { UsageError } from "../usage-error.js";
import { EndpointWatch } from "./endpoint-watch.js";
import { readTailOptions, TAIL_OPTIONS, type TailOptions } from "./tail-options.js";

const NOTES = `Prints user records as lines of JSON when they arrive, with aggregates unpacked:
  kinesis-producer tail --stream clicks
  kinesis-producer tail --stream clicks --from 15m --key user-17 | jq .tags
  kinesis-producer tail --stream clicks --shard 3 --limit 10 --data
  kinesis-producer tail --stream clicks --until-end > all.ndjson

A line has partitionKey, explicitHashKey, data (dataBase64 if it is not a text), tags, recordId, sequenceNumber,
subSequenceNumber, shardId and arrival, without absent fields. Records of a shard are in its order; child shards follow
their parents. The command reads all shards, or those of --shard. It shares the limits of a shard with every other reader,
and stores no position. With --key or --shard given more than once, a record needs to match one of each.

Compressed aggregates are opened. At one that cannot be opened, because of its codec or its bytes, the command ends and names
the record: it never leaves out records silently.

When the endpoint does not answer, the command says so within 5 seconds. It goes on trying for a minute, or without end once
it has had an answer; with --until-end it makes 10 attempts. Ctrl-C ends it. A summary is printed on the standard error.
Status 0: it was interrupted, its output was closed, or everything was read; 1: reading failed, or the endpoint did not
answer; 2: wrong options.`;

/** `kinesis-producer tail`: a stream to lines. */
export const tailCommand: Command = {
  name: "tail",
  summary: "print the user records of a stream as lines of JSON",
  options: TAIL_OPTIONS,
  notes: NOTES,
  run: runTail,
};

async function runTail(values: OptionValues, terminal: Terminal): Promise<void> {
  const options = readTailOptions(values, process.env, Date.now());
  const { isQuiet } = options;
  const complain = (text: string): void => terminal.err(`kinesis-producer tail: ${text}`);
  const stop = new AbortController();
  void terminal.interrupted.then(() => stop.abort());
  let unreached: string | undefined;
  const giveUp = (reason: string): void => {
    unreached = reason;
    stop.abort();
  };
  const watch = new EndpointWatch({ tell: complain, giveUp });
  const client = new KinesisClient(options.client);
  watch.attach(client);
  const counts: TailCounts = { records: 0, shardIds: new Set(), dropped: 0 };
  let isOutputRead = true;
  try {
    const stream = readStream({
      ...options.read,
      client,
      signal: stop.signal,
      onDropped: ({ reason, userRecords }) => {
        counts.dropped += userRecords;
        if (!isQuiet) complain(`${counted(userRecords, "user record")} dropped: ${reason}`);
      },
    });
    isOutputRead = await printRecords(stream, options, counts, terminal);
  } catch (error) {
    throw explained(error);
  } finally {
    watch.end();
    client.destroy();
    if (!isQuiet && isOutputRead) complain(describeCounts(counts));
  }
  if (unreached !== undefined) throw new CommandError(unreached);
}

/** The records of a run so far. */
interface TailCounts {
  records: number;
  readonly shardIds: Set<string>;
  dropped: number;
}

function describeCounts({ records, shardIds, dropped }: TailCounts): string {
  const drops = dropped === 0 ? "" : `, ${counted(dropped, "user record")} dropped`;
  return `${counted(records, "record")} from ${counted(shardIds.size, "shard")}${drops}`;
}

/** Prints the chosen records up to the limit. Resolves to false when the reader of the output has closed it. */
async function printRecords(
  stream: AsyncIterable<StreamRecord>,
  { keys, limit, isDataOnly }: TailOptions,
  counts: TailCounts,
  terminal: Terminal,
): Promise<boolean> {
  for await (const record of stream) {
    const { partitionKey } = record;
    if (keys !== undefined && (partitionKey === undefined || !keys.has(partitionKey))) continue;
    counts.shardIds.add(record.shardId);
    terminal.out(isDataOnly ? record.data : recordLine(record));
    if (!(await terminal.outputReady())) return false;
    if (++counts.records >= limit) break;
  }
  return true;
}

/**
 * Errors of the service, the network and the SDK become messages for the user. Any other error is a bug of this
 * program, and stays as it is.
 */
function explained(error: unknown): unknown {
  if (error instanceof InvalidOptionError) return new UsageError(error.message.replace(/^shardIds/, "--shard"));
  if (error instanceof UnreadableRecordError) {
    const message = `${describeUnreadable(error)}. --raw prints it unopened, --from TIME begins behind it`;
    return new CommandError(message, { cause: error });
  }
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) return error;
  const name = error.name === "Error" ? "" : `${error.name}: `;
  return new CommandError(`${name}${error.message}`, { cause: error });
}
