import process from "node:process";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { InvalidOptionError } from "../../index.js";
import { readStream } from "../../reader/index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import { counted } from "../counted.js";
import type { OptionValues } from "../option-table.js";
import { recordLine } from "../record-line.js";
import { UsageError } from "../usage-error.js";
import { readTailOptions, TAIL_OPTIONS } from "./tail-options.js";

const NOTES = `Prints user records as lines of JSON when they arrive, with aggregates unpacked:
  kinesis-producer tail --stream clicks
  kinesis-producer tail --stream clicks --from 15m | jq -r .data
  kinesis-producer tail --stream clicks --until-end --endpoint http://127.0.0.1:4567 > all.ndjson

A line has partitionKey, explicitHashKey, data (dataBase64 if it is not a text), tags, recordId, sequenceNumber,
subSequenceNumber, shardId and arrival, without absent fields. Records of a shard are in its order; child shards follow
their parents. The command reads all shards, shares the limits of a shard with every other reader, and stores no position.

Ctrl-C ends it. A summary is printed on the standard error. Status 0: it was interrupted, or everything was read; 1: reading
failed; 2: wrong options.`;

/** `kinesis-producer tail`: a stream to lines. */
export const tailCommand: Command = {
  name: "tail",
  summary: "print the user records of a stream as lines of JSON",
  options: TAIL_OPTIONS,
  notes: NOTES,
  run: runTail,
};

async function runTail(values: OptionValues, terminal: Terminal): Promise<void> {
  const { client: config, read, isQuiet } = readTailOptions(values, process.env, Date.now());
  const complain = (text: string): void => terminal.err(`kinesis-producer tail: ${text}`);
  const stop = new AbortController();
  void terminal.interrupted.then(() => stop.abort());
  const client = new KinesisClient(config);
  const shardIds = new Set<string>();
  let records = 0;
  let dropped = 0;
  try {
    const stream = readStream({
      ...read,
      client,
      signal: stop.signal,
      onDropped: ({ reason, userRecords }) => {
        dropped += userRecords;
        if (!isQuiet) complain(`${counted(userRecords, "user record")} dropped: ${reason}`);
      },
    });
    for await (const record of stream) {
      records++;
      shardIds.add(record.shardId);
      terminal.out(recordLine(record));
      if (!(await terminal.outputReady())) break;
    }
  } catch (error) {
    throw explained(error);
  } finally {
    client.destroy();
    const drops = dropped === 0 ? "" : `, ${counted(dropped, "user record")} dropped`;
    if (!isQuiet) complain(`${counted(records, "record")} from ${counted(shardIds.size, "shard")}${drops}`);
  }
}

/**
 * Errors of the service, the network and the SDK become messages for the user. Any other error is a bug of this
 * program, and stays as it is.
 */
function explained(error: unknown): unknown {
  if (error instanceof InvalidOptionError) return new UsageError(error.message);
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof ReferenceError) return error;
  const name = error.name === "Error" ? "" : `${error.name}: `;
  return new CommandError(`${name}${error.message}`, { cause: error });
}
