import { basename } from "node:path";
import { type DeadLetterSegment, type ReadDeadLettersOptions, readDeadLetters } from "../../index.js";
import { CommandError } from "../command.js";
import type { RecordRouter } from "./record-router.js";
import type { Tally } from "./tally.js";

/** What a replay found, and what it left. */
export interface Replay {
  /** Records that are still in the directory, those of `leftOut` not counted. */
  readonly left: number;
  /** Lines that hold no record; they are still there. */
  readonly unreadable: number;
  /** Segments that a running process writes. */
  readonly leftOut: readonly string[];
  /** Before which segment, or in which, it was interrupted; undefined when it was not. */
  readonly interruptedIn: string | undefined;
}

/**
 * Sends what is kept in a directory again, segment by segment, until the signal. A record leaves its segment when it is
 * known to be delivered, all those of a segment at once: what ends this process before that sends them a second time.
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

/** Sends the records of a segment, and resolves with the number of those that are still in it. */
async function replaySegment(segment: DeadLetterSegment, router: RecordRouter, signal: AbortSignal): Promise<number> {
  const delivered = new Set<number>();
  let count = 0;
  try {
    for await (const letter of segment.letters) {
      // After the signal the rest is read, and counted as left.
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
