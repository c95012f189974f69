import { withinAfter } from "../spool/sleep.js";
import type { FollowedPath } from "./followed-path.js";
import type { Batch } from "./log-file.js";

/** Bytes that are read before the first of them is on disk in the spool, unless a line has more. */
const ROUND_BYTES: number = 4 * 1024 * 1024;
/** How long lines that were read may take at the end. They wait while the spool is full. */
const END_MS = 1_000;
/** Pause before positions that could not be saved are saved again. */
const AGAIN_AFTER_MS = 1_000;

/** Time, for a test. */
export interface FollowClock {
  now(): number;
  /** Resolves after this time, or at the signal. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The world of {@link follow}. */
export interface FollowParts {
  readonly paths: readonly FollowedPath[];
  /** Resolves when all lines are on disk in the spool; with false when the run ended before. */
  readonly take: (batch: Batch, path: string) => Promise<boolean>;
  /** Saves the positions of all paths. @param isDurable - files have come or gone */
  readonly save: (isDurable: boolean) => Promise<void>;
  readonly clock: FollowClock;
  /** How often the files are looked at while they have no new lines. */
  readonly intervalMs: number;
  readonly complain: (text: string) => void;
}

/** Reads the lines of all paths until the signal. A position counts a line when the line is on disk in the spool. */
export async function follow(parts: FollowParts, signal: AbortSignal): Promise<void> {
  const { paths, clock, intervalMs } = parts;
  for (let first = 0; !signal.aborted; first = (first + 1) % paths.length) {
    const batches = await readRound(parts, first);
    // The ids of a new file are saved before the first line has one: a line that is read again has the same id.
    if (paths.some(({ isChanged }) => isChanged)) await savePositions(parts, true, signal);
    if (batches.length === 0) await clock.sleep(intervalMs, signal);
    else {
      await takeAll(parts, batches, signal);
      await savePositions(parts, false, signal);
    }
  }
}

interface Found {
  readonly path: string;
  readonly batch: Batch;
}

/** One batch of each path that has lines. Each path is the first one in turn. */
async function readRound({ paths, clock }: FollowParts, first: number): Promise<Found[]> {
  const found: Found[] = [];
  let bytes = 0;
  for (const followed of [...paths.slice(first), ...paths.slice(0, first)]) {
    if (bytes >= ROUND_BYTES) break;
    const batch = await followed.read(clock.now());
    if (batch === undefined) continue;
    found.push({ path: followed.path, batch });
    bytes += batch.end - batch.file.position;
  }
  return found;
}

async function takeAll({ take, clock }: FollowParts, found: readonly Found[], signal: AbortSignal): Promise<void> {
  const taken = found.map(async ({ path, batch }) => {
    if (await take(batch, path)) batch.file.advance(batch);
  });
  await withinAfter(Promise.all(taken), END_MS, signal, clock.sleep);
}

/** Tries until the positions are saved, or the run ends: then the next run reads some lines again. */
async function savePositions(
  { save, clock, complain }: FollowParts,
  isDurable: boolean,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; ; failures++) {
    try {
      return await save(isDurable);
    } catch (error) {
      if (!(error instanceof Error && "code" in error)) throw error;
      if (failures === 0)
        complain(`the positions cannot be saved, and nothing is read until they are: ${error.message}`);
      if (signal.aborted) return;
      await clock.sleep(AGAIN_AFTER_MS, signal);
    }
  }
}
