import { join } from "node:path";
import type { FileState, LogFiles } from "./log-files.js";
import { RotatedNames } from "./rotated-names.js";

/** A regular file beside a followed one. */
export interface Sibling {
  readonly path: string;
  readonly state: FileState;
  /** Whether its name is one that rotation gives. */
  readonly isRotated: boolean;
}

/** The files of a directory at one moment. */
export interface Scan {
  /** The file that has the followed name, when it is a regular file. */
  readonly current: FileState | undefined;
  readonly siblings: readonly Sibling[];
}

/** Scans that may differ because of rotations in between, before the next poll tries again. */
const MAX_SCANS = 6;

/** @returns undefined when files were renamed all the time */
export async function scanBeside(files: LogFiles, path: string): Promise<Scan | undefined> {
  let before = await scanOnce(files, path);
  for (let scans = 1; scans < MAX_SCANS; scans++) {
    const after = await scanOnce(files, path);
    if (summary(before) === summary(after)) return after;
    before = after;
  }
  return undefined;
}

async function scanOnce(files: LogFiles, path: string): Promise<Scan> {
  const current = await files.state(path);
  const { directory, names } = await files.siblings(path);
  const rotated = new RotatedNames(path);
  const siblings: Sibling[] = [];
  for (const name of names) {
    if (!rotated.isBeside(name)) continue;
    const beside = join(directory, name);
    const state = await files.state(beside).catch(() => undefined);
    if (state?.isFile === true) siblings.push({ path: beside, state, isRotated: rotated.isRotated(name) });
  }
  return { current: current?.isFile === true ? current : undefined, siblings };
}

function summary({ current, siblings }: Scan): string {
  return [current?.ino, ...siblings.map((each) => `${each.path} ${each.state.ino}`)].join("\n");
}
