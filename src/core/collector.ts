import type { DeadlineHeap } from "./deadline-heap.js";
import { ANY_ROOM, type Lane, type RequestRoom } from "./lane.js";
import type { PendingKinesisRecord } from "./pending-kinesis-record.js";

/** Bounds of one PutRecords request. */
export interface RequestLimits {
  readonly maxRecords: number;
  /** Data and partition keys; a Kinesis record larger than this goes in a request of its own. */
  readonly maxBytes: number;
}

/**
 * Part of the linger by which something may go early, along with what is due. Larger, it would save requests, which cost
 * nothing, and take aggregates before they are full, which costs PUT payload units (decisions/0012).
 */
export const COMPANIONS = 0.1;

/** A Kinesis record with the lane it was taken from, to which it returns if it must be sent again. */
export interface TakenRecord {
  readonly record: PendingKinesisRecord;
  readonly lane: Lane;
}

/**
 * Picks the Kinesis records of one request: everything that is due, then what has waited nine tenths of the linger, the
 * oldest first. Within a lane order holds, and what does not fit, or may not share this request, blocks only those behind
 * it in that lane.
 *
 * @param schedule - the lanes by the moment at which each is due; left up to date
 * @returns nothing when nothing is due
 */
export function collectRequest(
  schedule: DeadlineHeap<Lane>,
  now: number,
  limits: RequestLimits,
  lingerMs: number,
): TakenRecord[] {
  const taken: TakenRecord[] = [];
  const passedOver: Lane[] = [];
  let bytes = 0;
  let room: RequestRoom = ANY_ROOM;
  while (taken.length < limits.maxRecords) {
    const lane = schedule.peek();
    // Nothing goes early on its own account: only along with something that is due.
    const horizon = taken.length === 0 ? now : now + lingerMs * COMPANIONS;
    if (lane === undefined || lane.deadline > horizon) break;
    const outcome = lane.tryTake(now, horizon, lingerMs, room);
    if (typeof outcome === "string") {
      schedule.remove(lane);
      passedOver.push(lane);
      continue;
    }
    taken.push({ record: outcome, lane });
    bytes += outcome.wireBytes;
    room = { bytes: limits.maxBytes - bytes, company: outcome.company };
    reschedule(schedule, lane, lingerMs);
  }
  for (const lane of passedOver) reschedule(schedule, lane, lingerMs);
  return taken;
}

/** Puts a lane at its place in the schedule, or takes it out when it has nothing to do. */
export function reschedule(schedule: DeadlineHeap<Lane>, lane: Lane, lingerMs: number): void {
  const at = lane.nextAt(lingerMs);
  if (at === Number.POSITIVE_INFINITY) schedule.remove(lane);
  else schedule.set(lane, at);
}

/** What decides when a request may start. */
export interface Departure {
  readonly lingerMs: number;
  /** So much that is due is worth a request of its own. */
  readonly worth: RequestLimits;
  /** Requests of the stream that are on their way. */
  readonly onTheirWay: number;
  /** When the latest of them started. */
  readonly lastAt: number;
}

/** So little goes at once when nothing else is on its way: whoever sends it waits for it. */
const LITTLE_BYTES = 51_200;
/** A stream that has more than {@link LITTLE_BYTES} again so soon after its last request has a multiple of it a little later. */
const SOON_MS = 8;

/**
 * When the next request may start: at once when it is worth one, or when something in it has waited as long as it may.
 * Otherwise the answer to the request before it comes first, and at a high rate a few milliseconds, and more has come
 * together by then: a request costs as much as thousands of records, and digests are made eight together.
 */
export function departsAt(schedule: DeadlineHeap<Lane>, now: number, departure: Departure): number {
  const { lingerMs, worth, onTheirWay, lastAt } = departure;
  if (onTheirWay === 0 && now >= lastAt + SOON_MS) return now;
  let bytes = 0;
  let records = 0;
  let waitedAt = Number.POSITIVE_INFINITY;
  const isFull = (): boolean => bytes >= worth.maxBytes || records >= worth.maxRecords;
  const next = schedule.visitUntil(now, ({ queue }) => {
    bytes += queue.bytes;
    records += queue.kinesisRecords;
    waitedAt = Math.min(waitedAt, queue.waitsSince + lingerMs);
    return !isFull();
  });
  if (isFull() || (onTheirWay === 0 && bytes < LITTLE_BYTES)) return now;
  return Math.min(waitedAt, next, onTheirWay === 0 ? lastAt + SOON_MS : Number.POSITIVE_INFINITY);
}
