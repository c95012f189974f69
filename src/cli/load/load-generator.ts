import process from "node:process";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { KinesisProducer, RecordFailedError, type UserRecord } from "../../index.js";
import { Arrivals } from "./arrivals/arrivals.js";
import { KeyDraw } from "./keys/key-draw.js";
import type { LoadPlan, LoadReport, LoadState } from "./load-plan.js";
import { newLatency } from "./measure/latency.js";
import { intervalOf, Sampler } from "./measure/sampler.js";
import { totalsOf } from "./measure/totals.js";
import { payloadsOf } from "./sizes/payloads.js";

/** Records handed over before control returns to the event loop. */
const BURST = 500;
/** How often due records are handed over. */
const TICK_MS = 1;
/** Limit of promises awaited at a time: half of the producer's default `maxBufferedRecords`. */
const MAX_AWAITED = 50_000;
/** How long after its end the load waits for room for records that are due. */
const GRACE_MS = 1_000;

/**
 * Hands records to a producer as the plan says, and counts their outcomes. With a rate, latency counts from the
 * due time of a record: a producer that makes its caller wait does not look better.
 */
export class LoadGenerator {
  readonly #plan: LoadPlan;
  readonly #producer: KinesisProducer;
  readonly #keys: KeyDraw;
  readonly #payloads: readonly Uint8Array[];
  readonly #sampler: Sampler;
  readonly #failedByCode: Map<string, number> = new Map();
  readonly #counts = { sent: 0, delivered: 0, failed: 0, mayBeDuplicates: 0 };
  readonly #onBegun: () => void;
  #onRoom: () => void = () => {};
  #isStopped = false;

