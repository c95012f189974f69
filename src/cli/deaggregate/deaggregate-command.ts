import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { deaggregateAll } from "../../deaggregate/index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import { counted } from "../counted.js";
import type { OptionTable, OptionValues } from "../option-table.js";
import { recordLine } from "../record-line.js";
import { readRecords } from "./read-records.js";

const OPTIONS: OptionTable = { quiet: { meaning: "print only problems" } };

const NOTES = `Each file has Kinesis records as JSON, one value for the whole file or one value per line: the output of
aws kinesis get-records, single records from it, or events of Lambda and of Firehose transformations. A file is read whole.
  aws kinesis get-records --shard-iterator ... | kinesis-producer deaggregate
  kinesis-producer deaggregate event.json

Prints user records as lines of JSON, as kinesis-producer tail does. User records of a malformed aggregate that the KCL
would drop are reported on the standard error. Status 0: every value was a Kinesis record; 1: some were not, or a file
cannot be read.`;

/** `kinesis-producer deaggregate`: files of Kinesis records to lines. */
export const deaggregateCommand: Command = {
  name: "deaggregate",
  summary: "print the user records in files of Kinesis records as lines of JSON",
  options: OPTIONS,
  operand: { value: "FILE", meaning: "files to read; - or no file: the standard input" },
  notes: NOTES,
  run: runDeaggregate,
};

async function runDeaggregate(values: OptionValues, terminal: Terminal): Promise<void> {
  const files = values.operands.length === 0 ? ["-"] : values.operands;
  const complain = (text: string): void => terminal.err(`kinesis-producer deaggregate: ${text}`);
  let unusable = 0;
  let userRecords = 0;
  let kinesisRecords = 0;
  for (const file of files) {
    const { records, complaints } = readRecords(await readBytes(file, terminal));
    for (const complaint of complaints) complain(`${file}: ${complaint}`);
    unusable += complaints.length;
    kinesisRecords += records.length;
    const onDropped = ({
      reason,
      userRecords: count,
    }: {
      readonly reason: string;
      readonly userRecords: number;
    }): void => complain(`${file}: ${counted(count, "user record")} dropped: ${reason}`);
    for (const record of deaggregateAll(records, { onDropped })) {
      userRecords++;
      terminal.out(recordLine(record));
      if (!(await terminal.outputReady())) return;
    }
  }
  if (!values.has("quiet"))
    complain(`${counted(userRecords, "user record")} in ${counted(kinesisRecords, "Kinesis record")}`);
  if (unusable > 0) throw new CommandError(`${counted(unusable, "value")} not used`);
}

async function readBytes(file: string, terminal: Terminal): Promise<Buffer> {
  const source: Readable = file === "-" ? terminal.input() : createReadStream(file);
  try {
    return await buffer(source);
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
