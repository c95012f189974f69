import { constants, createReadStream } from "node:fs";
import { access, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { CommandError } from "../command.js";
import { counted } from "../counted.js";
import { isReadError, type Line, MAX_LINE_BYTES, readLines } from "../line-reader.js";
import type { ReadLine, RecordFormat } from "./record-format.js";
import type { Origin, RecordSender } from "./record-sender.js";
import type { Tally } from "./tally.js";

/** The input of `put` when it does not replay. */
export interface LineInput {
  /** `-`, or an empty array, is the standard input. */
  readonly files: readonly string[];
  readonly format: RecordFormat;
  /** Lines at the beginning that are not sent, over all inputs together. */
  readonly skip: number;
  /** Whether data in gzip format stays as it is. */
  readonly keepsGzip: boolean;
  readonly openStandardInput: () => Readable;
  /** Keeps the bytes of a line that is not a record. A line that is too long has none. May ask to wait. */
  readonly keepUnusable?: (bytes: Uint8Array | undefined, reason: string) => Promise<void> | undefined;
}

/** The place of a line: file and number. */
export class Place implements Origin {
  readonly #file: string;
  readonly #line: number;

  constructor(file: string, line: number) {
    this.#file = file;
    this.#line = line;
  }

  describe(): string {
    return this.#file === "-" ? `line ${this.#line}` : `${this.#file}:${this.#line}`;
  }
}

/**
 * Sends the lines of all inputs, one input after the other, until the signal. A line that is not a record is skipped.
 *
 * @returns whether it was interrupted before the end of the last input
 * @throws CommandError when a file cannot be read (files are checked before anything is sent), or when it has fewer
 * lines than are to be skipped; ProducerError when the stream cannot be reached
 */
export async function putLines(
  input: LineInput,
  sender: RecordSender,
  tally: Tally,
  signal: AbortSignal,
): Promise<boolean> {
  const { files, skip } = input;
  const names = files.length === 0 ? ["-"] : files;
  for (const name of names) await checkFile(name);
  // A missing stream is reported before any input is read.
  await sender.room();
  for (const name of names) {
    try {
      await putFile(name, input, sender, tally, signal);
    } catch (error) {
      throw isReadError(error) ? cannotRead(name, error) : error;
    }
    if (signal.aborted) return true;
  }
  if (tally.linesRead < skip) {
    throw new CommandError(`--skip ${skip} is more than the ${counted(tally.linesRead, "line")} of the input`);
  }
  return false;
}

async function putFile(
  name: string,
  { format, skip, keepsGzip, openStandardInput, keepUnusable }: LineInput,
  sender: RecordSender,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const source = name === "-" ? openStandardInput() : createReadStream(name);
  for await (const lines of readLines(source, { signal, keepsGzip })) {
    for (const line of lines) {
      if (signal.aborted) return;
      if (tally.linesRead < skip) {
        tally.linesRead++;
        continue;
      }
      const place = new Place(name, line.number);
      const record = recordOf(line, format);
      if (typeof record === "string") {
        tally.onUnusable(place.describe(), record);
        await keepUnusable?.(line.bytes, `${place.describe()} ${record}`);
      } else if (record !== undefined) while (!sender.trySend(record, place)) await sender.room();
      tally.onLine(place);
    }
  }
}

function recordOf({ bytes }: Line, format: RecordFormat): ReadLine {
  return bytes === undefined ? `has more than ${MAX_LINE_BYTES} bytes` : format(bytes);
}

/** @throws CommandError when it cannot be read, or is a directory */
export async function checkFile(name: string): Promise<void> {
  if (name === "-") return;
  try {
    await access(name, constants.R_OK);
  } catch (error) {
    throw cannotRead(name, error);
  }
  if ((await stat(name)).isDirectory()) throw new CommandError(`${name} is a directory`);
}

/** The error for an input, in the words of the command line. */
export function cannotRead(name: string, error: unknown): CommandError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandError(`${name === "-" ? "the standard input" : name} cannot be read: ${reason}`, { cause: error });
}
