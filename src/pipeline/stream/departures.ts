import type { StreamBudget } from "../../core/buffer-budget.js";
import { InFlight } from "../../core/in-flight.js";
import { collectRequest, departsAt, type RequestLimits, type TakenRecord } from "../../core/lane/collector.js";
import type { Lane } from "../../core/lane/lane.js";
import { RetryBudget } from "../../core/pacing/retry-budget.js";
import { Pause, RETRY_BACKOFF } from "../../core/pacing/retry-policy.js";
import type { Compressor, Random } from "../../core/ports.js";
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
  /** Compresses records before they go, if the caller wants that. */
  readonly compressor: Compressor | undefined;
}

/** Decides when the requests of a stream start, and which records they carry. */
export class Departures {
  /** The pause after a request that failed whole. */
  readonly pause: Pause;
  /** After failed requests, few requests may be in flight at a time. */
  readonly repetitions: RetryBudget = new RetryBudget();
  readonly #parts: DeparturesParts;
  readonly #inFlight: InFlight = new InFlight();
  /**
   * A caller waits for a flush, and all its records are in lanes: due records are sent at once, also when they are few.
   */
  isHurried = false;
  /** A record found no room since the last request was taken. */
  #isPressed = false;

  constructor(parts: DeparturesParts) {
    this.#parts = parts;
    this.pause = new Pause(RETRY_BACKOFF, parts.random);
  }

  /** Takes the Kinesis records of the next request; none when none is due. */
  take(now: number): readonly TakenRecord[] {
    this.#press(now);
    const at = this.#at(now);
    this.#isPressed = false;
    const { router, culling, request, lingerMs } = this.#parts;
    if (culling.isUnderWay) return [];
    if (this.pause.until > now || !this.#mayRepeat || at > now) return [];
    return collectRequest(router.schedule, now, request, lingerMs);
  }

  /** Lanes compress what will go soon, so that a request finds it ready. */
  #press(now: number): void {
    const { router, culling, compressor, worthwhile, lingerMs } = this.#parts;
    if (compressor === undefined || culling.isUnderWay || this.pause.until > now) return;
    const due: Lane[] = [];
    router.schedule.visitUntil(now, (lane) => due.push(lane) > 0);
    for (const lane of due) {
      lane.maybePress(now, lingerMs, worthwhile.maxBytes);
      router.reschedule(lane);
    }
  }

  #at(now: number): number {
    const { router, budget, compressor, lingerMs, worthwhile } = this.#parts;
    if (this.isHurried) return now;
    const { requests, records, lastAt } = this.#inFlight;
    return departsAt(router.schedule, now, {
      lingerMs,
      worth: worthwhile,
      requestsInFlight: requests,
      lastAt,
      // Records that fill the buffer do not wait for the answer to a request that holds little of it.
      isUrgent: this.#isPressed && records * 2 < budget.records,
      isCompressing: compressor !== undefined,
    });
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

  /** When the oldest unsettled user record in flight was accepted; Infinity when none is. */
  oldestInFlightAt(): number {
    return this.#inFlight.oldestAt();
  }

  /** A request starts with these. */
  begin(items: readonly TakenRecord[], now: number): void {
    this.#inFlight.begin(items, now);
  }

  /** The request with these records was answered. */
  end(items: readonly TakenRecord[]): void {
    this.#inFlight.end(items);
  }

  /**
   * The buffer is full: waiting out a linger is pointless, unless answers to requests in flight will soon make enough
   * room.
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

  /** The same for one shard that has used its share of the buffer. */
  makeShardRoom(lane: Lane, now: number): boolean {
    if (lane.recordsInFlight * 2 >= lane.budget.records) return false;
    this.#parts.router.completeIfUnblocked(lane, now);
    this.#isPressed = true;
    return true;
  }
}
