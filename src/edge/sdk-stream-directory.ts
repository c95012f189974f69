import type { DescribeStreamSummaryCommandOutput, KinesisClient } from "@aws-sdk/client-kinesis";

import { classifyRequest, type FailureClass } from "../core/failure-class.js";
import { backoffMs, PAGE_BACKOFF } from "../core/pacing/retry-policy.js";
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
import { loadSdk, type Sdk } from "./lazy-sdk.js";
import { readSdkFailure } from "./sdk-failure.js";
import { sdkStream } from "./sdk-stream.js";
import type { SharedCredentials } from "./shared-credentials.js";
import type { Limited, TimeLimit } from "./time-limit.js";

/** ListShards returns at most this many shards a page. */
const PAGE_SHARDS = 1000;

/** Each page has its own tries: a failing page 2 does not send the listing back to page 1. */
const PAGE_TRIES = 3;

/** A call of the SDK's client that a signal can abort. */
type SdkCall<T> = (sdk: Sdk, options: Parameters<Limited<T>>[0]) => Promise<T>;

/** ListShards and DescribeStreamSummary by the SDK's client. */
export class SdkStreamDirectory implements StreamDirectory {
  readonly #client: (sdk: Sdk) => KinesisClient;
  readonly #credentials: (sdk: Sdk) => SharedCredentials;
  readonly #limit: TimeLimit;

  /**
   * @param client - made on first use
   * @param limit - the time limit of a request
   * @param credentials - the client's credentials
   */
  constructor(client: (sdk: Sdk) => KinesisClient, limit: TimeLimit, credentials: (sdk: Sdk) => SharedCredentials) {
    this.#client = client;
    this.#credentials = credentials;
    this.#limit = limit;
  }

  async listShards(stream: StreamRef, selection: ShardSelection): Promise<ShardsAnswer> {
    const shards: ShardDescription[] = [];
    // The filter asks for open shards only. Without it, closed shards that are still readable are listed too.
    const first = {
      ...sdkStream(stream),
      MaxResults: PAGE_SHARDS,
      ...(selection === "open" ? { ShardFilter: { Type: "AT_LATEST" as const } } : {}),
    };
    let token: string | undefined;
    try {
      do {
        // Later pages take only the token: the service refuses a request with both the token and the stream's name.
        const input = token === undefined ? first : { NextToken: token, MaxResults: PAGE_SHARDS };
        const page = await retrying(async () =>
          readShardsPage(
            await this.#send((sdk, options) => this.#client(sdk).send(new sdk.ListShardsCommand(input), options)),
          ),
        );
        for (const shard of page.shards) shards.push(readShard(shard));
        token = page.nextToken;
      } while (token !== undefined);
    } catch (error) {
      return readDirectoryFailure(error);
    }
    return { kind: "shards", shards };
  }

  async describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure> {
    try {
      const input = sdkStream(stream);
      return await retrying(async () =>
        readSummary(
          await this.#send((sdk, options) =>
            this.#client(sdk).send(new sdk.DescribeStreamSummaryCommand(input), options),
          ),
        ),
      );
    } catch (error) {
      return readDirectoryFailure(error);
    }
  }

  /** Waiting for credentials has a separate limit. */
  async #send<T>(run: SdkCall<T>): Promise<T> {
    const sdk = await loadSdk();
    const shared = this.#credentials(sdk);
    const credentials = await shared.get();
    try {
      const answer = await this.#limit((options) => run(sdk, options));
      shared.onAccepted(credentials);
      return answer;
    } catch (error) {
      throw new DirectoryError(shared.judge(readSdkFailure(error), credentials));
    }
  }
}

/** Failures that end soon, or with other credentials. A throttled call is not retried so soon. */
const QUICKLY_RETRIED: ReadonlySet<FailureClass> = new Set(["transient", "credentials", "clock-skew"]);

/** A failure that the credentials have already judged. */
class DirectoryError extends Error {
  readonly failure: RequestFailure;

  constructor(failure: RequestFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

function readDirectoryFailure(error: unknown): RequestFailure {
  return error instanceof DirectoryError ? error.failure : readSdkFailure(error);
}

/** A few quick tries for what passes by itself; longer trouble is the refresher's to wait out. */
async function retrying<T>(send: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await send();
    } catch (error) {
      const isQuick = QUICKLY_RETRIED.has(classifyRequest(readDirectoryFailure(error)));
      if (!isQuick || failures === PAGE_TRIES) throw error;
      await pause(backoffMs(PAGE_BACKOFF, failures, Math.random));
    }
  }
}

/** The timer does not keep an idle process alive: a record that waits for the answer has its own timer. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}

/**
 * An answer without a summary must not count as USER_PARTITION_KEY: aggregates would be sent to a stream that may
 * distribute records itself.
 */
function readSummary(answer: DescribeStreamSummaryCommandOutput): StreamSummary {
  const { StreamDescriptionSummary: summary } = fieldsOf(answer, "DescribeStreamSummary");
  const fields = fieldsOf(summary, "DescribeStreamSummary");
  const { StreamARN, OpenShardCount, MaxRecordSizeInKiB, RecordDistributionStrategy } = fields;
  if (typeof OpenShardCount !== "number") throw new TornAnswerError("DescribeStreamSummary without OpenShardCount");
  return {
    kind: "summary",
    ...(typeof StreamARN === "string" ? { streamArn: StreamARN } : {}),
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
