import { createReadStream } from "node:fs";
import type { UserRecord } from "../../index.js";
import { CommandError } from "../command.js";
import { isReadError, MAX_LINE_BYTES, readLines } from "../line-reader.js";
import type { RecordFormat } from "../put/record-format.js";

/** More records, or more data, is not read: packing does not change any more. */
const MAX_RECORDS = 200_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** Enough for records of one size. */
const MAX_UNIFORM_RECORDS = 100_000;
/** Different keys of records that have only a size. */
const KEYS = 1_000;

/** Records that stand for those of a stream. */
export interface Sample {
  readonly records: readonly UserRecord[];
  /** The place of the record with this index, for errors: file and line. */
  readonly placeOf: (index: number) => string;
  /** Bytes of their data. */
  readonly dataBytes: number;
  /** Whether the file has more records. */
  readonly isCut: boolean;
}

/**
 * Reads the records of a file, one a line, up to 200,000 of them or 64 MiB. Data in gzip format is unpacked.
 *
 * @throws CommandError when the file cannot be read, when a line is no record, or when there is none
 */
export async function readSample(file: string, format: RecordFormat): Promise<Sample> {
  const records: UserRecord[] = [];
  // Blank lines are no records.
  const lineNumbers: number[] = [];
  const placeOf = (index: number): string => `${file}:${lineNumbers[index]}`;
  let dataBytes = 0;
  try {
    for await (const lines of readLines(createReadStream(file))) {
      for (const { number, bytes } of lines) {
        const record = bytes === undefined ? `has more than ${MAX_LINE_BYTES} bytes` : format(bytes);
        if (typeof record === "string") throw new CommandError(`${file}:${number} ${record}`);
        if (record === undefined) continue;
        if (records.length >= MAX_RECORDS || dataBytes >= MAX_BYTES)
          return { records, placeOf, dataBytes, isCut: true };
        records.push(record);
        lineNumbers.push(number);
        dataBytes += Buffer.byteLength(record.data);
      }
    }
  } catch (error) {
    if (!isReadError(error)) throw error;
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  if (records.length === 0) throw new CommandError(`${file} has no record`);
  return { records, placeOf, dataBytes, isCut: false };
}

/** Records of one size, with keys of 8 digits. Their data is shared: only its size matters. */
export function uniformSample(bytes: number): Sample {
  const data = new Uint8Array(bytes);
  const length = Math.min(MAX_UNIFORM_RECORDS, Math.max(100, Math.floor((4 * MAX_BYTES) / Math.max(1, bytes))));
  // A step that shares no factor with the number of keys: neighbours have different keys, and each key its turn.
  const keys = Array.from({ length: KEYS }, (_, index) => String((index * 7_919) % KEYS).padStart(8, "0"));
  const records = Array.from({ length }, (_, index) => ({ partitionKey: keys[index % KEYS] as string, data }));
  return { records, placeOf: (index) => `record ${index + 1}`, dataBytes: length * bytes, isCut: false };
}
