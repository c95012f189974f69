import type { TimerHandle } from "../../core/ports.js";
import type { Subscription } from "../kinesis-model/consumer-registry.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { ServiceError } from "../kinesis-model/service-error.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { type EventMessage, EventStream } from "./event-stream.js";
import { childShards, endOfAnswer, millisBehind, recordOutput } from "./get-records.js";
import type { ServiceTime } from "./operation.js";

/** Bounds of one event: the data of one second of a consumer. AWS does not document its bound. */
const MOST_OF_AN_EVENT = { records: 10_000, bytes: 2 * 1024 * 1024 };

/** The longest delay of a timer; a longer one never ends. */
const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

const INITIAL_RESPONSE: EventMessage = { kind: "event", type: "initial-response", payload: {} };

/** Options of a {@link ShardSubscription}. */
export interface ShardSubscriptionOptions {
  readonly model: KinesisModel;
  readonly stream: StreamModel;
  readonly shard: Shard;
  /** Position of the first record to send. */
  readonly position: number;
  readonly now: number;
  readonly time: ServiceTime;
  /** Most bytes a second. */
  readonly bytesPerSecond: number;
}

/**
 * A consumer's subscription to one shard. It does not poll: a put wakes it. It ends after its lifetime, when the shard
 * has ended and all its records were sent, when it is stopped with a reason, or when its reader cancels.
 */
export class ShardSubscription extends EventStream implements Subscription {
  readonly startedAt: number;
  /** Called once, at the end. */
  onceOver: () => void = () => {};
  readonly #options: ShardSubscriptionOptions;
  #position: number;
  #hasBegun = false;
  #isOver = false;
  /** The reason of a stop that its reader has not received yet. */
  #reason: ServiceError | undefined;
  /** Runs until the end of the subscription. */
  #lifetime: TimerHandle | undefined;
  /** Runs while the rate makes up for the last event: no event is sent meanwhile. */
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
      // Perhaps no other call advances the model, and a due change may be the end of this stream.
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

  /** The event to send now; with `isHeartbeat` also an empty one. */
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
        : { ContinuationSequenceNumber: shard.continuationAt(this.#position) }),
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

  /**
   * Resolves after a put, at the end of a pause, when the shard closes, and when the subscription ends.
   *
   * @returns true when nothing happened and a heartbeat is due
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
        // Merely counted records cannot be sent.
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
