import type { StreamBudget } from "../../core/buffer-budget.js";
import { InFlight } from "../../core/in-flight.js";
import { collectRequest, departsAt, type RequestLimits, type TakenRecord } from "../../core/lane/collector.js";
import type { Lane } from "../../core/lane/lane.js";
import { RetryBudget } from "../../core/pacing/retry-budget.js";
import { Pause, RETRY_BACKOFF } from "../../core/pacing/retry-policy.js";
import type { Random } from "../../core/ports.js";
import type { Culling } from "./culling.js";
import type { Router } from "./router.js";

export interface DeparturesParts {
  readonly router: Router;
  readonly culling: Culling;
  /** The stream's part of the buffer. */
  readonly budget: StreamBudget;
  readonly random: Random;
  readonly request: RequestLimits;
  /** The least that must be due before a request joins others that are in flight. */
  readonly worthwhile: RequestLimits;
  readonly lingerMs: number;
}

/** When the requests of a stream start, and what goes in them. */
export class Departures {
  /** After a request that failed whole. */
  readonly pause: Pause;
  /** After requests that failed, few may be in flight at a time. */
  readonly repetitions: RetryBudget = new RetryBudget();
  readonly #parts: DeparturesParts;
  readonly #inFlight: InFlight = new InFlight();
  /** A caller waits for a flush, and all its records are in lanes: due records go at once, however few they are. */
  isHurried = false;
  /** Somebody lacks room since the last request was asked for. */
  #isPressed = false;

  constructor(parts: DeparturesParts) {
    this.#parts = parts;
    this.pause = new Pause(RETRY_BACKOFF, parts.random);
  }

  /** Takes the Kinesis records of the next request; none when none is due. */
  take(now: number): readonly TakenRecord[] {
    const at = this.#at(now);
    this.#isPressed = false;
    const { router, culling, request, lingerMs } = this.#parts;
    if (culling.isUnderWay) return [];
    if (this.pause.until > now || !this.#mayRepeat || at > now) return [];
    return collectRequest(router.schedule, now, request, lingerMs);
  }

  #at(now: number): number {
    const { router, budget, lingerMs, worthwhile } = this.#parts;
    const { requests, records, lastAt } = this.#inFlight;
    // Records that fill the buffer do not wait for the answer to a request that holds little of it.
    if (this.isHurried || (this.#isPressed && records * 2 < budget.records)) return now;
    return departsAt(router.schedule, now, { lingerMs, worth: worthwhile, requestsInFlight: requests, lastAt });
  }

  /** The next moment at which a request may start; Infinity when nothing waits for a moment. */
  nextAt(now: number): number {
    const first = this.#parts.router.schedule.peek();
    if (first === undefined || !this.#mayRepeat) return Number.POSITIVE_INFINITY;
    return Math.max(first.deadline, this.pause.until, this.#at(now));
  }

  get #mayRepeat(): boolean {
    return this.#inFlight.requests < this.repetitions.maxInFlight;
  }

  /** A request starts with these. */
  begin(items: readonly TakenRecord[], now: number): void {
    this.#inFlight.begin(items, now);
  }

  /** Its answer is in. */
  end(items: readonly TakenRecord[]): void {
    this.#inFlight.end(items);
  }

  /**
   * There is no room for more: waiting out a linger is pointless, unless answers to requests in flight are going to make
   * plenty.
   *
   * @returns whether anything may have become due
   */
  makeRoom(now: number): boolean {
    const { router, budget } = this.#parts;
    if (this.#inFlight.records * 2 >= budget.records) return false;
    router.completeUnblocked(now);
    this.#isPressed = true;
    return true;
  }

  /** The same for one shard, which has its share of the buffer. */
  makeShardRoom(lane: Lane, now: number): boolean {
    if (lane.recordsInFlight * 2 >= lane.budget.records) return false;
    this.#parts.router.completeIfUnblocked(lane, now);
    this.#isPressed = true;
    return true;
  }
}
