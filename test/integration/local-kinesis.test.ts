import {
  CreateStreamCommand,
  DescribeStreamCommand,
  DescribeStreamSummaryCommand,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  InvalidArgumentException,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  type Shard,
  SplitShardCommand,
  UpdateShardCountCommand,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

let now: number;
let kinesis: LocalKinesis;
let client: KinesisClient;

beforeEach(async () => {
  now = Date.now();
  kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 2 } }, clock: { epochNow: () => now } });
  client = new KinesisClient({
    ...kinesis.clientConfig(),
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({ httpAgent: { keepAlive: true, maxSockets: 4 } }),
  });
});

afterEach(async () => {
  client.destroy();
  await kinesis.close();
});

const putTo = (StreamName: string, ...keys: string[]): PutRecordsCommand =>
  new PutRecordsCommand({
    StreamName,
    Records: keys.map((key) => ({ PartitionKey: key, Data: encode(`data of ${key}`) })),
  });

async function iteratorOf(shardId: string, type: "TRIM_HORIZON" | "LATEST" = "TRIM_HORIZON"): Promise<string> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName: "clicks", ShardId: shardId, ShardIteratorType: type }),
  );
  return ShardIterator as string;
}

describe("LocalKinesis, through the SDK", () => {
  it("creates a stream, describes it and lists it", async () => {
    await client.send(new CreateStreamCommand({ StreamName: "views", ShardCount: 3 }));

    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: "views" }));
    const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamName: "views" }));
    const { StreamNames } = await client.send(new ListStreamsCommand({}));

    expect(StreamDescriptionSummary).toMatchObject({
      OpenShardCount: 3,
      MaxRecordSizeInKiB: 1024,
      StreamStatus: "ACTIVE",
    });
    expect(StreamDescriptionSummary?.StreamCreationTimestamp?.getTime()).toBe(now);
    expect(StreamDescription?.Shards?.length).toBe(3);
    expect(StreamNames).toEqual(["clicks", "views"]);
  });

  it("stores what is put and tells it in order, by name and by ARN", async () => {
    const answer = await client.send(putTo("clicks", "a", "b", "c"));
    await client.send(
      new PutRecordCommand({
        StreamARN: "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
        PartitionKey: "a",
        ExplicitHashKey: "0",
        Data: Uint8Array.of(0, 255, 128),
      }),
    );

    const stored = kinesis.records("clicks");
    expect(answer.FailedRecordCount).toBe(0);
    expect(answer.Records?.map(({ ShardId }) => ShardId?.slice(-1))).toEqual(["0", "1", "0"]);
    expect(stored.map(({ partitionKey }) => partitionKey)).toEqual(["a", "c", "a", "b"]);
    expect(stored[2]).toMatchObject({ explicitHashKey: "0", data: Uint8Array.of(0, 255, 128), arrivedAt: now });
    expect(kinesis.requests("PutRecords")).toBe(1);
    expect(kinesis.requests()).toBe(2);
    expect(kinesis.connections).toBe(1);
  });

  it("lists shards page by page", async () => {
    kinesis.updateShardCount("clicks", 5);

    const shards: Shard[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListShardsCommand(
          token === undefined
            ? { StreamName: "clicks", MaxResults: 2, ShardFilter: { Type: "AT_LATEST" } }
            : { NextToken: token, MaxResults: 2 },
        ),
      );
      shards.push(...(page.Shards ?? []));
      token = page.NextToken;
    } while (token !== undefined);

    expect(kinesis.requests("ListShards")).toBe(3);
    expect(shards.map(({ ShardId }) => ShardId)).toEqual(
      kinesis
        .shards("clicks")
        .filter(({ endingSequenceNumber }) => endingSequenceNumber === undefined)
        .map(({ shardId }) => shardId),
    );
  });

  it("reads records back with their bytes and times", async () => {
    const latest = await iteratorOf("shardId-000000000000", "LATEST");
    await client.send(putTo("clicks", "a", "c"));
    now += 500;

    const first = await client.send(new GetRecordsCommand({ ShardIterator: latest, Limit: 1 }));
    const second = await client.send(new GetRecordsCommand({ ShardIterator: first.NextShardIterator }));

    expect(first.MillisBehindLatest).toBe(500);
    expect(decode(first.Records?.[0]?.Data)).toBe("data of a");
    expect(first.Records?.[0]?.ApproximateArrivalTimestamp?.getTime()).toBe(now - 500);
    expect(decode(second.Records?.[0]?.Data)).toBe("data of c");
    expect(second.MillisBehindLatest).toBe(0);
  });

  it("splits, merges and updates shards, and leads a reader from a drained shard to its children", async () => {
    await client.send(putTo("clicks", "a"));
    await client.send(
      new SplitShardCommand({
        StreamName: "clicks",
        ShardToSplit: "shardId-000000000000",
        NewStartingHashKey: String(2n ** 126n),
      }),
    );
    await client.send(
      new MergeShardsCommand({
        StreamName: "clicks",
        ShardToMerge: "shardId-000000000003",
        AdjacentShardToMerge: "shardId-000000000001",
      }),
    );
    const ShardIterator = await iteratorOf("shardId-000000000000");
    const drained = await client.send(new GetRecordsCommand({ ShardIterator }));
    const updated = await client.send(
      new UpdateShardCountCommand({ StreamName: "clicks", TargetShardCount: 3, ScalingType: "UNIFORM_SCALING" }),
    );

    expect(drained.Records?.length).toBe(1);
    expect(drained.NextShardIterator).toBeUndefined();
    expect(drained.ChildShards?.map(({ ShardId }) => ShardId)).toEqual([
      "shardId-000000000002",
      "shardId-000000000003",
    ]);
    expect(updated).toMatchObject({ CurrentShardCount: 2, TargetShardCount: 3 });
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: "clicks" }));
    expect(StreamDescriptionSummary?.OpenShardCount).toBe(3);
  });

  it("answers errors that arrive as typed exceptions", async () => {
    const tooLarge = new PutRecordsCommand({
      StreamName: "clicks",
      Records: [{ PartitionKey: "a", Data: new Uint8Array(1024 * 1024) }],
    });
    const expired = await iteratorOf("shardId-000000000000");
    now += 300_001;

    await expect(client.send(putTo("wrong", "a"))).rejects.toThrow(ResourceNotFoundException);
    await expect(client.send(new CreateStreamCommand({ StreamName: "clicks", ShardCount: 1 }))).rejects.toThrow(
      ResourceInUseException,
    );
    await expect(client.send(new ListShardsCommand({ NextToken: "x" }))).rejects.toThrow(InvalidArgumentException);
    await expect(client.send(new GetRecordsCommand({ ShardIterator: expired }))).rejects.toThrow(
      ExpiredIteratorException,
    );
    await expect(client.send(tooLarge)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("'records.1.member.data'"),
      $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
    });
  });

  it("takes a request of 500 records near 5 MB", async () => {
    const data = new Uint8Array(10_000).fill(7);

    const { Records } = await client.send(
      new PutRecordsCommand({
        StreamName: "clicks",
        Records: Array.from({ length: 500 }, (_, i) => ({ PartitionKey: `user-${i}`, Data: data })),
      }),
    );

    const stored = kinesis.records("clicks");
    expect(Records?.length).toBe(500);
    expect(stored.length).toBe(500);
    expect(stored.every((record) => Buffer.compare(record.data, data) === 0)).toBe(true);
  });
});

