import { type CountingGuard, PutCounter } from "../counting/put-counter.js";
import { CallFacts } from "../faults/call-facts.js";
import type { AccompanyingEffect, FaultRule } from "../faults/fault-rule.js";
import { type FaultPlan, FaultScript } from "../faults/fault-script.js";
import { answerOfError, type LocalAnswer, runOperation } from "../http/local-answer.js";
import type { Protocol } from "../http/wire-protocol.js";
import { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { ModelJournal } from "../kinesis-model/model-journal.js";
import type { ModelSnapshot } from "../kinesis-model/model-snapshot.js";
import type { ServiceTiming } from "../kinesis-model/service-timing.js";
import type { StoredRecord } from "../kinesis-model/shard.js";
import type { StreamIdentity } from "../kinesis-model/stream-identity.js";
import type { StreamOptions } from "../kinesis-model/stream-settings.js";
import type { LimitOptions } from "../limits/limit-options.js";
import { ServiceLimits } from "../limits/service-limits.js";
import type { EntryRefusal, IncomingEntry, ServiceTime, ShardGuard } from "../operations/operation.js";
import { Oracle } from "../oracle/oracle.js";
import { systemTime } from "../system-time.js";
import { drawMilliseconds, replyOf } from "./fault-reply.js";
import type { ServiceCall, ServiceReply } from "./service-call.js";

/** Options of a service. */
export interface KinesisServiceOptions {
  /** Streams that exist from the start, by name. A stream of the data directory stays as it is. */
  readonly streams?: Readonly<Record<string, StreamOptions>>;
  /** `"us-east-1"` by default. */
  readonly region?: string;
  /** Twelve digits; `"000000000000"` by default. */
  readonly accountId?: string;
  /** The limits of the service: none by default, all with `true`, each one set or switched off by an object. */
  readonly limits?: boolean | LimitOptions;
  /** How long changes of streams and shards take; 0 by default. */
  readonly timing?: Partial<ServiceTiming>;
  /** `"count"` keeps the number of records and drops them: memory is bounded, and nothing can be read back. */
  readonly records?: "keep" | "count";
  /** Seed of the faults' draws; 1 by default. */
  readonly seed?: number;
  /** Faults from the start, as data or as text. */
  readonly faults?: readonly (FaultRule | string)[];
}

/** Codes that mean throttling. */
const THROTTLES: ReadonlySet<unknown> = new Set([
  "ProvisionedThroughputExceededException",
  "LimitExceededException",
  "ThrottlingException",
  "KMSThrottlingException",
]);

/** Storage that keeps the streams beyond the service's life. */
export interface ModelStorage extends ModelJournal {
  /** The stored streams; undefined the first time. */
  readonly kept: ModelSnapshot | undefined;
  /** The stored records of a stream, in order within each shard. */
  recordsOf(stream: StreamIdentity): Iterable<StoredRecord>;
}

/** How long a shard of the fault `unknown-child` stays unlisted by default. */
const STALE_LIST_MS = 1_000;

/**
 * Kinesis without a wire: answers calls as data, with limits and faults, and knows the real outcomes. Every layer
 * renders the same replies. Each call brings its time; the service's own time is for events after an answer.
 */
export class KinesisService {
  readonly model: KinesisModel;
  readonly faults: FaultScript;
  readonly oracle: Oracle;
  /** Set by a layer with connections: called with the time for which no connection is accepted. */
  onRefuse: ((ms: number) => void) | undefined;
  readonly #counter = new PutCounter();
  readonly #time: ServiceTime;
  #limits: ServiceLimits;
  #refusedUntil = Number.NEGATIVE_INFINITY;

  /**
   * @param now - the creation time of the streams
   * @param time - the time source of subscriptions
   * @param storage - keeps the streams beyond the service's life
   * @throws RangeError for an option out of range
   */
  constructor(options: KinesisServiceOptions, now: number, time: ServiceTime = systemTime, storage?: ModelStorage) {
    const { region = "us-east-1", accountId = "000000000000", records = "keep", limits = false } = options;
    const { timing = {}, streams = {}, faults = [], seed = 1 } = options;
    this.#time = time;
    this.model = new KinesisModel({ region, accountId, timing, keepsRecords: records === "keep", journal: storage });
    if (storage?.kept !== undefined) {
      this.model.restore(storage.kept, (stream) => storage.recordsOf(stream), now);
    }
    for (const [name, stream] of Object.entries(streams)) {
      if (storage === undefined || this.model.find(name) === undefined) this.model.createStream(name, stream, now);
    }
    this.model.commit();
    this.#limits = new ServiceLimits(limits);
    this.faults = new FaultScript(seed);
    for (const fault of faults) this.faults.add(fault);
    this.oracle = new Oracle(this.model);
  }

  /**
   * Replaces the limits; the use of the old ones is forgotten.
   *
   * @throws RangeError for an option out of range
   */
  setLimits(limits: boolean | LimitOptions): void {
    this.#limits = new ServiceLimits(limits);
  }

  /** Accepts no connection until `ms` after `now`. */
  refuseConnections(ms: number, now: number): void {
    this.#refusedUntil = now + ms;
    this.onRefuse?.(ms);
  }

  /**
   * Answers PutRecords from its body, where records are only counted.
   *
   * @returns undefined, without any effect, for a call that must be parsed and answered like others
   */
  countPuts(body: Buffer, protocol: Protocol, now: number): ServiceReply | undefined {
    const { keepsRecords = true, accountId } = this.model.options;
    this.model.advance(now);
    if (keepsRecords || !this.faults.isEmpty || now < this.#refusedUntil) return undefined;
    const guard: CountingGuard = {
      beforeCall: () => this.#limits.beforeCall("PutRecords", undefined, accountId, now),
      admit: (entry) => {
        const refusal = this.#limits.admit(entry, now);
        if (refusal !== undefined) this.oracle.recordThrottled();
        this.oracle.entryCame(entry, refusal === undefined, now);
        return refusal;
      },
    };
    try {
      return this.#counter.count(body, protocol, { model: this.model, now, guard });
    } catch (error) {
      const reply = answerOfError(error);
      if (isThrottle(reply)) this.oracle.callThrottled();
      return reply;
    }
  }

  /** Answers a call; every outcome is a reply. With a storage, its changes are durable by then. */
  answer(call: ServiceCall): ServiceReply {
    const reply = this.#replyTo(call);
    if (isThrottle(reply)) this.oracle.callThrottled();
    try {
      this.model.commit();
    } catch (error) {
      return answerOfError(error);
    }
    return reply;
  }

  #replyTo(call: ServiceCall): ServiceReply {
    const { now } = call;
    this.model.advance(now);
    if (now < this.#refusedUntil) return { statusCode: 0, cut: "refused" };
    const facts = new CallFacts(call, this.model);
    const plan = this.faults.plan(facts);
    if (plan === undefined) return this.#run(facts, undefined);
    return this.#answerUnder(plan, facts);
  }

  #answerUnder(plan: FaultPlan, facts: CallFacts): ServiceReply {
    const { now } = facts.call;
    for (const { effect, rule } of plan.accompanying) this.#change(effect, rule, facts);
    const run = (): LocalAnswer => this.#run(facts, plan);
    if (plan.request?.kind === "refuse-connections") this.refuseConnections(plan.request.ms, now);
    const reply = plan.request === undefined ? run() : replyOf(plan.request, run, now);
    const { delayMs, slowBodyMs } = this.#slowness(plan);
    return {
      ...reply,
      ...(plan.clockOffsetMs === 0
        ? {}
        : { headers: { ...reply.headers, date: new Date(now + plan.clockOffsetMs).toUTCString() } }),
      ...(delayMs === 0 ? {} : { delayMs }),
      ...(slowBodyMs === 0 ? {} : { slowBodyMs }),
    };
  }

  #run({ call, streamName }: CallFacts, plan: FaultPlan | undefined): LocalAnswer {
    const { operation, input, now } = call;
    try {
      this.#limits.beforeCall(operation, streamName, this.model.options.accountId, now);
    } catch (error) {
      return answerOfError(error);
    }
    const isListStale = plan?.accompanying.some(({ effect }) => effect.kind === "stale-list");
    const { model } = this;
    return runOperation(operation, input, { model, now, time: this.#time, guard: this.#guard(plan), isListStale });
  }

  #guard(plan: FaultPlan | undefined): ShardGuard {
    const limits = this.#limits;
    return {
      admit: (entry: IncomingEntry, now: number): EntryRefusal | undefined => {
        const refusal = plan?.refuse(entry) ?? limits.admit(entry, now);
        if (refusal !== undefined && THROTTLES.has(refusal.code)) this.oracle.recordThrottled();
        this.oracle.entryCame(entry, refusal === undefined || refusal.isStored, now);
        return refusal;
      },
      beforeRead: (kind, stream, shard, now) => limits.beforeRead(kind, stream, shard, now),
      afterRead: (shard, bytes, now) => limits.afterRead(shard, bytes, now),
      beforeSubscribe: (consumer, shard, now) => limits.beforeSubscribe(consumer, shard, now),
    };
  }

  /** Applies an effect to the stream before the call. An unknown stream is ignored. */
  #change(effect: AccompanyingEffect, { on }: FaultRule, facts: CallFacts): void {
    const { stream } = facts;
    if (stream === undefined) return;
    const { now } = facts.call;
    const { name } = stream.identity;
    switch (effect.kind) {
      case "unknown-child": {
        const shardId = facts.shardToSplit(on ?? {});
        // A shard of one hash key cannot be split.
        if (shardId === undefined || stream.shard(shardId).origin.first === stream.shard(shardId).origin.last) return;
        stream.splitShard(shardId, now);
        stream.hideLastReshard(now + (effect.staleListMs ?? STALE_LIST_MS));
        return;
      }
      case "switch-to-auto":
        stream.change({ mode: "ON_DEMAND", recordDistribution: "AUTO" });
        return;
      case "delete-stream":
        this.model.deleteStream(name);
        return;
      case "recreate-stream":
        this.model.deleteStream(name);
        this.model.createStream(name, { ...stream.settings, shards: stream.openShards.length }, now);
        return;
      default:
        return;
    }
  }

  #slowness({ accompanying }: FaultPlan): { readonly delayMs: number; readonly slowBodyMs: number } {
    let delayMs = 0;
    let slowBodyMs = 0;
    for (const { effect } of accompanying) {
      if (effect.kind === "latency") delayMs += drawMilliseconds(effect.ms, this.faults);
      if (effect.kind === "slow-body") slowBodyMs += drawMilliseconds(effect.ms, this.faults);
    }
    return { delayMs, slowBodyMs };
  }
}

function isThrottle({ statusCode, body }: ServiceReply): boolean {
  return statusCode >= 400 && typeof body === "object" && "__type" in body && THROTTLES.has(body.__type);
}
