import { basename } from "node:path";
import { type DeadLetterSegment, readDeadLetters } from "../../index.js";
import { CommandError } from "../command.js";
import type { RecordSender } from "./record-sender.js";

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
export async function replay(directory: string, sender: RecordSender, signal: AbortSignal): Promise<Replay> {
  const leftOut: string[] = [];
  let left = 0;
  let unreadable = 0;
  let interruptedIn: string | undefined;
  try {
    for await (const segment of readDeadLetters(directory, { onLeftOut: (path) => leftOut.push(path) })) {
      if (signal.aborted) {
        interruptedIn = segment.path;
        break;
      }
      left += await replaySegment(segment, sender, signal);
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
async function replaySegment(segment: DeadLetterSegment, sender: RecordSender, signal: AbortSignal): Promise<number> {
  const { letters, path, keep } = segment;
  const left = new Set(letters);
  try {
    for (const [index, letter] of letters.entries()) {
      if (signal.aborted) break;
      const origin = {
        describe: () => `${basename(path)}: record ${index + 1}`,
        onDelivered: () => void left.delete(letter),
      };
      while (!sender.trySend(letter.record, origin)) await sender.room(letter.record.streamName);
    }
  } finally {
    await sender.flush();
    const isUnchanged = letters.length > 0 && left.size === letters.length;
    if (!isUnchanged) await keep(letters.filter((letter) => left.has(letter)));
  }
  return left.size;
}
