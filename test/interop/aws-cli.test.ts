import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/index.js";
import { RecordedTerminal, runLine } from "../unit/cli/recorded-terminal.js";
import { runClient } from "./support/client-process.js";
import { pythonProgram } from "./support/installed.js";

const STREAM = "Foo";
const HALF = 2n ** 127n;

let kinesis: LocalKinesis;

beforeAll(async () => {
  kinesis = await LocalKinesis.start();
});

afterAll(() => kinesis.close());

/** Runs `aws kinesis …`. Returns its JSON output, or null when it printed nothing. */
// biome-ignore lint/suspicious/noExplicitAny: the answers are asserted on, not programmed with
async function aws(operation: string, ...args: string[]): Promise<any> {
  const all = ["--endpoint-url", kinesis.endpoint, "--output", "json", "kinesis", operation, ...args];
  const printed = await runClient(pythonProgram("aws"), all);
  return printed.trim() === "" ? null : JSON.parse(printed);
}

/** The error message of the CLI. */
async function refusal(operation: string, ...args: string[]): Promise<string> {
  const error: unknown = await aws(operation, ...args).catch((reason: unknown) => reason);
  return error instanceof Error ? (error.message.trim().split("\n").at(-1) ?? "") : "no error";
}

/** Text in the CLI's form for blobs. Version 1 takes blobs unencoded, and encodes them itself. */
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const text = (data: string): string => Buffer.from(data, "base64").toString();

/** Calls get-records until an answer is empty, or the shard has ended. */
async function readShard(shardId: string, ...position: string[]): Promise<{ texts: string[]; isEnded: boolean }> {
  const texts: string[] = [];
  let { ShardIterator: iterator } = await aws(
    "get-shard-iterator",
    ...["--stream-name", STREAM, "--shard-id", shardId, "--shard-iterator-type", ...position],
  );
  for (;;) {
    const answer = await aws("get-records", "--shard-iterator", iterator, "--limit", "2");
    texts.push(...answer.Records.map((record: { Data: string }) => text(record.Data)));
    iterator = answer.NextShardIterator;
    if (iterator === undefined) return { texts, isEnded: true };
    if (answer.Records.length === 0) return { texts, isEnded: false };
  }
}

/** Ids of the open shards, with the bounds of their ranges. */
async function openShards(): Promise<{ id: string; start: bigint; end: bigint }[]> {
  const { Shards } = await aws("list-shards", "--stream-name", STREAM, "--shard-filter", "Type=AT_LATEST");
  return Shards.map((shard: { ShardId: string; HashKeyRange: { StartingHashKey: string; EndingHashKey: string } }) => ({
    id: shard.ShardId,
    start: BigInt(shard.HashKeyRange.StartingHashKey),
    end: BigInt(shard.HashKeyRange.EndingHashKey),
  }));
}

