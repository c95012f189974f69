import { constants, createReadStream } from "node:fs";
import { access, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { CommandError } from "../command.js";
import { type Line, MAX_LINE_BYTES, readLines } from "./line-reader.js";
import type { ReadLine, RecordFormat } from "./record-format.js";
import type { Origin, RecordSender } from "./record-sender.js";
import type { Tally } from "./tally.js";

/** The input of `put` when it does not replay. */
export interface LineInput {
  /** `-`, or an empty array, is the standard input. */
  readonly files: readonly string[];
  readonly format: RecordFormat;
  readonly openStandardInput: () => Readable;
}

/** The place of a line: file and number. */
class Place implements Origin {
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
 * @returns undefined at the end of the last input; otherwise the place of the interruption
 * @throws CommandError when a file cannot be read (files are checked before anything is sent); ProducerError when the
 * stream cannot be reached
 */
export async function putLines(
  { files, format, openStandardInput }: LineInput,
  sender: RecordSender,
  tally: Tally,
  signal: AbortSignal,
): Promise<string | undefined> {
  const names = files.length === 0 ? ["-"] : files;
  for (const name of names) await checkFile(name);
  // A missing stream is reported before any input is read.
  await sender.room();
  for (const name of names) {
    const source = name === "-" ? openStandardInput() : createReadStream(name);
    let place = new Place(name, 0);
    try {
      for await (const lines of readLines(source, signal)) {
        for (const line of lines) {
          if (signal.aborted) return `after ${place.describe()}`;
          place = new Place(name, line.number);
          const record = recordOf(line, format);
          if (typeof record === "string") tally.onUnusable(place.describe(), record);
          else if (record !== undefined) while (!sender.trySend(record, place)) await sender.room();
        }
      }
    } catch (error) {
      throw isFileError(error) ? cannotRead(name, error) : error;
    }
    if (signal.aborted) return `after ${place.describe()}`;
  }
  return undefined;
}

function recordOf({ bytes }: Line, format: RecordFormat): ReadLine {
  return bytes === undefined ? `has more than ${MAX_LINE_BYTES} bytes` : format(bytes);
}

async function checkFile(name: string): Promise<void> {
  if (name === "-") return;
  try {
    await access(name, constants.R_OK);
  } catch (error) {
    throw cannotRead(name, error);
  }
  if ((await stat(name)).isDirectory()) throw new CommandError(`${name} is a directory`);
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error && "errno" in error;
}

function cannotRead(name: string, error: unknown): CommandError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandError(`${name === "-" ? "the standard input" : name} cannot be read: ${reason}`, { cause: error });
}
