import { open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";

import { type DeadLetter, parseDeadLetter, readSegmentName } from "./dead-letters.js";

/** A file of failed records. */
export interface DeadLetterSegment {
  readonly path: string;
  /** In the order of their failures. */
  readonly letters: readonly DeadLetter[];
  /** Lines that cannot be sent again: torn by a crash, of another version, or without data. */
  readonly unreadable: number;
  /**
   * Leaves only these letters in the file, and what was unreadable; none of either removes it. A crash leaves the file as
   * it was before, or as it is after.
   */
  keep(letters: readonly DeadLetter[]): Promise<void>;
}

/** What to be told while segments are read. */
export interface ReadDeadLettersOptions {
  /** Called with the path of each segment that is left out, because the process that began it is still running. */
  readonly onLeftOut?: (path: string) => void;
}

/**
 * The segments of a directory, the oldest first, read one at a time. Those that another process still writes are left
 * out, those that a process left behind when it died are not.
 *
 * @throws an error of the file system when the directory cannot be read
 */
export async function* readDeadLetters(
  directory: string,
  options: ReadDeadLettersOptions = {},
): AsyncGenerator<DeadLetterSegment> {
  for (const fileName of (await readdir(directory)).sort()) {
    const name = readSegmentName(fileName);
    if (name === undefined) continue;
    const path = join(directory, fileName);
    if (name.isOpen && isRunning(name.pid)) options.onLeftOut?.(path);
    else yield await readSegment(path);
  }
}

async function readSegment(path: string): Promise<DeadLetterSegment> {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  const byLetter = new Map<DeadLetter, string>();
  const unreadable: string[] = [];
  for (const line of lines) {
    const letter = parseDeadLetter(line);
    if (letter === undefined) unreadable.push(line);
    else byLetter.set(letter, line);
  }
  return {
    path,
    letters: [...byLetter.keys()],
    unreadable: unreadable.length,
    keep: async (letters) => {
      const left = letters.flatMap((letter) => byLetter.get(letter) ?? []);
      await replace(path, [...unreadable, ...left]);
    },
  };
}

async function replace(path: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) {
    await unlink(path);
    return;
  }
  const temporary = `${path}.new`;
  const file = await open(temporary, "w");
  try {
    await file.writeFile(`${lines.join("\n")}\n`);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // There is one, of somebody else.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
