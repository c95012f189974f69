import {
  DescribeStreamSummaryCommand,
  type KinesisClient,
  ListShardsCommand,
  type ListShardsCommandOutput,
  type Shard,
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
        const page: ListShardsCommandOutput = await retrying(() =>
          this.#limit((options) => this.#client().send(new ListShardsCommand(input), options)),
        );
        for (const shard of page.Shards ?? []) shards.push(readShard(shard));
        token = page.NextToken;
      } while (token !== undefined);
    } catch (error) {
      return readSdkFailure(error);
    }
    return { kind: "shards", shards };
  }

  async describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure> {
    try {
      const { StreamDescriptionSummary: summary } = await retrying(() =>
        this.#limit((options) => this.#client().send(new DescribeStreamSummaryCommand(sdkStream(stream)), options)),
      );
      const { StreamARN, OpenShardCount, MaxRecordSizeInKiB, RecordDistributionStrategy } = summary ?? {};
      return {
        kind: "summary",
        ...(StreamARN === undefined ? {} : { streamArn: StreamARN }),
        ...(OpenShardCount === undefined ? {} : { openShardCount: OpenShardCount }),
        ...(MaxRecordSizeInKiB === undefined ? {} : { maxRecordBytes: MaxRecordSizeInKiB * 1024 }),
        recordDistribution: RecordDistributionStrategy === "AUTO" ? "AUTO" : "USER_PARTITION_KEY",
      };
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

function readShard({
  ShardId,
  ParentShardId,
  AdjacentParentShardId,
  HashKeyRange,
  SequenceNumberRange,
}: Shard): ShardDescription {
  return {
    shardId: ShardId ?? "",
    startingHashKey: HashKeyRange?.StartingHashKey ?? "",
    endingHashKey: HashKeyRange?.EndingHashKey ?? "",
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
