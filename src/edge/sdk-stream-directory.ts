import {
  DescribeStreamSummaryCommand,
  type DescribeStreamSummaryCommandOutput,
  type KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import pRetry from "p-retry";

import { classifyFailure } from "../core/failure-class.js";
import type {
  RequestFailure,
  ShardDescription,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamRef,
  StreamSummary,
} from "../core/ports.js";
import { fieldsOf, readShardsPage, TornAnswerError, type WholeShard } from "../whole-answer.js";
import { readSdkFailure } from "./sdk-failure.js";
import { sdkStream } from "./sdk-stream.js";
import type { TimeLimit } from "./time-limit.js";

/** ListShards returns at most this many shards a page. */
const PAGE_SHARDS = 1000;

/**
 * A page is asked for again on its own: a failing page 2 does not send the listing back to page 1. Whoever waits for the
 * answer has a timer of its own, so these hold no process that has nothing else to do.
 */
const PAGE_RETRY = { retries: 2, minTimeout: 100, maxTimeout: 1_000, factor: 3, randomize: true, unref: true } as const;

/** ListShards and DescribeStreamSummary by the SDK's client. */
export class SdkStreamDirectory implements StreamDirectory {
  readonly #client: () => KinesisClient;
  readonly #limit: TimeLimit;

  /** @param limit - of the time that a request may take */
  constructor(client: () => KinesisClient, limit: TimeLimit) {
    this.#client = client;
    this.#limit = limit;
  }

  async listShards(stream: StreamRef, selection: ShardSelection): Promise<ShardsAnswer> {
    const shards: ShardDescription[] = [];
    // Open shards alone need the filter; without one, closed shards that are still readable come too.
    const first = {
      ...sdkStream(stream),
      MaxResults: PAGE_SHARDS,
      ...(selection === "open" ? { ShardFilter: { Type: "AT_LATEST" as const } } : {}),
    };
    let token: string | undefined;
    try {
      do {
        // Later pages take the token alone: with the stream's name beside it the service refuses the request.
        const input = token === undefined ? first : { NextToken: token, MaxResults: PAGE_SHARDS };
        const page = await retrying(async () =>
          readShardsPage(await this.#limit((options) => this.#client().send(new ListShardsCommand(input), options))),
        );
        for (const shard of page.shards) shards.push(readShard(shard));
        token = page.nextToken;
      } while (token !== undefined);
    } catch (error) {
      return readSdkFailure(error);
    }
    return { kind: "shards", shards };
  }

  async describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure> {
    try {
      const command = new DescribeStreamSummaryCommand(sdkStream(stream));
      return await retrying(async () =>
        readSummary(await this.#limit((options) => this.#client().send(command, options))),
      );
    } catch (error) {
      return readSdkFailure(error);
    }
  }
}

/** A few quick tries for what passes by itself; longer trouble is the refresher's to wait out. */
function retrying<T>(send: () => Promise<T>): Promise<T> {
  return pRetry(send, {
    ...PAGE_RETRY,
    shouldRetry: ({ error }) => {
      const { code, statusCode } = readSdkFailure(error);
      const failureClass = classifyFailure(code, statusCode);
      return failureClass === "transient" || failureClass === "throttled" || failureClass === "clock-skew";
    },
  });
}

/**
 * An answer without a summary does not say that keys count: believed, it would have aggregates sent to a stream that tears
 * their records apart.
 */
function readSummary(answer: DescribeStreamSummaryCommandOutput): StreamSummary {
  const { StreamDescriptionSummary: summary } = fieldsOf(answer, "DescribeStreamSummary");
  const fields = fieldsOf(summary, "DescribeStreamSummary");
  const { OpenShardCount, MaxRecordSizeInKiB, RecordDistributionStrategy } = fields;
  if (typeof OpenShardCount !== "number") throw new TornAnswerError("DescribeStreamSummary without OpenShardCount");
  return {
    kind: "summary",
    openShardCount: OpenShardCount,
    ...(typeof MaxRecordSizeInKiB === "number" ? { maxRecordBytes: MaxRecordSizeInKiB * 1024 } : {}),
    recordDistribution: RecordDistributionStrategy === "AUTO" ? "AUTO" : "USER_PARTITION_KEY",
  };
}

function readShard({
  ShardId,
  ParentShardId,
  AdjacentParentShardId,
  HashKeyRange,
  SequenceNumberRange,
}: WholeShard): ShardDescription {
  return {
    shardId: ShardId,
    startingHashKey: HashKeyRange.StartingHashKey,
    endingHashKey: HashKeyRange.EndingHashKey,
    ...(ParentShardId === undefined ? {} : { parentShardId: ParentShardId }),
    ...(AdjacentParentShardId === undefined ? {} : { adjacentParentShardId: AdjacentParentShardId }),
    ...(SequenceNumberRange?.StartingSequenceNumber === undefined
      ? {}
      : { startingSequenceNumber: SequenceNumberRange.StartingSequenceNumber }),
    ...(SequenceNumberRange?.EndingSequenceNumber === undefined
      ? {}
      : { endingSequenceNumber: SequenceNumberRange.EndingSequenceNumber }),
  };
}
