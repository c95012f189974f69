import { Alarm } from "./alarm.js";
import { BatchQueue } from "./batch-queue.js";
import { BatchWork, type Step } from "./batch-work.js";
import type { EventWindow } from "./lambda-event.js";
import type { LaneRecord, Mapping } from "./mapping.js";
import type { Outcome } from "./read-response.js";
import { TumblingWindow } from "./tumbling-window.js";

/** Bytes of an event. Source: "Lambda quotas", Lambda Developer Guide: 6 MB for a synchronous invocation. */
const MAX_EVENT_BYTES: number = 6 * 1024 * 1024;

/** Bytes of an event besides its records and its state. */
const ENVELOPE_BYTES = 1_024;

/**
 * A part of a shard whose records are handled in order, one batch at a time: the whole shard, or, with a
 * parallelization factor, the records of some partition keys.
 */
export class Lane {
  readonly #mapping: Mapping;
  readonly #shardId: string;
  readonly #onSettled: () => void;
  readonly #queue: BatchQueue<LaneRecord>;
  readonly #window: TumblingWindow | undefined;
  readonly #alarm: Alarm;
  #added = 0;
  #settled = 0;
  #caughtUpAt = Number.NEGATIVE_INFINITY;
  /** The tumbling window of the batch that is handled. */
  #batchWindowAt = 0;
  #isEnded = false;
  #isStopped = false;

  /** @param onSettled - called when records are handled or discarded */
  constructor(mapping: Mapping, shardId: string, onSettled: () => void) {
    this.#mapping = mapping;
    this.#shardId = shardId;
    this.#onSettled = onSettled;
    this.#queue = new BatchQueue(mapping.batch);
    const { tumblingWindowMs } = mapping.batch;
    this.#window = tumblingWindowMs === 0 ? undefined : new TumblingWindow(tumblingWindowMs);
    this.#alarm = new Alarm(mapping.options.clock);
  }

  /** Records that came so far. */
  get added(): number {
    return this.#added;
  }

  /** Records that were handled or discarded so far: the first ones. */
  get settled(): number {
    return this.#settled;
  }

  get waitingRecords(): number {
    return this.#queue.length;
  }

  get waitingBytes(): number {
    return this.#queue.bytes;
  }

  add(record: LaneRecord): void {
    this.#queue.add(record, this.#mapping.uptime());
    this.#added++;
    this.#alarm.ring();
  }

  /** The shard had no unread record at this time. */
  caughtUp(epochMs: number): void {
    this.#caughtUpAt = epochMs;
    if (this.#window?.endAt !== undefined && this.#window.endAt <= epochMs) this.#alarm.ring();
  }

  /** No record follows. */
  end(): void {
    this.#isEnded = true;
    this.#alarm.ring();
  }

  /** The running invocation is the last one. */
  stop(): void {
    this.#isStopped = true;
    this.#alarm.ring();
  }

  /** Resolves when the last record is settled after the end, or when the lane was stopped. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const { firstWindowAt } = this.#queue;
      if (this.#window?.isOver(firstWindowAt, this.#caughtUpAt, this.#isEnded)) {
        await this.#endWindow(false);
        continue;
      }
      const readyAt = this.#queue.readyAt(this.#room());
      if (readyAt === undefined && this.#isEnded) return;
      const delayMs = readyAt === undefined ? undefined : readyAt - this.#mapping.uptime();
      // Nothing follows at the end of a shard, so nothing is waited for.
      if (delayMs === undefined || (delayMs > 0 && !this.#isEnded)) await this.#alarm.sleep(delayMs);
      else await this.#handleBatch(firstWindowAt ?? 0);
    }
  }

  async #handleBatch(windowAt: number): Promise<void> {
    this.#batchWindowAt = windowAt;
    const room = this.#room();
    const batch = this.#queue.take(room);
    const [first] = batch;
    if (first !== undefined && first.bytes > room) return this.#discardTooLarge(first);
    await this.#work(new BatchWork(batch, this.#mapping.retry), {
      invoke: (records, invocations) => this.#invoke(records, invocations),
      settle: (records) => this.#settle(records),
      discard: (step, isPartial) => this.#discard(step, isPartial),
    });
  }

  /** Takes the steps of a batch, until nothing of it is left or the lane is stopped. */
  async #work<Item extends { readonly arrivedAt: number }>(work: BatchWork<Item>, how: Handling<Item>): Promise<void> {
    let isPartial = false;
    while (!this.#isStopped) {
      const now = this.#mapping.now();
      const step = work.next(now);
      if (step.kind === "done") return;
      if (step.kind === "wait") await this.#alarm.sleep(step.until - now);
      else if (step.kind === "discard") await how.discard(step, isPartial);
      else {
        const outcome = await how.invoke(step.records, step.invocations);
        isPartial = outcome.kind === "partial";
        if (outcome.kind === "success") work.succeeded();
        else if (outcome.kind === "partial") work.partlyFailed(outcome.index, this.#mapping.now());
        else work.failed(this.#mapping.now());
        const handled = handledBy(outcome, step.records.length);
        if (handled > 0) await how.settle(step.records.slice(0, handled));
      }
    }
  }

  async #invoke(records: readonly LaneRecord[], invocations: number): Promise<Outcome> {
    // After an early end the rest of the batch begins again, with an empty state.
    this.#window?.enter(this.#batchWindowAt);
    const window = this.#windowInEvent(false, false);
    const outcome = await this.#mapping.invoke({ shardId: this.#shardId, records, window, invocations });
    const isProgress = handledBy(outcome, records.length) > 0;
    if (outcome.kind !== "failed" && isProgress && outcome.state !== undefined) {
      // The records must belong to the window before it ends.
      this.#window?.passed(records.slice(0, handledBy(outcome, records.length)));
      if (this.#window?.keep(outcome.state) === false) await this.#endWindow(true);
    }
    return outcome;
  }

  #settle(records: readonly LaneRecord[]): void {
    this.#mapping.counters.handled(records.length);
    this.#count(records.length);
  }

  async #discard(step: Step<LaneRecord> & { readonly kind: "discard" }, isPartial: boolean): Promise<void> {
    const { records, condition, invocations } = step;
    const [first, last] = [records[0] as LaneRecord, records.at(-1) as LaneRecord];
    const window = this.#windowInEvent(false, false);
    this.#window?.passed(records);
    const facts = { records, first, last, count: records.length, condition, invocations, window, isPartial };
    await this.#mapping.discard(facts);
    this.#count(records.length);
  }