describe("the aws CLI does the beginner's tutorial", () => {
  it("creates a stream, waits for it and describes it", async () => {
    expect(await aws("create-stream", "--stream-name", STREAM, "--shard-count", "2")).toBeNull();
    await aws("wait", "stream-exists", "--stream-name", STREAM);
    const { StreamDescriptionSummary: summary } = await aws("describe-stream-summary", "--stream-name", STREAM);
    const { StreamDescription: description } = await aws("describe-stream", "--stream-name", STREAM);
    const { StreamNames: names } = await aws("list-streams");

    expect(summary).toMatchObject({
      StreamName: STREAM,
      StreamARN: `arn:aws:kinesis:us-east-1:000000000000:stream/${STREAM}`,
      StreamStatus: "ACTIVE",
      StreamModeDetails: { StreamMode: "PROVISIONED" },
      RetentionPeriodHours: 24,
      EncryptionType: "NONE",
      OpenShardCount: 2,
      ConsumerCount: 0,
    });
    // The CLI prints a time. This checks that it can be parsed.
    expect(Date.parse(summary.StreamCreationTimestamp) || summary.StreamCreationTimestamp * 1000).toBeGreaterThan(
      Date.now() - 120_000,
    );
    expect(description.Shards.map((shard: { ShardId: string }) => shard.ShardId)).toEqual([
      "shardId-000000000000",
      "shardId-000000000001",
    ]);
    expect(names).toEqual([STREAM]);
  });

  it("puts records and reads them back from each kind of iterator", async () => {
    const low = ["--stream-name", STREAM, "--partition-key", "123", "--explicit-hash-key", "0"];
    const first = await aws("put-record", ...low, "--data", "one");
    const { SequenceNumber: newest } = await aws("put-record", ...low, "--data", "two");
    await sleep(1100);
    const between = Date.now() / 1000;
    await sleep(1100);
    const entries = ["three", "vier 四", ""].map((each) => ({
      Data: each,
      PartitionKey: "key",
      ExplicitHashKey: "1",
    }));
    const put = await aws("put-records", "--stream-name", STREAM, "--records", JSON.stringify(entries));

    expect(first).toEqual({
      ShardId: "shardId-000000000000",
      SequenceNumber: expect.stringMatching(/^\d{40,}$/),
    });
    expect(put).toMatchObject({ FailedRecordCount: 0 });
    expect(put.Records.map((entry: { ShardId: string }) => entry.ShardId)).toEqual(Array(3).fill(first.ShardId));
    const all = ["one", "two", "three", "vier 四", ""];
    const shard = first.ShardId as string;
    expect(await readShard(shard, "TRIM_HORIZON")).toEqual({ texts: all, isEnded: false });
    expect(await readShard(shard, "LATEST")).toEqual({ texts: [], isEnded: false });
    expect((await readShard(shard, "AT_TIMESTAMP", "--timestamp", String(between))).texts).toEqual(all.slice(2));
    expect((await readShard(shard, "AT_SEQUENCE_NUMBER", "--starting-sequence-number", newest)).texts).toEqual(
      all.slice(1),
    );
    expect((await readShard(shard, "AFTER_SEQUENCE_NUMBER", "--starting-sequence-number", newest)).texts).toEqual(
      all.slice(2),
    );
  });

  it("a LATEST iterator sees the records that are put after it", async () => {
    const shard = "shardId-000000000001";
    const position = ["--stream-name", STREAM, "--shard-id", shard, "--shard-iterator-type", "LATEST"];
    const { ShardIterator: iterator } = await aws("get-shard-iterator", ...position);
    const hash = String(HALF);
    const put = ["--stream-name", STREAM, "--partition-key", "k", "--explicit-hash-key", hash, "--data"];
    await aws("put-record", ...put, "later");
    const answer = await aws("get-records", "--shard-iterator", iterator);

    expect(answer.MillisBehindLatest).toBe(0);
    expect(answer.Records).toEqual([expect.objectContaining({ PartitionKey: "k", Data: base64("later") })]);
  });

  it("splits a shard, merges two and doubles their number", async () => {
    const split = ["--stream-name", STREAM, "--shard-to-split", "shardId-000000000000", "--new-starting-hash-key"];
    await aws("split-shard", ...split, String(HALF / 2n));
    await aws("wait", "stream-exists", "--stream-name", STREAM);
    const afterSplit = await openShards();
    const [, second, third] = afterSplit.sort((a, b) => (a.start < b.start ? -1 : 1));
    const pair = ["--shard-to-merge", second?.id ?? "", "--adjacent-shard-to-merge", third?.id ?? ""];
    await aws("merge-shards", "--stream-name", STREAM, ...pair);
    await aws("wait", "stream-exists", "--stream-name", STREAM);
    const afterMerge = await openShards();
    const count = ["--target-shard-count", "4", "--scaling-type", "UNIFORM_SCALING"];
    const update = await aws("update-shard-count", "--stream-name", STREAM, ...count);
    await aws("wait", "stream-exists", "--stream-name", STREAM);
    const afterUpdate = await openShards();
    const parent = await readShard("shardId-000000000000", "TRIM_HORIZON");

    expect(afterSplit.map(({ start }) => start)).toEqual([0n, HALF / 2n, HALF]);
    expect(afterMerge.map(({ start }) => start).sort()).toEqual([0n, HALF / 2n]);
    expect(update).toMatchObject({ StreamName: STREAM, CurrentShardCount: 2, TargetShardCount: 4 });
    expect(afterUpdate.map(({ start }) => start).sort((a, b) => (a < b ? -1 : 1))).toEqual(
      [0n, 1n, 2n, 3n].map((i) => (i * HALF) / 2n),
    );
    expect(parent).toEqual({ texts: ["one", "two", "three", "vier 四", ""], isEnded: true });
  });

  it("registers a consumer, finds it by name and by ARN, and deregisters it", async () => {
    const { StreamDescriptionSummary } = await aws("describe-stream-summary", "--stream-name", STREAM);
    const arn = StreamDescriptionSummary.StreamARN as string;
    const named = ["--stream-arn", arn, "--consumer-name", "fan"];
    const { Consumer } = await aws("register-stream-consumer", ...named);
    const taken = await refusal("register-stream-consumer", ...named);
    const byName = await aws("describe-stream-consumer", ...named);
    const byArn = await aws("describe-stream-consumer", "--consumer-arn", Consumer.ConsumerARN);
    const { Consumers } = await aws("list-stream-consumers", "--stream-arn", arn);
    const { StreamDescriptionSummary: with1 } = await aws("describe-stream-summary", "--stream-arn", arn);
    await aws("deregister-stream-consumer", "--consumer-arn", Consumer.ConsumerARN);
    const gone = await refusal("describe-stream-consumer", ...named);

    expect(Consumer).toMatchObject({
      ConsumerName: "fan",
      ConsumerARN: expect.stringContaining(`${arn}/consumer/fan:`),
    });
    expect(byName.ConsumerDescription).toMatchObject({ ...Consumer, ConsumerStatus: "ACTIVE", StreamARN: arn });
    expect(byArn).toEqual(byName);
    expect(Consumers).toMatchObject([{ ConsumerName: "fan", ConsumerARN: Consumer.ConsumerARN }]);
    expect(with1.ConsumerCount).toBe(1);
    expect(taken).toMatch(/\(ResourceInUseException\) when calling the RegisterStreamConsumer operation/);
    expect(gone).toMatch(/\(ResourceNotFoundException\) when calling the DescribeStreamConsumer operation/);
    expect((await aws("list-stream-consumers", "--stream-arn", arn)).Consumers).toEqual([]);
  });

  it("tags the stream and keeps its records longer", async () => {
    const { StreamDescriptionSummary } = await aws("describe-stream-summary", "--stream-name", STREAM);
    const arn = StreamDescriptionSummary.StreamARN as string;
    await aws("add-tags-to-stream", "--stream-name", STREAM, "--tags", "team=clicks");
    const { Tags } = await aws("list-tags-for-stream", "--stream-name", STREAM);
    const retention = ["--stream-name", STREAM, "--retention-period-hours", "48"];
    await aws("increase-stream-retention-period", ...retention);
    const { StreamDescriptionSummary: after } = await aws("describe-stream-summary", "--stream-arn", arn);

    expect(Tags).toEqual([{ Key: "team", Value: "clicks" }]);
    expect(after.RetentionPeriodHours).toBe(48);
  });

  it("prints the service's errors as its own", async () => {
    const missing = await refusal("describe-stream-summary", "--stream-name", "Bar");
    const taken = await refusal("create-stream", "--stream-name", STREAM, "--shard-count", "1");
    const expired = await refusal("get-records", "--shard-iterator", "nonsense");

    expect(missing).toMatch(
      /\(ResourceNotFoundException\) when calling the DescribeStreamSummary operation: .*Bar.*not found/,
    );
    expect(taken).toMatch(/\(ResourceInUseException\) when calling the CreateStream operation/);
    expect(expired).toMatch(/\(InvalidArgumentException\) when calling the GetRecords operation/);
  });

  it("deletes the stream", async () => {
    await aws("delete-stream", "--stream-name", STREAM);
    await aws("wait", "stream-not-exists", "--stream-name", STREAM);

    expect((await aws("list-streams")).StreamNames).toEqual([]);
  });
});

it("the line that `kinesis-producer local` prints for the aws CLI works", async () => {
  const terminal = new RecordedTerminal();
  const greeting = terminal.next();
  const running = runLine(["local", "--port", "0", "--stream", "clicks:3"], terminal);
  const line = /^ {2}aws CLI +aws (.*)$/m.exec(await greeting)?.[1] ?? "";

  const { StreamDescriptionSummary } = JSON.parse(await runClient(pythonProgram("aws"), line.split(" ")));
  terminal.interrupt();

  expect(StreamDescriptionSummary).toMatchObject({ StreamName: "clicks", OpenShardCount: 3 });
  expect((await running).out).toContain("calls: DescribeStreamSummary 1\n");
});
