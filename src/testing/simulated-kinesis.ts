import type {
  Clock,
  EntryAnswer,
  PutRecordsAnswer,
  PutRecordsRequest,
  RequestFailure,
  ShardDescription,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamRef,
  StreamSummary,
  Transport,
} from "../core/ports.js";
import type { Milliseconds } from "./faults/fault-rule.js";
import type { JsonObject } from "./operations/operation.js";
import type { OperationName } from "./operations/operations.js";
import { checkOptionsObject } from "./options-object.js";
import { drawMilliseconds } from "./service/fault-reply.js";
import { KinesisControls } from "./service/kinesis-controls.js";
import type { KinesisServiceOptions } from "./service/kinesis-service.js";
import { failureOf, networkFailure } from "./service/reply-failure.js";
import type { ServiceReply } from "./service/service-call.js";
import { SimulatedRequestHandler } from "./simulated-request-handler.js";
import { systemTime } from "./system-time.js";

/** Options of a {@link SimulatedKinesis}. */
export interface SimulatedKinesisOptions extends KinesisServiceOptions {
  /** The clock; the system's by default. With a `ManualClock` a simulation of hours takes no time. */
  readonly clock?: Clock;
  /** Duration of each call without faults. 0 by default: then answers need no timer. */
  readonly latencyMs?: Milliseconds;
  /** When a call without an answer fails with `TimeoutError`; 6,000 by default. */
  readonly requestTimeoutMs?: number;
}

/** Never resolved: calls do not leave the process. */
const ENDPOINT = "http://kinesis.invalid";

/**
 * Kinesis without a wire: both ports of a producer, over the same model, limits, faults and oracle as `LocalKinesis`, in
 * virtual or real time. Nothing is serialised. It answers like the SDK's client, without retries. Like that client, it
 * takes new credentials after `ExpiredTokenException`, and the service's clock after a signature error.
 *
 * @example
 * ```ts
 * const clock = new ManualClock();
 * const kinesis = new SimulatedKinesis({ clock, streams: { clicks: { shards: 2 } }, limits: true });
 * kinesis.faults.add("PutRecords fail-entry stored p=0.01");
 * const answer = await kinesis.putRecords({ stream: { streamName: "clicks" }, entries: [{ partitionKey: "a", data }] });
 * ```
 */
export class SimulatedKinesis extends KinesisControls implements Transport, StreamDirectory {
  readonly #clock: Clock;
  readonly #latencyMs: Milliseconds;
  readonly #requestTimeoutMs: number;
  readonly #keepsRecords: boolean;
  /** Number of the credentials in use. */
  #credentials = 1;
  #clockOffsetMs = 0;

  /** @throws RangeError for an option out of range */
  constructor(options: SimulatedKinesisOptions = {}) {
    checkOptionsObject(options, "SimulatedKinesis");
    const { clock = systemTime, latencyMs = 0, requestTimeoutMs = 6_000, records = "keep" } = options;
    super(options, clock);
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.#keepsRecords = records === "keep";
  }