  /** A record that fits in no event. AWS does not document its fate; here it is discarded. */
  async #discardTooLarge(record: LaneRecord): Promise<void> {
    const step = { kind: "discard", records: [record], condition: "RetryAttemptsExhausted", invocations: 0 } as const;
    await this.#discard(step, false);
  }

  /**
   * Makes the last invocation of the open window, without records. It is retried like a batch of one record that
   * arrived at the end of the window.
   */
  async #endWindow(isEarly: boolean): Promise<void> {
    const window = this.#windowInEvent(true, isEarly);
    const arrivedAt = this.#window?.endAt ?? 0;
    await this.#work(new BatchWork([{ arrivedAt }], this.#mapping.retry), {
      invoke: async (_marker, invocations) =>
        withoutRecords(await this.#mapping.invoke({ shardId: this.#shardId, records: [], window, invocations })),
      settle: () => {},
      discard: async ({ condition, invocations }, isPartial) => {
        const records = this.#window?.records;
        if (records === undefined) return;
        await this.#mapping.discard({ ...records, records: [], condition, invocations, window, isPartial });
      },
    });
    if (!this.#isStopped) this.#window?.close();
  }

  #windowInEvent(isFinal: boolean, isEarly: boolean): EventWindow | undefined {
    return this.#window?.inEvent(this.#shardId, isFinal, isEarly);
  }

  /** Bytes for the records of the next event. */
  #room(): number {
    const state = this.#windowInEvent(false, false)?.state ?? "";
    return MAX_EVENT_BYTES - ENVELOPE_BYTES - Buffer.byteLength(state);
  }

  #count(records: number): void {
    this.#settled += records;
    this.#onSettled();
  }
}

/** How a kind of batch is handled. */
interface Handling<Item> {
  invoke(records: readonly Item[], invocations: number): Promise<Outcome>;
  settle(records: readonly Item[]): void | Promise<void>;
  discard(step: Step<Item> & { readonly kind: "discard" }, isPartial: boolean): Promise<void>;
}

/** Number of records that an invocation handled: the first ones. */
function handledBy(outcome: Outcome, records: number): number {
  if (outcome.kind === "success") return records;
  return outcome.kind === "partial" ? outcome.index : 0;
}

/** An event without records has no record that could fail. */
function withoutRecords(outcome: Outcome): Outcome {
  return outcome.kind === "partial"
    ? { kind: "failed", reason: "the last invocation of a window has no records" }
    : outcome;
}
