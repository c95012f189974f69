import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { CommandError } from "../../command.js";
import { counted } from "../../counted.js";
import { isReadError, type Line, readLines } from "../../line-reader.js";
import { cannotRead, checkFile, Place } from "../put-lines.js";
import type { Tally } from "../tally.js";
import type { LineAppender, SpoolLine } from "./line-appender.js";

/** The input of `put --spool` without `--follow`. */
export interface SpoolInput {
  /** `-`, or an empty array, is the standard input. */
  readonly files: readonly string[];
  /** Lines at the beginning that are left out, over all inputs together. */
  readonly skip: number;
  readonly keepsGzip: boolean;
  readonly openStandardInput: () => Readable;
  /** Begins the ids of the lines. */
  readonly id: string;
}

/**
 * Appends the lines of all inputs, one input after the other, until the signal.
 *
 * @returns whether the end of the last input was reached
 * @throws CommandError when a file cannot be read, or when it has fewer lines than are to be left out
 */
export async function spoolLines(
  input: SpoolInput,
  appender: LineAppender,
  tally: Tally,
  signal: AbortSignal,
): Promise<boolean> {
  const names = input.files.length === 0 ? ["-"] : input.files;
  for (const name of names) await checkFile(name);
  for (const name of names) {
    try {
      if (!(await spoolFile(name, input, appender, tally, signal))) return false;
    } catch (error) {
      throw isReadError(error) ? cannotRead(name, error) : error;
    }
  }
  if (tally.linesRead < input.skip) {
    throw new CommandError(`--skip ${input.skip} is more than the ${counted(tally.linesRead, "line")} of the input`);
  }
  return true;
}

async function spoolFile(
  name: string,
  { skip, keepsGzip, openStandardInput, id }: SpoolInput,
  appender: LineAppender,
  tally: Tally,
  signal: AbortSignal,
): Promise<boolean> {
  const source = name === "-" ? openStandardInput() : createReadStream(name);
  for await (const chunk of readLines(source, { signal, keepsGzip })) {
    const skipped = Math.min(chunk.length, Math.max(0, skip - tally.linesRead));
    tally.linesRead += skipped;
    const { linesRead } = tally;
    const lineOf = ({ number, bytes }: Line, index: number): SpoolLine => ({
      place: new Place(name, number),
      bytes,
      id: `${id}-${(linesRead + index).toString(36)}`,
      newKey: undefined,
    });
    if (!(await appender.append(chunk.slice(skipped).map(lineOf), signal))) return false;
  }
  return !signal.aborted;
}
