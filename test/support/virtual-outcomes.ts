import { RecordFailedError } from "../../src/errors.js";
import type { Attempt, PutResult } from "../../src/record.js";
import { claim, contentOf, mayHaveStored, Readers } from "./virtual-checks.js";
import type { VirtualKinesis } from "./virtual-kinesis.js";
import { checkNotGone, isKnownGone, isShardTold } from "./virtual-recreation.js";
import type { ScheduleOptions } from "./virtual-schedule.js";

/** Who handed a record over. `turn`: a caller that had waited for its turn with `ready()`. */
export type Origin = "caller" | "callback" | "turn";

/** A record of the schedule, and every reported outcome. */
export interface Tracked {
  readonly id: string;
  readonly streamName: string;
  /** Its keys, tags and data. */
  readonly content: string;
  /** The number of its key in the run. */
  readonly key: number;
  /** When it was handed over, among all events of the run. */
  readonly handedOver: number;
  /** The same time in the clock's milliseconds. */
  readonly handedOverAt: number;
  /** When it was settled, among all events of the run. */
  settled: number;
  /** The same time in the clock's milliseconds. */
  settledAt: number;
  /** Whether it was refused at once and never accepted. */
  isRefused: boolean;
  readonly origin: Origin;
  readonly controller: AbortController | undefined;
  readonly results: PutResult[];
  readonly errors: RecordFailedError[];
  /** Number of failures reported to `onFailed`. */
  failures: number;
}

/** Whether no outcome was reported to its caller. */
export function isUnsettled({ results, errors }: Tracked): boolean {
  return results.length + errors.length === 0;
}

/** A run that has ended. */
export interface EndedRun {
  readonly options: ScheduleOptions;
  readonly kinesis: VirtualKinesis;
  readonly tracked: readonly Tracked[];
  /** Whether records were ever sent without a map. */
  readonly wasUnmapped: boolean;
}

/** Whether a shard may ever take records that were not predicted for it. */
export function mayMisplace({ reshards, recreates, goesAuto }: ScheduleOptions): boolean {
  return reshards || recreates || goesAuto;
}

/** Checks all reported outcomes against the records that readers see. */
export function checkOutcomes(run: EndedRun): void {
  const { options, kinesis, tracked } = run;
  const readers = new Readers(kinesis.everyShard);
  checkContents(tracked, readers);
  checkRecordIds(readers, options);
  if (options.ordering === "shard" && !kinesis.isAuto) checkOrder(tracked, readers, options);
  for (const record of tracked) {
    for (const result of record.results) checkDelivered(record, result, readers, run);
    for (const error of record.errors) checkFailed(record, error, readers, run);
  }
}

/** Every record that a reader finds has the key, the hash key, the tags and the bytes that were handed over. */
function checkContents(tracked: readonly Tracked[], readers: Readers): void {
  const byId = new Map(tracked.map((record) => [record.id, record]));
  for (const { id, content } of readers.stored) {
    const handed = byId.get(id)?.content;
    claim(content === handed, () => `${id} is stored as ${content}, and was handed over as ${handed}`);
  }
}

/** With ids, all copies of a record have its id, and no other record has it. Without ids, no record has one. */
function checkRecordIds(readers: Readers, { tagging, aggregation }: ScheduleOptions): void {
  const hasIds = tagging === "ids" && aggregation !== false;
  const owners = new Map<string | undefined, string>();
  const ids = new Map<string, string | undefined>();
  for (const { id, recordId } of readers.stored) {
    claim((recordId !== undefined) === hasIds, () => `${id} is stored with the id ${recordId}`);
    const known = ids.get(id) ?? recordId;
    claim(known === recordId, () => `copies of ${id} have the ids ${known} and ${recordId}`);
    ids.set(id, recordId);
    const owner = owners.get(recordId) ?? id;
    claim(!hasIds || owner === id, () => `${id} and ${owner} have the same id`);
    owners.set(recordId, id);
  }
}

