import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { type DeaggregateOptions, deaggregateAll } from "../../deaggregate/index.js";
import { type Command, CommandError, type Terminal } from "../command.js";
import { counted } from "../counted.js";
import { isReadError, readLines } from "../line-reader.js";
import type { OptionTable, OptionValues } from "../option-table.js";
import { recordLine } from "../record-line.js";
import { readableRecords } from "../unreadable-record.js";
import { recordsIn } from "./read-records.js";
import { type FoundValue, MAX_VALUE_BYTES, ValueReader } from "./value-reader.js";

const OPTIONS: OptionTable = { quiet: { meaning: "print only problems" } };

const NOTES = `Each file has Kinesis records as JSON, a value to a line (NDJSON) or values of several lines: the output of
aws kinesis get-records, single records from it, lines of kinesis-producer tail --raw, or events of Lambda and of Firehose
transformations. Files of any size are read value by value; one value may have 256 MiB. A file that begins as gzip data is
unpacked.
  aws kinesis get-records --shard-iterator ... | kinesis-producer deaggregate
  kinesis-producer deaggregate event.json archive.ndjson.gz

Prints user records as lines of JSON, as kinesis-producer tail does. User records of a malformed aggregate that the KCL
would drop are reported on the standard error. Compressed aggregates are opened; one that cannot be opened is reported with
its place, and the records behind it are printed. Status 0: every value was a Kinesis record, or the output was closed; 1: some
were not, a record could not be opened, a file cannot be read, or Ctrl-C came before the end.`;

/** `kinesis-producer deaggregate`: files of Kinesis records to lines. */
export const deaggregateCommand: Command = {
  name: "deaggregate",
  summary: "print the user records in files of Kinesis records as lines of JSON",
  options: OPTIONS,
  operand: { value: "FILE", meaning: "files to read; - or no file: the standard input" },
  notes: NOTES,
  run: runDeaggregate,
};

/** Complaints that are printed; further ones are only counted. */
const MAX_COMPLAINTS = 10;

/** The numbers of records and values so far. */
interface Counts {
  userRecords: number;
  kinesisRecords: number;
  /** Values that are not records, or not JSON. */
  unusable: number;
  /** Compressed aggregates that cannot be opened. */
  unopened: number;
  /** Complaints about these two. */
  complaints: number;
}

async function runDeaggregate(values: OptionValues, terminal: Terminal): Promise<void> {
  const files = values.operands.length === 0 ? ["-"] : values.operands;
  const complain = (text: string): void => terminal.err(`kinesis-producer deaggregate: ${text}`);
  const stop = new AbortController();
  void terminal.interrupted.then(() => stop.abort());
  const counts: Counts = { userRecords: 0, kinesisRecords: 0, unusable: 0, unopened: 0, complaints: 0 };
  for (const file of files) {
    const isOutputRead = await printFile(file, counts, stop.signal, complain, terminal);
    if (!isOutputRead) return;
  }
  if (!values.has("quiet")) {
    complain(`${counted(counts.userRecords, "user record")} in ${counted(counts.kinesisRecords, "Kinesis record")}`);
  }
  const reasons = [
    counts.unopened === 0 ? "" : `${counted(counts.unopened, "Kinesis record")} not opened`,
    counts.unusable === 0 ? "" : `${counted(counts.unusable, "value")} not used`,
    stop.signal.aborted ? "interrupted before the end" : "",
  ].filter((reason) => reason !== "");
  if (reasons.length > 0) throw new CommandError(reasons.join(", "));
}

/** Prints the records of one file. Resolves to false when the reader of the output has closed it. */
async function printFile(
  file: string,
  counts: Counts,
  signal: AbortSignal,
  complain: (text: string) => void,
  terminal: Terminal,
): Promise<boolean> {
  const onDropped: NonNullable<DeaggregateOptions["onDropped"]> = ({ reason, userRecords }) =>
    complain(`${file}: ${counted(userRecords, "user record")} dropped: ${reason}`);
  const tell = (complaint: string): void => {
    if (counts.complaints < MAX_COMPLAINTS) complain(`${file}: ${complaint}`);
    else if (counts.complaints === MAX_COMPLAINTS) complain("… others like it are only counted");
    counts.complaints++;
  };
  for await (const found of valuesOf(file, signal, terminal)) {
    const { records, complaints } = recordsIn(found);
    for (const complaint of complaints) tell(complaint);
    counts.unusable += complaints.length;
    counts.kinesisRecords += records.length;
    const onUnreadable = (problem: string): void => {
      counts.unopened++;
      tell(`${found.name}: ${problem}`);
    };
    for (const record of readableRecords(deaggregateAll(records, { onDropped }), onUnreadable)) {
      counts.userRecords++;
      terminal.out(recordLine(record));
      if (!(await terminal.outputReady())) return false;
    }
  }
  return true;
}

async function* valuesOf(file: string, signal: AbortSignal, terminal: Terminal): AsyncGenerator<FoundValue> {
  const source: Readable = file === "-" ? terminal.input() : createReadStream(file);
  const reader = new ValueReader();
  try {
    for await (const lines of readLines(source, { signal, maxBytes: MAX_VALUE_BYTES })) {
      for (const line of lines) yield* reader.take(line);
    }
  } catch (error) {
    throw isReadError(error) ? cannotRead(file, error) : error;
  }
  if (!signal.aborted) yield* reader.end();
}

function cannotRead(file: string, error: unknown): CommandError {
  return new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, {
    cause: error,
  });
}
