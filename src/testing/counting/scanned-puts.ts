import { MAX_REQUEST_RECORDS } from "../../quotas.js";

/** The parts of a PutRecords entry that counting needs. Only their types are checked. */
export interface ScannedEntry {
  readonly partitionKey: string | undefined;
  /** Bytes of the partition key in UTF-8. */
  readonly keyBytes: number;
  readonly explicitHashKey: string | undefined;
  readonly dataBytes: number;
}

/** The input of PutRecords, found in a body that was not parsed. */
export interface ScannedPuts {
  readonly streamName: string | undefined;
  readonly streamArn: string | undefined;
  readonly entries: readonly ScannedEntry[];
}

/** Thrown by scanners and caught where they start: only a parser can decide whether the body is valid. */
export const NOT_SCANNED: Error = new Error("the body must be parsed");

/** Text in a body, and its length in UTF-8 after unescaping. */
export interface ScannedText {
  readonly text: string;
  readonly bytes: number;
}

const nameBytes = (...names: readonly string[]): readonly Uint8Array[] => names.map((name) => Buffer.from(name));

/** Members of the input, by number. */
const INPUT_NAMES: readonly Uint8Array[] = nameBytes("Records", "StreamName", "StreamARN");

/** Members of an entry, by number. */
const ENTRY_NAMES: readonly Uint8Array[] = nameBytes("Data", "PartitionKey", "ExplicitHashKey");

/** The reads of a scanner at its place in the body. Each throws {@link NOT_SCANNED} for another kind of value. */
export interface PutsReader {
  /** Reads a map or an object; calls `member` with the number of each name before its value. */
  members(names: readonly Uint8Array[], member: (name: number) => void): void;
  /** Reads a list; calls `item` before each element. */
  items(item: () => void): void;
  text(): ScannedText;
  /** Skips a byte string and returns its length. */
  dataLength(): number;
  /** Skips the allowed bytes behind the input. */
  end(): void;
}

/**
 * Scans a body with the reader of its protocol.
 *
 * @returns undefined for a body that needs a parser: invalid or unusual
 */
export function scanPuts(reader: PutsReader): ScannedPuts | undefined {
  try {
    return scanInput(reader);
  } catch (error) {
    if (error === NOT_SCANNED) return undefined;
    throw error;
  }
}

function scanInput(reader: PutsReader): ScannedPuts {
  let streamName: string | undefined;
  let streamArn: string | undefined;
  const entries: ScannedEntry[] = [];
  const scanEntry = entryScanner(reader);
  reader.members(INPUT_NAMES, (name) => {
    if (name === 1) streamName = reader.text().text;
    else if (name === 2) streamArn = reader.text().text;
    else {
      reader.items(() => {
        if (entries.length === MAX_REQUEST_RECORDS) throw NOT_SCANNED;
        entries.push(scanEntry());
      });
    }
  });
  reader.end();
  return { streamName, streamArn, entries };
}

/** One closure for all entries of a body, not one for each. */
function entryScanner(reader: PutsReader): () => ScannedEntry {
  let key: ScannedText | undefined;
  let explicitHashKey: string | undefined;
  let dataBytes = -1;
  const reset = (): void => {
    key = undefined;
    explicitHashKey = undefined;
    dataBytes = -1;
  };
  const member = (name: number): void => {
    if (name === 0) dataBytes = reader.dataLength();
    else if (name === 1) key = reader.text();
    else explicitHashKey = reader.text().text;
  };
  return () => {
    reset();
    reader.members(ENTRY_NAMES, member);
    if (dataBytes < 0) throw NOT_SCANNED;
    return { partitionKey: key?.text, keyBytes: key?.bytes ?? 0, explicitHashKey, dataBytes };
  };
}

/** Number of the name that stands from `start` to `end`. */
export function nameAt(body: Uint8Array, start: number, end: number, names: readonly Uint8Array[]): number {
  for (let number = 0; number < names.length; number++) {
    const name = names[number] as Uint8Array;
    if (name.length !== end - start) continue;
    let at = 0;
    while (at < name.length && body[start + at] === name[at]) at++;
    if (at === name.length) return number;
  }
  throw NOT_SCANNED;
}

/** The text of the bytes from `start` to `end`, with U+FFFD for bytes that are not UTF-8. */
export function textAt(body: Buffer, start: number, end: number, isAscii: boolean): ScannedText {
  if (isAscii) return { text: body.toString("latin1", start, end), bytes: end - start };
  const text = body.toString("utf8", start, end);
  return { text, bytes: Buffer.byteLength(text) };
}