function checkDelivered(record: Tracked, result: PutResult, readers: Readers, run: EndedRun): void {
  const { id } = record;
  const { shardId, sequenceNumber, subSequenceNumber, mayBeDuplicate, attempts } = result;
  const place = `${shardId} ${sequenceNumber} ${subSequenceNumber}`;
  const isSeen = isUnknowable(record, result, run) || readers.seenBy(id).includes(place);
  claim(isSeen, () => `${id} was delivered at ${place}; readers see it at [${readers.seenBy(id)}]`);
  checkNotGone(id, result, record.settledAt, run.kinesis);
  const copies = readers.copiesOf(id);
  if (!mayBeDuplicate) claim(copies === 1, () => `${id} cannot be a duplicate, and has ${copies} copies`);
  const tells = (): string => `${id} says mayBeDuplicate ${mayBeDuplicate} after ${JSON.stringify(attempts)}`;
  claim(mayBeDuplicate === attempts.some(mayHaveStored), tells);
  const last = attempts.at(-1);
  const isLast = last?.shardId === shardId && last.sequenceNumber === sequenceNumber;
  claim(isLast, () => `${id}: its last attempt is another`);
  const failures = attempts.filter(isCounted).length;
  claim(failures < run.options.maxAttempts, () => `${id} was tried again after ${failures} attempts`);
  checkAttempts(record, attempts, run);
}

function checkFailed(record: Tracked, error: RecordFailedError, readers: Readers, run: EndedRun): void {
  const { id } = record;
  claim(error instanceof RecordFailedError, () => `${id} failed with ${error}`);
  const { code, delivery, attempts } = error;
  const shown = contentOf(error.record);
  // A record that was never accepted is reported as the object handed over.
  const isAsHanded = shown === record.content || (record.isRefused && run.options.aftermath !== "untouched");
  claim(isAsHanded, () => `${id} failed as ${shown}, and was handed over as ${record.content}`);
  const copies = readers.copiesOf(id);
  if (delivery === "none") claim(copies === 0, () => `${id} failed, none stored, and has ${copies} copies: ${error}`);
  // A closed producer does not learn the outcome of records in flight.
  else if (code !== "KP_CLOSED")
    claim(attempts.some(mayHaveStored), () => `${id}: unknown for no reason: ${JSON.stringify(attempts)}`);
  const isAbortedByCaller = code !== "KP_ABORTED" || record.controller?.signal.aborted === true;
  claim(isAbortedByCaller, () => `${id} was aborted by nobody`);
  const { maxAttempts } = run.options;
  const counted = attempts.filter(isCounted).length;
  const isTriedUp = !error.message.includes("gave up") || counted === maxAttempts;
  claim(counted <= maxAttempts && isTriedUp, () => `${id} gave up after ${counted} attempts: ${error.message}`);
  checkAttempts(record, attempts, run);
  if (code !== "KP_RECORD_EXPIRED") return;
  // Acceptance counts whole milliseconds.
  const earliest = record.handedOverAt + run.options.recordTtlMs - 1;
  claim(record.settledAt >= earliest, () => `${id} expired at ${record.settledAt}, before ${earliest}`);
}

/** Whether an attempt counts against `maxAttempts`. Successful answers and requests that were never sent do not. */
function isCounted({ errorCode }: Attempt): boolean {
  return errorCode !== undefined && errorCode !== "WrongShard" && errorCode !== "ValidationException";
}

function checkAttempts({ id }: Tracked, attempts: readonly Attempt[], { options, kinesis }: EndedRun): void {
  const { shardMapTimeoutMs } = options;
  for (const [i, attempt] of attempts.entries()) {
    const { errorCode, startedAt, durationMs } = attempt;
    if (errorCode !== "WrongShard") continue;
    const mayBeWrong = mayMisplace(options);
    claim(mayBeWrong, () => `${id} was called misplaced, and no shard ever changed: ${JSON.stringify(attempts)}`);
    const next = attempts[i + 1];
    if (next === undefined) continue;
    // By the old map it would go to the same shard again. A list requested later must have arrived, or the bound has
    // passed.
    const answeredAt = startedAt + durationMs;
    const isFresh = kinesis.told.some((list) => list.askedAt >= answeredAt && list.toldAt <= next.startedAt);
    const isOverdue = next.startedAt - answeredAt >= shardMapTimeoutMs;
    const isGone = isKnownGone(attempt, next.startedAt, kinesis);
    claim(
      isFresh || isOverdue || isGone,
      () => `${id} was sent again before any new list: ${JSON.stringify(attempts)}`,
    );
  }
}

