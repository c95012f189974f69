import type { TimerHandle } from "../../core/ports.js";
import type { Subscription } from "../kinesis-model/consumer-registry.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { ServiceError } from "../kinesis-model/service-error.js";
import type { Shard, StoredRecord } from "../kinesis-model/shard.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { type EventMessage, EventStream } from "./event-stream.js";
import { childShards, endOfAnswer, millisBehind, recordOutput } from "./get-records.js";
import type { ServiceTime } from "./operation.js";

/** What one event holds at most: a second's worth of a consumer. The service says nothing of its own bound. */
const MOST_OF_AN_EVENT = { records: 10_000, bytes: 2 * 1024 * 1024 };

/** The longest that a timer can be told to wait; what takes longer never comes. */
const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

const INITIAL_RESPONSE: EventMessage = { kind: "event", type: "initial-response", payload: {} };

/** What a subscription is made of. */
export interface ShardSubscriptionOptions {
  readonly model: KinesisModel;
  readonly stream: StreamModel;
  readonly shard: Shard;
  /** Of the first record to tell. */
  readonly position: number;
  readonly now: number;
  readonly time: ServiceTime;
  /** What it is sent in a second, at most. */
  readonly bytesPerSecond: number;
}

/**
 * What one consumer gets from one shard. It waits for the shard, not in turns: a put wakes it. It is over when its time
 * is, when the shard has ended and all of it is told, when it is stopped for a reason, or when its reader cancels.
 */
export class ShardSubscription extends EventStream implements Subscription {
  readonly startedAt: number;
  /** Called once, when it is over. */
  onceOver: () => void = () => {};
  readonly #options: ShardSubscriptionOptions;
  #position: number;
  #hasBegun = false;
  #isOver = false;
  /** What remains to be told of why it was stopped. */
  #reason: ServiceError | undefined;
  /** Until the end of the subscription. */
  #lifetime: TimerHandle | undefined;
  /** While the last event is being paid for, there is no other. */
  #pause: TimerHandle | undefined;
  #wake: () => void = () => {};

  constructor(options: ShardSubscriptionOptions) {
    super();
    this.#options = options;
    this.#position = options.position;
    this.startedAt = options.now;
  }

  async next(): Promise<EventMessage | undefined> {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      if (!this.#isOver) this.#lifetime = this.#timer(this.#options.model.timing.subscribeMs, () => this.cancel());
      return INITIAL_RESPONSE;
    }
    let isHeartbeat = false;
    for (;;) {
      // Nobody else may be asking for the changes that are due, and one of them may be the end of this stream.
      this.#options.model.advance(this.#options.time.epochNow());
      if (this.#reason !== undefined) return this.#tellReason(this.#reason);
      if (this.#isOver) return undefined;
      const event = this.#eventNow(isHeartbeat);
      if (event !== undefined) return event;
      isHeartbeat = await this.#untilSomethingHappens();
    }
  }

  stop(reason: ServiceError): void {
    this.#reason = reason;
    this.#finish();
  }

  cancel(): void {
    this.#finish();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lifetime?.cancel();
    this.#pause?.cancel();
    this.onceOver();
    this.#wake();
  }

  #tellReason({ code, message }: ServiceError): EventMessage {
    this.#reason = undefined;
    return { kind: "exception", type: code, payload: { message } };
  }

  /** What there is to tell; with `isHeartbeat`, also that there is nothing. */
  #eventNow(isHeartbeat: boolean): EventMessage | undefined {
    if (this.#pause !== undefined) return undefined;
    const { stream, shard, time } = this.#options;
    const now = time.epochNow();
    const start = Math.max(this.#position, shard.positionAtTime(stream.trimHorizon(now)));
    const { end, bytes } = endOfAnswer(shard, start, MOST_OF_AN_EVENT);
    const isDrained = end === shard.records.length && shard.closure !== undefined;
    if (end === start && !isDrained && !isHeartbeat) return undefined;
    this.#position = end;
    if (isDrained) this.#finish();
    else this.#payFor(bytes);
    const payload = {
      Records: shard.records.slice(start, end).map(recordOutput),
      MillisBehindLatest: millisBehind(shard, end, now),
      ...(isDrained
        ? { ChildShards: childShards({ stream, shard }) }
        : { ContinuationSequenceNumber: this.#continuation() }),
    };
    return { kind: "event", type: "SubscribeToShardEvent", payload };
  }

  #payFor(bytes: number): void {
    const ms = (bytes / this.#options.bytesPerSecond) * 1000;
    if (ms === 0) return;
    this.#pause = this.#timer(ms, () => {
      this.#pause = undefined;
      this.#wake();
    });
  }

  /** After which number the next subscription goes on: that of the last record before, or of the shard's beginning. */
  #continuation(): string {
    const { shard } = this.#options;
    const last: StoredRecord | undefined = shard.records[this.#position - 1];
    return last?.sequenceNumber ?? shard.origin.startingSequenceNumber;
  }

  /**
   * Resolves after a put, at the end of a pause, when the shard closes and when the subscription is over.
   *
   * @returns whether nothing of it happened for so long that this is to be told
   */
  async #untilSomethingHappens(): Promise<boolean> {
    const { shard, model } = this.#options;
    let heartbeat: TimerHandle | undefined;
    let unwatch: (() => void) | undefined;
    const isHeartbeat = await new Promise<boolean>((resolve) => {
      this.#wake = () => resolve(false);
      if (this.#pause !== undefined) return;
      heartbeat = this.#timer(model.timing.heartbeatMs, () => resolve(true));
      unwatch = shard.watch(() => {
        // Records that are only counted are nothing to tell.
        if (shard.records.length > this.#position || shard.closure !== undefined) resolve(false);
      });
    });
    heartbeat?.cancel();
    unwatch?.();
    return isHeartbeat;
  }

  #timer(ms: number, callback: () => void): TimerHandle | undefined {
    return ms > LONGEST_TIMER_MS ? undefined : this.#options.time.setTimer(ms, callback);
  }
}