describe("LocalKinesis.control", () => {
  it("answers in the operation's place, until the hook is removed", async () => {
    const remove = kinesis.control("PutRecords", ({ index }) =>
      index === 0
        ? { kind: "error", code: "ServiceUnavailable", message: "try later", statusCode: 503 }
        : { kind: "answer", statusCode: 200, body: '{"Records":[{"Sha' },
    );

    await expect(client.send(putTo("clicks", "a"))).rejects.toMatchObject({
      name: "ServiceUnavailable",
      $metadata: { httpStatusCode: 503 },
    });
    await expect(client.send(putTo("clicks", "a"))).rejects.toThrow(SyntaxError);
    remove();

    expect((await client.send(putTo("clicks", "a"))).FailedRecordCount).toBe(0);
    expect(kinesis.records("clicks").length).toBe(1);
  });

  it("stores the records and never answers", async () => {
    kinesis.control("PutRecords", (call) => {
      call.run();
      return { kind: "destroy" };
    });

    await expect(client.send(putTo("clicks", "a"))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(kinesis.records("clicks").length).toBe(1);
  });

  it("stores the records and says otherwise of one", async () => {
    kinesis.control("PutRecords", (call) => {
      const { body } = call.run() as { body: { Records: object[] } };
      const refused = { ErrorCode: "InternalFailure", ErrorMessage: "Internal Service Failure" };
      return { kind: "answer", statusCode: 200, body: { FailedRecordCount: 1, Records: [refused, body.Records[1]] } };
    });

    const { Records } = await client.send(putTo("clicks", "a", "b"));

    expect(Records?.map(({ ErrorCode, ShardId }) => ErrorCode ?? ShardId)).toEqual([
      "InternalFailure",
      "shardId-000000000001",
    ]);
    expect(kinesis.records("clicks").length).toBe(2);
  });

  it("delays a call until its promise resolves", async () => {
    let release = (): void => {};
    let reached = (): void => {};
    const held = new Promise<undefined>((resolve) => {
      release = () => resolve(undefined);
    });
    const arrived = new Promise<void>((resolve) => {
      reached = resolve;
    });
    kinesis.control("PutRecords", () => {
      reached();
      return held;
    });

    const answer = client.send(putTo("clicks", "a"));
    await arrived;
    expect(kinesis.records("clicks")).toEqual([]);
    release();

    expect((await answer).FailedRecordCount).toBe(0);
  });
});