  /**
   * @param onBegun - called when the stream is known, before the first record
   * @throws InvalidOptionError for a bad option of the producer
   */
  constructor(plan: LoadPlan, onBegun: () => void = () => {}) {
    this.#plan = plan;
    this.#onBegun = onBegun;
    this.#keys = new KeyDraw(plan.keys, plan.seed);
    this.#payloads = payloadsOf(plan.sizes, plan.seed);
    this.#sampler = new Sampler(intervalOf(plan.durationMs), newLatency);
    this.#producer = new KinesisProducer({
      ...plan.producer,
      onDelivery: (batch) => {
        const now = performance.now();
        // The context is the time that #trySend() passed.
        for (const { context, result, error } of batch) {
          if (error !== undefined) this.#onFailed(error);
          else this.#onDelivered(now - (context as number), result.mayBeDuplicate);
        }
      },
    });
  }

  /** Records sent and settled so far, and the last interval. */
  get state(): LoadState {
    const { sent, delivered, failed } = this.#counts;
    const sample = this.#sampler.samples.at(-1);
    return { counts: { sent, delivered, failed }, ...(sample === undefined ? {} : { sample }) };
  }

  /** Ends the load early; {@link run} delivers the records that were handed over. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Runs the load to its end, and delivers all its records.
   *
   * @returns rejects with a ProducerError when the stream cannot be reached
   */
  async run(): Promise<LoadReport> {
    try {
      await this.#producer.ready();
      this.#onBegun();
      const startedAt = performance.now();
      const endSampling = this.#sample(startedAt);
      const cpu = process.cpuUsage();
      const leftOver = await this.#load(startedAt).finally(() => this.#producer.flush().finally(endSampling));
      const { user, system } = process.cpuUsage(cpu);
      return this.#report({ leftOver, elapsedMs: performance.now() - startedAt, cpuMs: (user + system) / 1_000 });
    } finally {
      await this.#producer.close();
    }
  }

  /** Takes a sample at the end of each interval. The returned function takes the last one. */
  #sample(startedAt: number): () => void {
    const take = (): void => {
      this.#sampler.take(performance.now() - startedAt, { ...this.#counts }, totalsOf(this.#producer.stats()));
    };
    const waitMs = (): number => this.#sampler.endsAt - (performance.now() - startedAt);
    let timer = setTimeout(function tick(): void {
      take();
      timer = setTimeout(tick, waitMs());
    }, waitMs());
    return () => {
      clearTimeout(timer);
      take();
    };
  }

  /** Resolves with the number of due records that found no room. */
  async #load(startedAt: number): Promise<number> {
    const { arrivals: plan, share, durationMs, seed } = this.#plan;
    if (plan === undefined) {
      const endsAt = startedAt + durationMs;
      while (this.#goesOn(endsAt)) await this.#turn(this.#sendBurst(() => performance.now()));
      return 0;
    }
    const arrivals = new Arrivals(plan, share, seed);
    const endsAt = startedAt + durationMs + GRACE_MS;
    let seenMs = 0;
    while (arrivals.nextAt !== Number.POSITIVE_INFINITY && this.#goesOn(endsAt)) {
      seenMs = performance.now() - startedAt;
      await this.#sendDue(arrivals, startedAt, seenMs, endsAt);
      await sleep(TICK_MS);
    }
    return arrivals.leftBy(this.#isStopped ? seenMs : durationMs);
  }

  #goesOn(endsAt: number): boolean {
    return !this.#isStopped && performance.now() < endsAt;
  }

  /**
   * Hands over the records that are due by `untilMs`, in bursts, or until there is no room in time. A stopped load does
   * not wait for room.
   */
  async #sendDue(arrivals: Arrivals, startedAt: number, untilMs: number, endsAt: number): Promise<void> {
    while (arrivals.nextAt <= untilMs && performance.now() < endsAt) {
      const hasRoom = this.#sendBurst(() => {
        const { nextAt } = arrivals;
        return nextAt <= untilMs ? startedAt + nextAt : undefined;
      }, arrivals);
      if (!hasRoom && this.#isStopped) return;
      await this.#turn(hasRoom);
    }
  }

  /**
   * Hands over up to {@link BURST} records.
   *
   * @param dueAt - the due time of the next record; undefined when none is due
   * @returns false when there was no room
   */
  #sendBurst(dueAt: () => number | undefined, arrivals?: Arrivals): boolean {
    for (let sent = 0; sent < BURST; sent++) {
      const at = dueAt();
      if (at === undefined) return true;
      if (!this.#trySend(at)) return false;
      arrivals?.advance();
    }
    return true;
  }

  #turn(hasRoom: boolean): Promise<void> {
    return hasRoom ? nextTurn() : this.#room();
  }

  /** @returns false when there is no room; the record was not taken */
  #trySend(dueAt: number): boolean {
    return this.#plan.how === "put" ? this.#tryPut(dueAt) : this.#tryEnqueue(dueAt);
  }

  #tryEnqueue(dueAt: number): boolean {
    try {
      if (!this.#producer.enqueue(this.#nextRecord(), dueAt)) return false;
      this.#counts.sent++;
    } catch (error) {
      if (!(error instanceof RecordFailedError)) throw error;
      this.#counts.sent++;
      this.#onFailed(error);
    }
    return true;
  }

  #tryPut(dueAt: number): boolean {
    if (this.#awaited >= MAX_AWAITED) return false;
    this.#counts.sent++;
    void this.#producer
      .put(this.#nextRecord())
      .then(
        ({ mayBeDuplicate }) => this.#onDelivered(performance.now() - dueAt, mayBeDuplicate),
        (error: RecordFailedError) => this.#onFailed(error),
      )
      .then(() => {
        if (this.#awaited <= MAX_AWAITED / 2) this.#onRoom();
      });
    return true;
  }

  get #awaited(): number {
    const { sent, delivered, failed } = this.#counts;
    return sent - delivered - failed;
  }

  #room(): Promise<void> {
    if (this.#plan.how === "enqueue") return this.#producer.ready();
    return new Promise((resolve) => {
      this.#onRoom = resolve;
    });
  }

  #nextRecord(): UserRecord {
    const data = this.#payloads[this.#counts.sent % this.#payloads.length] as Uint8Array;
    return { partitionKey: this.#keys.next(), data };
  }

  #onDelivered(latencyMs: number, mayBeDuplicate: boolean): void {
    this.#counts.delivered++;
    if (mayBeDuplicate) this.#counts.mayBeDuplicates++;
    this.#sampler.record(latencyMs);
  }

  #onFailed({ code, serviceCode }: RecordFailedError): void {
    const counted = serviceCode ?? code;
    this.#counts.failed++;
    this.#failedByCode.set(counted, (this.#failedByCode.get(counted) ?? 0) + 1);
  }

  #report(facts: Pick<LoadReport, "leftOver" | "elapsedMs" | "cpuMs">): LoadReport {
    return {
      ...this.#counts,
      ...facts,
      failedByCode: Object.fromEntries(this.#failedByCode),
      totals: totalsOf(this.#producer.stats()),
      latency: this.#sampler.latency.counts(),
      samples: this.#sampler.samples,
    };
  }
}