/**
 * Whether the producer could not know that the stream ignores keys now: no list had the range of the shard that took
 * the aggregate, and no list, or no trustworthy list, arrived in time.
 */
function isUnknowable(record: Tracked, result: PutResult, { kinesis, options, wasUnmapped }: EndedRun): boolean {
  const { settledAt, handedOverAt } = record;
  if (!kinesis.isAuto) return false;
  if (wasUnmapped || settledAt - handedOverAt >= options.shardMapTimeoutMs) return true;
  // Once a list has taken longer than the bound, the map is not trusted, and the producer waits for no further list.
  const isWithoutList = kinesis.hasMisled || kinesis.slowestListingMs >= options.shardMapTimeoutMs;
  return isWithoutList && !isShardTold(result, settledAt, kinesis);
}

/** A reader that drops duplicates sees the delivered records of a key in the order in which they were handed over. */
function checkOrder(all: readonly Tracked[], readers: Readers, options: ScheduleOptions): void {
  const byKey = new Map<number, Tracked[]>();
  for (const record of all) byKey.set(record.key, [...(byKey.get(record.key) ?? []), record]);
  const { onOrderedFailure, maxBufferedRecords, maxBufferedBytes } = options;
  const hasWaited = maxBufferedRecords < 10_000 || maxBufferedBytes < 10_000;
  for (const records of byKey.values()) {
    // A turn was taken before the record came, so it may be before or after puts that waited at the same time.
    const delivered = records.filter(({ results, origin }) => results.length > 0 && origin !== "turn");
    const order = delivered.map(({ id }) => readers.firstSeen(id));
    const isKept = order.every((place, i) => i === 0 || place > (order[i - 1] as number));
    claim(isKept, () => `of one key were delivered ${delivered.map(({ id }) => id)}; readers see them at ${order}`);
    // Records that waited for room were accepted later than they were handed over.
    if (onOrderedFailure === "failKey" && !hasWaited) for (const record of delivered) checkFollowers(record, records);
    for (const record of records) checkFailedAlong(record, records);
  }
}

/** With `failKey`, a record is not delivered after an earlier record of its key that failed while it waited. */
function checkFollowers(record: Tracked, ofKey: readonly Tracked[]): void {
  const { id, handedOver, handedOverAt, settled, origin } = record;
  const failed = ofKey.filter(({ errors: [error], ...earlier }) => {
    const isFailure = error !== undefined && error.code !== "KP_ABORTED" && error.code !== "KP_CLOSED";
    // Failures of one moment are reported to the callback one after the other. They all come before records that the
    // callback hands over.
    const hasEndedBefore = origin === "callback" ? earlier.settledAt <= handedOverAt : earlier.settled < handedOver;
    const hasWaitedBehind = earlier.handedOver < handedOver && !hasEndedBefore;
    return isFailure && !earlier.isRefused && hasWaitedBehind && earlier.settled < settled;
  });
  claim(failed.length === 0, () => `${id} was delivered, and before it failed ${failed.map((record) => record.id)}`);
}

/** Only records that were handed over before a failure fail with it. */
function checkFailedAlong({ id, handedOver, errors: [error] }: Tracked, ofKey: readonly Tracked[]): void {
  if (error?.message.includes("(onOrderedFailure: failKey)") !== true) return;
  // A record that came at its turn has the place of its turn.
  const hasReason = ofKey.some(
    ({ errors, origin, ...other }) =>
      errors.length > 0 && (origin === "turn" || other.handedOver < handedOver) && handedOver < other.settled,
  );
  claim(hasReason, () => `${id} failed for a failure before it, and there was none`);
}
