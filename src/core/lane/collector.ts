import type { PendingKinesisRecord } from "../record/pending-kinesis-record.js";
import type { DeadlineHeap } from "./deadline-heap.js";
import { ANY_ROOM, type Lane, type RequestRoom } from "./lane.js";

/** Bounds of one PutRecords request. */
export interface RequestLimits {
  readonly maxRecords: number;
  /** Data and partition keys; a Kinesis record larger than this goes in a separate request. */
  readonly maxBytes: number;
}

/**
 * Records within this fraction of their linger may join a request that is leaving anyway. A larger value saves requests
 * (cheap) but sends aggregates before they are full (expensive: PUT payload units; decisions/0012).
 */
export const COMPANIONS = 0.1;

/** A Kinesis record with the lane it was taken from. It returns to that lane if it must be resent. */
export interface TakenRecord {
  readonly record: PendingKinesisRecord;
  readonly lane: Lane;
  /** For how many milliseconds the lane's limiter held the record back. */
  readonly pacedMs: number;
}

/**
 * Picks the Kinesis records of one request: all that are due, then those that have waited nine tenths of the linger,
 * the oldest first. Order holds within a lane. A record that does not fit, or may not share this request, blocks only
 * the records behind it in that lane.
 *
 * @param schedule - the lanes by the moment at which each is due; it is kept up to date
 * @returns an empty array when nothing is due
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
    // A record goes early only together with a record that is due.
    const horizon = taken.length === 0 ? now : now + lingerMs * COMPANIONS;
    if (lane === undefined || lane.deadline > horizon) break;
    const outcome = lane.tryTake(now, horizon, lingerMs, room);
    if (typeof outcome === "string") {
      schedule.remove(lane);
      passedOver.push(lane);
      continue;
    }
    taken.push({ record: outcome, lane, pacedMs: lane.pacedMs });
    bytes += outcome.wireBytes;
    room = { bytes: limits.maxBytes - bytes, isolationGroup: outcome.isolationGroup };
    reschedule(schedule, lane, lingerMs);
  }
  for (const lane of passedOver) reschedule(schedule, lane, lingerMs);
  return taken;
}

/** Puts a lane at its place in the schedule, or removes it when it has nothing to do. */
export function reschedule(schedule: DeadlineHeap<Lane>, lane: Lane, lingerMs: number): void {
  const at = lane.nextAt(lingerMs);
  if (at === Number.POSITIVE_INFINITY) schedule.remove(lane);
  else schedule.set(lane, at);
}

/** The facts that decide when a request may start. */
export interface Departure {
  readonly lingerMs: number;
  /** This much that is due is worth a separate request. */
  readonly worth: RequestLimits;
  /** Requests of the stream that are in flight. */
  readonly requestsInFlight: number;
  /** When the latest of them started. */
  readonly lastAt: number;
  /** The buffer is full, and requests in flight hold little of it. */
  readonly isUrgent: boolean;
  /** Records come one by one from a codec. */
  readonly isCompressing: boolean;
}

/** Less than this goes at once when no request is in flight: the caller probably waits for it. */
const LITTLE_BYTES = 51_200;
/**
 * If a stream has more than {@link LITTLE_BYTES} again within this time after its last request, it soon has a multiple
 * of them.
 */
const SOON_MS = 8;

/**
 * When the next request may start: at once when the due records are worth a request, or when one of them has waited as
 * long as it may. Otherwise the request waits for the answer to the one before it, or, at a high rate, for a few
 * milliseconds, and is larger by then. A request costs as much as thousands of records, and digests are made eight at a
 * time.
 *
 * Where records are compressed, a backlog for the codec is older than the linger: each compressed record would go alone.
 * So even overdue records wait for these milliseconds.
 */
export function departsAt(schedule: DeadlineHeap<Lane>, now: number, departure: Departure): number {
  const { lingerMs, worth, requestsInFlight, lastAt, isUrgent, isCompressing } = departure;
  const soonAt = lastAt + SOON_MS;
  const earliest = isCompressing ? soonAt : now;
  if (now >= earliest && (isUrgent || (requestsInFlight === 0 && now >= soonAt))) return now;
  let bytes = 0;
  let records = 0;
  let waitingBytes = 0;
  let waitedAt = Number.POSITIVE_INFINITY;
  const isFull = (): boolean => bytes >= worth.maxBytes || records >= worth.maxRecords;
  const next = schedule.visitUntil(now, ({ queue, ready }) => {
    bytes += ready.bytes;
    records += ready.kinesisRecords;
    waitingBytes += queue.bytes;
    waitedAt = Math.min(waitedAt, queue.waitsSince + lingerMs);
    return !isFull();
  });
  if (isFull()) return now;
  const isLittle = requestsInFlight === 0 && waitingBytes < LITTLE_BYTES;
  const at =
    isUrgent || isLittle ? now : Math.min(waitedAt, next, requestsInFlight === 0 ? soonAt : Number.POSITIVE_INFINITY);
  return Math.max(at, earliest);
}
