import type { Lane } from "../../core/lane/lane.js";
import type { FailureFacts, Pause } from "../../core/pacing/retry-policy.js";
import type { SlotsTaken } from "../sender.js";
import type { FailureReason } from "../settlement/settlement-parts.js";
import { causeOf, failureWords } from "./failure-reasons.js";
import type { Router } from "./router.js";
import type { StreamFacts } from "./stream-facts.js";

/** Why records wait, as the end of a message; and the failure behind it, if there is one. */
export interface Hindrance {
  readonly why: string;
  readonly cause: Error | undefined;
}

export interface HindrancesParts {
  readonly facts: Pick<StreamFacts, "mode" | "map" | "trouble">;
  readonly router: Pick<Router, "lanes">;
  /** The pause of the whole stream. */
  readonly pause: () => Pause;
  /** Undefined while a request may start. */
  readonly slotsTaken: (now: number) => SlotsTaken | undefined;
}

/** A limiter that refused a Kinesis record in this time holds its lane back. */
const HELD_BACK_MS = 1_000;
/** How long the answer of {@link Hindrances.ofStream} counts: refused puts come by the hundred thousand. */
const KEPT_MS = 100;

/** Finds the reason why records of one stream wait. Reads the state of the stages and changes nothing. */
export class Hindrances {
  readonly #parts: HindrancesParts;
  #ofStream: Hindrance | undefined = undefined;
  #foundAt: number = Number.NEGATIVE_INFINITY;

  constructor(parts: HindrancesParts) {
    this.#parts = parts;
  }

  /** Why the records in the queue of a lane wait. */
  of(lane: Lane, now: number): Hindrance {
    return this.#ofAllLanes(now) ?? ofLane(lane, now);
  }

  /** Why the records of the stream wait; of several lanes, the one that holds the most records decides. */
  ofStream(now: number): Hindrance | undefined {
    if (now - this.#foundAt <= KEPT_MS) return this.#ofStream;
    this.#foundAt = now;
    this.#ofStream = this.#ofAllLanes(now) ?? this.#ofFullestLane(now);
    return this.#ofStream;
  }

  #ofFullestLane(now: number): Hindrance | undefined {
    let fullest: Lane | undefined;
    for (const lane of this.#parts.router.lanes())
      if (lane.budget.records > (fullest?.budget.records ?? 0)) fullest = lane;
    return fullest === undefined ? undefined : ofLane(fullest, now);
  }

  #ofAllLanes(now: number): Hindrance | undefined {
    const { facts, pause, slotsTaken } = this.#parts;
    if (facts.mode === "waiting") return ofNoMap(facts);
    const { failures, failure } = pause();
    if (failures > 0 && failure !== undefined) return ofPause("the stream", failures, "failed requests", failure);
    const taken = slotsTaken(now);
    return taken === undefined ? undefined : { why: wordsOf(taken), cause: undefined };
  }
}

/** Why a put fails that waits for room, or may not wait: with the hindrance that keeps the buffer full. */
export function whileWaiting(reason: FailureReason, hindrances: Hindrances, now: number): FailureReason {
  const hindrance = hindrances.ofStream(now);
  if (hindrance === undefined) return reason;
  const { why, cause } = hindrance;
  return { cause, ...reason, message: `${reason.message}; the buffer is full, because ${why}` };
}

function ofNoMap({ map, trouble }: HindrancesParts["facts"]): Hindrance {
  if (trouble !== undefined)
    return { why: `there was no shard map (ListShards: ${failureWords(trouble)})`, cause: causeOf(trouble) };
  const call = map === undefined ? "ListShards" : "DescribeStreamSummary";
  return { why: `${call} had no answer yet`, cause: undefined };
}

function ofPause(what: string, failures: number, of: string, failure: FailureFacts): Hindrance {
  const why = `${what} was paused after ${failures} ${of} in a row (the last: ${failureWords(failure)})`;
  return { why, cause: causeOf(failure) };
}

function wordsOf({ requests, oldestMs, isNetworkFull }: SlotsTaken): string {
  const oldest = `${requests} requests were in flight, the oldest without an answer for ${oldestMs} ms`;
  return isNetworkFull
    ? `the network had not taken the bodies of earlier requests; ${oldest}`
    : `all request slots were taken: ${oldest}`;
}

function ofLane(lane: Lane, now: number): Hindrance {
  const { shard, limiter, pause, refusal, queue } = lane;
  const name = shard?.shardId ?? "the stream";
  if (refusal !== undefined && limiter.adaptedFactor < 1) {
    const pace = `the pace of ${name} was at ${percent(limiter.adaptedFactor)} %`;
    return { why: `${pace} after throttling (${failureWords(refusal)})`, cause: causeOf(refusal) };
  }
  if (refusal !== undefined && pause.failures > 0) return ofPause(name, pause.failures, "refusals", refusal);
  if (lane.heldUntil > now) return { why: `${name} was held while ListShards was asked about it`, cause: undefined };
  if (lane.isBarred || lane.isBusy)
    return { why: `earlier records of ${name} were in flight, and order is kept`, cause: undefined };
  if (lane.press?.isBusy === true)
    return { why: `the codec was compressing earlier records of ${name}`, cause: undefined };
  if (queue.isEmpty) return { why: `all records of ${name} were in flight`, cause: undefined };
  const waiting = `${queue.kinesisRecords} Kinesis records with ${queue.bytes} bytes`;
  if (now - lane.tokensAt > HELD_BACK_MS) return { why: `${waiting} waited for ${name}`, cause: undefined };
  const { recordsPerSecond, bytesPerSecond } = limiter.limits;
  const ceilings = `${recordsPerSecond} Kinesis records and ${bytesPerSecond} bytes a second`;
  return { why: `${name} was at its limit of ${ceilings}, and ${waiting} waited for it`, cause: undefined };
}

/** A share of the ceilings in percent; small ones with two digits. */
function percent(share: number): string {
  const value = share * 100;
  return value < 1 ? value.toPrecision(2) : String(Math.round(value));
}