  putRecords({ stream, entries }: PutRecordsRequest): Promise<PutRecordsAnswer> {
    const records = entries.map(({ partitionKey, explicitHashKey, data }) => ({
      PartitionKey: partitionKey,
      ExplicitHashKey: explicitHashKey,
      // The port's caller may reuse its bytes once it has the answer.
      Data: this.#keepsRecords ? data.slice() : data,
    }));
    return this.#call("PutRecords", { ...streamInput(stream), Records: records }, (output) => ({
      kind: "answered",
      entries: ((output.Records ?? []) as readonly JsonObject[]).map(readEntry),
    }));
  }

  async listShards(stream: StreamRef, selection: ShardSelection): Promise<ShardsAnswer> {
    const shards: ShardDescription[] = [];
    let input: JsonObject = {
      ...streamInput(stream),
      ...(selection === "open" ? { ShardFilter: { Type: "AT_LATEST" } } : {}),
    };
    for (;;) {
      const page = await this.#call("ListShards", input, (output) => ({ kind: "page" as const, output }));
      if (page.kind === "failed") return page;
      for (const shard of (page.output.Shards ?? []) as readonly JsonObject[]) shards.push(readShard(shard));
      if (page.output.NextToken === undefined) return { kind: "shards", shards };
      input = { NextToken: page.output.NextToken };
    }
  }

  describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure> {
    return this.#call("DescribeStreamSummary", streamInput(stream), (output) => {
      const summary = (output.StreamDescriptionSummary ?? {}) as JsonObject;
      return {
        kind: "summary",
        streamArn: summary.StreamARN as string,
        openShardCount: summary.OpenShardCount as number,
        maxRecordBytes: (summary.MaxRecordSizeInKiB as number) * 1024,
        recordDistribution: summary.RecordDistributionStrategy === "AUTO" ? "AUTO" : "USER_PARTITION_KEY",
      };
    });
  }

  /**
   * A `requestHandler` for the SDK's client, with the same streams and faults. The real client serialises, signs and
   * retries, and no socket is opened.
   */
  requestHandler(): SimulatedRequestHandler {
    return new SimulatedRequestHandler(this.service, this.#clock);
  }

  /** Options for a client of the SDK: spread them into its own. */
  clientConfig(): {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly requestHandler: SimulatedRequestHandler;
  } {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const { region } = this.service.model.options;
    return { endpoint: ENDPOINT, region, credentials, requestHandler: this.requestHandler() };
  }

  #call<Answer>(
    operation: OperationName,
    input: JsonObject,
    read: (output: JsonObject) => Answer,
  ): Promise<Answer | RequestFailure> {
    const { oracle } = this.service;
    oracle.callBegan();
    const now = this.#clock.epochNow();
    const accessKeyId = `simulated-${this.#credentials}`;
    const reply = this.service.answer({ operation, input, now, accessKeyId, signedAt: now + this.#clockOffsetMs });
    const latency = drawMilliseconds(this.#latencyMs, this.service.faults);
    const takenMs = latency + (reply.delayMs ?? 0) + (reply.slowBodyMs ?? 0);
    const isLate = reply.hang === true || takenMs > this.#requestTimeoutMs;
    const answer = (): Answer | RequestFailure => {
      oracle.callEnded();
      if (isLate) return networkFailure("TimeoutError");
      const failure = failureOf(reply);
      if (failure !== undefined) this.#learnFrom(failure, reply, now, accessKeyId);
      return failure ?? read((typeof reply.body === "object" ? reply.body : {}) as JsonObject);
    };
    if (!isLate && takenMs === 0) return Promise.resolve(answer());
    return new Promise((resolve) => {
      this.#clock.setTimer(isLate ? this.#requestTimeoutMs : takenMs, () => resolve(answer()));
    });
  }

  /** Corrects what the SDK's client corrects before its next call: credentials and clock. */
  #learnFrom({ code }: RequestFailure, { headers }: ServiceReply, now: number, accessKeyId: string): void {
    const isCurrent = accessKeyId === `simulated-${this.#credentials}`;
    if (code === "ExpiredTokenException" && isCurrent) this.#credentials++;
    const date = headers?.date;
    if (code === "InvalidSignatureException" && date !== undefined) this.#clockOffsetMs = Date.parse(date) - now;
  }
}

function streamInput({ streamName, streamArn }: StreamRef): JsonObject {
  return streamArn === undefined ? { StreamName: streamName } : { StreamARN: streamArn };
}

function readEntry({ ErrorCode, ErrorMessage, ShardId, SequenceNumber }: JsonObject): EntryAnswer {
  return ErrorCode === undefined
    ? { shardId: ShardId as string, sequenceNumber: SequenceNumber as string }
    : { errorCode: ErrorCode as string, errorMessage: ErrorMessage as string };
}

function readShard(shard: JsonObject): ShardDescription {
  const { ParentShardId: parentShardId, AdjacentParentShardId: adjacentParentShardId } = shard;
  const range = shard.HashKeyRange as { readonly StartingHashKey: string; readonly EndingHashKey: string };
  const numbers = shard.SequenceNumberRange as {
    readonly StartingSequenceNumber: string;
    readonly EndingSequenceNumber?: string;
  };
  return {
    shardId: shard.ShardId as string,
    startingHashKey: range.StartingHashKey,
    endingHashKey: range.EndingHashKey,
    startingSequenceNumber: numbers.StartingSequenceNumber,
    ...(parentShardId === undefined ? {} : { parentShardId: parentShardId as string }),
    ...(adjacentParentShardId === undefined ? {} : { adjacentParentShardId: adjacentParentShardId as string }),
    ...(numbers.EndingSequenceNumber === undefined ? {} : { endingSequenceNumber: numbers.EndingSequenceNumber }),
  };
}
