import { basename } from "node:path";
import { type DeadLetterSegment, type ReadDeadLettersOptions, readDeadLetters } from "../../index.js";
import { CommandError } from "../command.js";
import type { RecordRouter } from "./record-router.js";
import type { Tally } from "./tally.js";

/** The result of a replay. */
export interface Replay {
  /** Records that are still in the directory, without those of `leftOut`. */
  readonly left: number;
  /** Lines that hold no record; they stay in the directory. */
  readonly unreadable: number;
  /** Segments that a running process is writing. */
  readonly leftOut: readonly string[];
  /** The segment at which the replay was interrupted; undefined when it was not. */
  readonly interruptedIn: string | undefined;
}

/**
 * Resends the records in a directory, segment by segment, until the signal. All delivered records of a segment are
 * removed from it at once. If the process is killed before that, the next replay sends them a second time.
 *
 * @throws CommandError when the directory cannot be read or written; a ProducerError when a stream cannot be reached
 */
export async function replay(
  directory: string,
  router: RecordRouter,
  tally: Tally,
  signal: AbortSignal,
): Promise<Replay> {
  const leftOut: string[] = [];
  let left = 0;
  let unreadable = 0;
  let interruptedIn: string | undefined;
  const told: ReadDeadLettersOptions = {
    onLeftOut: (path) => leftOut.push(path),
    onUnreadable: ({ path, line, reason }) => tally.onUnreadable(`${basename(path)}: line ${line}`, reason),
  };
  try {
    for await (const segment of readDeadLetters(directory, told)) {
      if (signal.aborted) {
        interruptedIn = segment.path;
        break;
      }
      left += await replaySegment(segment, router, signal);
      unreadable += segment.unreadable;
      if (signal.aborted) interruptedIn = segment.path;
    }
  } catch (error) {
    if (!(error instanceof Error && "path" in error)) throw error;
    throw new CommandError(`--replay ${directory} cannot be used: ${error.message}`, { cause: error });
  }
  return { left, unreadable, leftOut, interruptedIn };
}

/** Sends the records of a segment, and resolves with the number of records that stay in it. */
async function replaySegment(segment: DeadLetterSegment, router: RecordRouter, signal: AbortSignal): Promise<number> {
  const delivered = new Set<number>();
  let count = 0;
  try {
    for await (const letter of segment.letters) {
      // After the signal the remaining records are read and counted, but not sent.
      const index = count++;
      if (signal.aborted) continue;
      const sender = router.senderOf(letter);
      const origin = {
        describe: () => `${basename(segment.path)}: record ${index + 1}`,
        onDelivered: () => void delivered.add(index),
      };
      while (!sender.trySend(letter.record, origin)) await sender.room(letter.record.streamName);
    }
  } finally {
    await router.flush();
    if (delivered.size > 0 || (count === 0 && segment.unreadable === 0)) {
      await segment.keep((index) => !delivered.has(index));
    }
  }
  return count - delivered.size;
}
