import { resolve } from "node:path";
import { MAX_LINE_BYTES } from "../../line-reader.js";
import type { LineAppender, SpoolLine } from "../spool/line-appender.js";
import { newId } from "../spool/line-id.js";
import { sleep } from "../spool/sleep.js";
import type { LinePlace } from "../tally.js";
import { DISK_LOG_FILES } from "./disk-log-files.js";
import { follow } from "./follow.js";
import { FollowedPath } from "./followed-path.js";
import type { Batch } from "./log-file.js";
import { PositionsFile } from "./positions-file.js";

/** The parts of {@link followFiles}. */
export interface FollowFilesParts {
  readonly files: readonly string[];
  /** Of the spool. The positions are kept in it. */
  readonly directory: string;
  readonly intervalMs: number;
  readonly appender: LineAppender;
  readonly complain: (text: string) => void;
}

/** A line of a file whose earlier lines were read by another run: its number is not known. */
class PlaceInFile implements LinePlace {
  readonly #path: string;
  readonly #start: number;

  constructor(path: string, start: number) {
    this.#path = path;
    this.#start = start;
  }

  describe(): string {
    return `${this.#path} at byte ${this.#start}`;
  }
}

/**
 * Appends the lines of files, and those that are added to them, until the signal.
 *
 * @throws CommandError when the positions of an earlier run cannot be read
 */
export async function followFiles(parts: FollowFilesParts, signal: AbortSignal): Promise<void> {
  const { directory, appender, complain, intervalMs } = parts;
  const positions = new PositionsFile(directory);
  const saved = await positions.read();
  const pathParts = { files: DISK_LOG_FILES, maxLineBytes: MAX_LINE_BYTES, newId, complain };
  const names = [...new Set(parts.files.map((file) => resolve(file)))];
  const paths = names.map((path) => {
    const before = saved.find((each) => each.path === path);
    return new FollowedPath(path, before, pathParts);
  });
  // Their files may be followed again by a later run.
  const others = saved.filter(({ path }) => !names.includes(path));
  try {
    await follow(
      {
        paths,
        take: (batch, path) => appender.append(linesOf(batch, path), signal),
        save: (isDurable) => positions.save([...others, ...paths.map((path) => path.saved())], isDurable),
        clock: { now: () => performance.now(), sleep },
        intervalMs,
        complain,
      },
      signal,
    );
  } finally {
    for (const path of paths) await path.close();
  }
}

function linesOf({ file, lines }: Batch, path: string): SpoolLine[] {
  return lines.map(({ start, bytes }) => {
    const place = start.toString(36);
    return {
      place: new PlaceInFile(path, start),
      bytes,
      id: `${file.id}-${place}`,
      // A random key could bring the copies of a line into different shards.
      newKey: () => place,
    };
  });
}
