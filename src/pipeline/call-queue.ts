import { TokenBucket } from "../core/pacing/token-bucket.js";

export interface CallLimits {
  /** Also the size of a burst: one second's calls may start at once. */
  readonly callsPerSecond: number;
  /** Most calls in flight at a time. */
  readonly atOnce: number;
}

interface WaitingCall {
  start(now: number): void;
  /** When the call will start, estimated from the rate and the calls before it. */
  readonly startsAt: number;
}

/**
 * Limits the rate of calls and the number in flight; other calls wait in order. Driven by the drain loop; it has no
 * timer.
 */
export class CallQueue {
  readonly #atOnce: number;
  readonly #bucket: TokenBucket;
  readonly #wake: () => void;
  /** By name; a name is at most once in each queue. */
  readonly #urgent: Map<string, WaitingCall> = new Map();
  readonly #others: Map<string, WaitingCall> = new Map();
  #isUrgentsTurn = true;
  #inFlight = 0;

  /** @param wake - called when a call has ended and others wait */
  constructor({ callsPerSecond, atOnce }: CallLimits, wake: () => void, now: number) {
    this.#atOnce = atOnce;
    this.#bucket = new TokenBucket(callsPerSecond, callsPerSecond, now);
    this.#wake = wake;
  }

  /** Makes the call now, or when its turn comes. */
  run<T>(name: string, call: () => Promise<T>, isUrgent: boolean, now: number): Promise<T> {
    if (this.#size === 0 && this.#canStart(now)) return this.#run(call, now);
    return new Promise<T>((resolve, reject) => {
      const start = (at: number): void => {
        this.#run(call, at).then(resolve, reject);
      };
      const startsAt = this.#bucket.coversAt(1, now) + (this.#size / this.#bucket.perSecond) * 1_000;
      (isUrgent ? this.#urgent : this.#others).set(name, { start, startsAt });
    });
  }

  /** When a call that waits will start; -Infinity when none of this name waits. */
  startsAt(name: string): number {
    return (this.#urgent.get(name) ?? this.#others.get(name))?.startsAt ?? Number.NEGATIVE_INFINITY;
  }

  /** Starts the calls that may start now. */
  startDue(now: number): void {
    while (this.#size > 0 && this.#canStart(now)) this.#next().start(now);
  }

  /** The next moment at which {@link startDue} has something to do, unless a call ends earlier. */
  nextAt(now: number): number {
    const mayStart = this.#size > 0 && this.#inFlight < this.#atOnce;
    return mayStart ? this.#bucket.coversAt(1, now) : Number.POSITIVE_INFINITY;
  }

  get #size(): number {
    return this.#urgent.size + this.#others.size;
  }

  #canStart(now: number): boolean {
    return this.#inFlight < this.#atOnce && this.#bucket.covers(1, now);
  }

  /** The two queues take turns, so neither starves the other. */
  #next(): WaitingCall {
    const isUrgent = this.#others.size === 0 || (this.#isUrgentsTurn && this.#urgent.size > 0);
    this.#isUrgentsTurn = !isUrgent;
    const from = isUrgent ? this.#urgent : this.#others;
    const [name, call] = from.entries().next().value as [string, WaitingCall];
    from.delete(name);
    return call;
  }

  async #run<T>(call: () => Promise<T>, now: number): Promise<T> {
    this.#inFlight++;
    this.#bucket.take(1, now);
    try {
      return await call();
    } finally {
      this.#inFlight--;
      if (this.#size > 0) this.#wake();
    }
  }
}
