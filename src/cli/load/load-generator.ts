import process from "node:process";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { KinesisProducer, RecordFailedError, type UserRecord } from "../../index.js";
import { FINE_MILLISECONDS } from "../../metrics/bucket-grid.js";
import { Histogram } from "../../metrics/histogram.js";
import { seededRandom } from "../../testing/index.js";
import { KeyDraw } from "./key-draw.js";
import type { LoadCounts, LoadPlan, LoadReport } from "./load-plan.js";

/** Records handed over before control returns to the event loop. */
const BURST = 500;
/** How often due records are handed over. */
const TICK_MS = 1;
/** Limit of promises awaited at a time: half of the producer's default `maxBufferedRecords`. */
const MAX_AWAITED = 50_000;
/** How long after its end the load waits for room for records that are due. */
const GRACE_MS = 1_000;
/** Number of different payloads, so that the CPU cache does not hold them all. */
const PAYLOADS = 64;

/**
 * Hands records to a producer as the plan says, and counts their outcomes. With a rate, latency counts from the
 * scheduled time of a record: a producer that makes its caller wait does not look better.
 */
export class LoadGenerator {
  readonly #plan: LoadPlan;
  readonly #producer: KinesisProducer;
  readonly #keys: KeyDraw;
  readonly #payloads: readonly Uint8Array[];
  readonly #latency = new Histogram(FINE_MILLISECONDS);
  readonly #failedByCode: Map<string, number> = new Map();
  readonly #counts = { sent: 0, delivered: 0, failed: 0, mayBeDuplicates: 0 };
  #onRoom: () => void = () => {};
  #isStopped = false;

  /** @throws InvalidOptionError for a bad option of the producer */
  constructor(plan: LoadPlan) {
    this.#plan = plan;
    this.#keys = new KeyDraw(plan.keys, plan.seed);
    this.#payloads = payloadsOf(plan.size, plan.seed);
    this.#producer = new KinesisProducer({
      ...plan.producer,
      onDelivery: (batch) => {
        const now = performance.now();
        // The context is the time that #send() passed.
        for (const { context, result, error } of batch) {
          if (error !== undefined) this.#onFailed(error);
          else this.#onDelivered(now - (context as number), result.mayBeDuplicate);
        }
      },
    });
  }

  /** Records sent and settled so far. */
  get counts(): LoadCounts {
    const { sent, delivered, failed } = this.#counts;
    return { sent, delivered, failed };
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
      const startedAt = performance.now();
      const cpu = process.cpuUsage();
      const leftOver = await this.#load(startedAt);
      await this.#producer.flush();
      const { user, system } = process.cpuUsage(cpu);
      return this.#report({ leftOver, elapsedMs: performance.now() - startedAt, cpuMs: (user + system) / 1_000 });
    } finally {
      await this.#producer.close();
    }
  }

  /** Resolves with the number of due records that found no room. */
  async #load(startedAt: number): Promise<number> {
    const { perSecond, durationMs } = this.#plan;
    if (perSecond === undefined) {
      const endsAt = startedAt + durationMs;
      while (this.#goesOn(endsAt)) await this.#send(this.#counts.sent + BURST, endsAt, () => performance.now());
      return 0;
    }
    const spacingMs = 1_000 / perSecond;
    const total = Math.floor(durationMs / spacingMs);
    const endsAt = startedAt + durationMs + GRACE_MS;
    const momentOf = (index: number): number => startedAt + index * spacingMs;
    let due = 0;
    while (this.#counts.sent < total && this.#goesOn(endsAt)) {
      due = Math.min(total, Math.ceil((performance.now() - startedAt) / spacingMs));
      await this.#send(due, endsAt, momentOf);
      await sleep(TICK_MS);
    }
    return (this.#isStopped ? due : total) - this.#counts.sent;
  }

  #goesOn(endsAt: number): boolean {
    return !this.#isStopped && performance.now() < endsAt;
  }

  /**
   * Hands records over in bursts until their number is `until`, or until there is no room in time.
   *
   * @param momentOf - the scheduled time of a record, by its index
   */
  async #send(until: number, endsAt: number, momentOf: (index: number) => number): Promise<void> {
    while (this.#counts.sent < until && this.#goesOn(endsAt)) {
      const burstEnd = Math.min(until, this.#counts.sent + BURST);
      let hasRoom = true;
      while (hasRoom && this.#counts.sent < burstEnd) hasRoom = this.#trySend(momentOf(this.#counts.sent));
      await (hasRoom ? nextTurn() : this.#room());
    }
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
    const data = this.#payloads[this.#counts.sent % PAYLOADS] as Uint8Array;
    return { partitionKey: this.#keys.next(), data };
  }

  #onDelivered(latencyMs: number, mayBeDuplicate: boolean): void {
    this.#counts.delivered++;
    if (mayBeDuplicate) this.#counts.mayBeDuplicates++;
    this.#latency.record(latencyMs);
  }

  #onFailed({ code, serviceCode }: RecordFailedError): void {
    const counted = serviceCode ?? code;
    this.#counts.failed++;
    this.#failedByCode.set(counted, (this.#failedByCode.get(counted) ?? 0) + 1);
  }

  #report(facts: Pick<LoadReport, "leftOver" | "elapsedMs" | "cpuMs">): LoadReport {
    const streams = Object.values(this.#producer.stats().streams);
    return {
      ...this.#counts,
      ...facts,
      failedByCode: Object.fromEntries(this.#failedByCode),
      bytes: streams.reduce((sum, { bytesDelivered }) => sum + bytesDelivered, 0),
      kinesisRecords: streams.reduce((sum, { kinesisRecordsAccepted }) => sum + kinesisRecordsAccepted, 0),
      requests: streams.reduce((sum, { requests }) => sum + requests, 0),
      latency: this.#latency.counts(),
    };
  }
}

function payloadsOf(size: number, seed: number): Uint8Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: PAYLOADS }, () => Uint8Array.from({ length: size }, () => random() * 256));
}
