/**
 * Requests whose answers distinguish one Kinesis from another, each with the answer of the service as far as it is
 * documented or was observed. Every question has its own streams.
 *
 * @module
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, KinesisEndpoint } from "../../support/kinesis-endpoint.js";

/** A question to a Kinesis. */
export interface Question {
  readonly asked: string;
  /** The answer of the service, in the form of `ask`. */
  readonly expected: string;
  readonly ask: (kinesis: KinesisEndpoint, stream: string) => Promise<string>;
}

const MIB = 1024 * 1024;
const HALF = 2n ** 127n;
const FIRST = "shardId-000000000000";

/** An answer in one or two words. */
function told({ status, code }: Answer): string {
  return code === "" ? `${status}` : `${status} ${code}`;
}

function bytes(count: number): string {
  return Buffer.alloc(count, 0x61).toString("base64");
}

/** `count` entries of `size` bytes, spread over the whole range. */
function entries(count: number, size = 1): { Data: string; PartitionKey: string }[] {
  return Array.from({ length: count }, (_, i) => ({ Data: bytes(size), PartitionKey: `${i}` }));
}

/** Creates a stream and waits for it. */
async function create(kinesis: KinesisEndpoint, stream: string, ShardCount = 2): Promise<void> {
  await kinesis.must("CreateStream", { StreamName: stream, ShardCount });
  await active(kinesis, stream);
}

async function active(kinesis: KinesisEndpoint, stream: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { body } = await kinesis.call("DescribeStreamSummary", { StreamName: stream });
    if (body.StreamDescriptionSummary?.StreamStatus === "ACTIVE") return;
    await sleep(20);
  }
  throw new Error(`${stream} did not become active`);
}

/** PutRecord with unusual fields. */
async function put(kinesis: KinesisEndpoint, stream: string, fields: object): Promise<Answer> {
  await create(kinesis, stream);
  return kinesis.call("PutRecord", { StreamName: stream, PartitionKey: "a", Data: "", ...fields });
}

/** Whether an entry was refused. Null counts as absent. */
function hasCode({ ErrorCode }: { ErrorCode?: string | null }): boolean {
  return typeof ErrorCode === "string";
}

/** PutRecords of these entries. */
async function putMany(kinesis: KinesisEndpoint, stream: string, Records: object[]): Promise<string> {
  await create(kinesis, stream);
  const answer = await kinesis.call("PutRecords", { StreamName: stream, Records });
  if (answer.status !== 200) return told(answer);
  const failed = answer.body.Records.filter(hasCode);
  const codes = [...new Set(failed.map((entry: { ErrorCode: string }) => entry.ErrorCode))];
  return failed.length === 0 ? "200" : `200, ${failed.length} refused: ${codes.join()}`;
}

/** Splits the first shard in the middle. */
async function split(kinesis: KinesisEndpoint, stream: string): Promise<void> {
  const where = { ShardToSplit: FIRST, NewStartingHashKey: String(HALF / 2n) };
  await kinesis.must("SplitShard", { StreamName: stream, ...where });
  await active(kinesis, stream);
}

async function listed(
  kinesis: KinesisEndpoint,
  request: object,
): Promise<{ start: bigint; end: bigint; id: string }[]> {
  const { Shards } = await kinesis.must("ListShards", request);
  return Shards.map((shard: { ShardId: string; HashKeyRange: { StartingHashKey: string; EndingHashKey: string } }) => ({
    id: shard.ShardId,
    start: BigInt(shard.HashKeyRange.StartingHashKey),
    end: BigInt(shard.HashKeyRange.EndingHashKey),
  }));
}

async function iterator(kinesis: KinesisEndpoint, stream: string, ShardId = FIRST): Promise<string> {
  const request = { StreamName: stream, ShardId, ShardIteratorType: "TRIM_HORIZON" };
  return (await kinesis.must("GetShardIterator", request)).ShardIterator;
}

/** The questions, in the order of the table. */
export const BATTERY: readonly Question[] = [
  {
    asked: "an operation that does not exist",
    expected: "400 UnknownOperationException",
    ask: async (kinesis) => told(await kinesis.call("PutRecordz", {})),
  },
  {
    asked: "a body that is not JSON",
    expected: "400 SerializationException",
    ask: async (kinesis) => told(await kinesis.call("PutRecord", "{")),
  },
  {
    asked: "a put to a stream that does not exist",
    expected: "400 ResourceNotFoundException",
    ask: async (kinesis, StreamName) =>
      told(await kinesis.call("PutRecord", { StreamName, PartitionKey: "a", Data: "" })),
  },
  {
    asked: "CreateStream with the name of an existing stream",
    expected: "400 ResourceInUseException",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      return told(await kinesis.call("CreateStream", { StreamName, ShardCount: 1 }));
    },
  },
  {
    asked: "CreateStream with an invalid name",
    expected: "400 ValidationException",
    ask: async (kinesis) => told(await kinesis.call("CreateStream", { StreamName: "no name", ShardCount: 1 })),
  },
  {
    asked: "last hash key of the first of two shards",
    expected: "2^127 - 1",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      const end = (await listed(kinesis, { StreamName }))[0]?.end ?? 0n;
      return `2^127 ${end < HALF ? "-" : "+"} ${end < HALF ? HALF - end : end - HALF}`;
    },
  },
  {
    asked: "shard of the explicit hash key 2^127 - 1, of two",
    expected: FIRST,
    ask: async (kinesis, stream) => (await put(kinesis, stream, { ExplicitHashKey: String(HALF - 1n) })).body.ShardId,
  },
  {
    asked: 'shard of the key "abcd", whose MD5 begins with E2, of two',
    expected: "shardId-000000000001",
    ask: async (kinesis, stream) => (await put(kinesis, stream, { PartitionKey: "abcd" })).body.ShardId,
  },
  {
    asked: "an explicit hash key of 2^128",
    expected: "400 InvalidArgumentException",
    ask: async (kinesis, stream) => told(await put(kinesis, stream, { ExplicitHashKey: String(2n ** 128n) })),
  },
  {
    asked: "an explicit hash key of 007",
    expected: "400 ValidationException",
    ask: async (kinesis, stream) => told(await put(kinesis, stream, { ExplicitHashKey: "007" })),
  },
  {
    asked: "no partition key",
    expected: "400 ValidationException",
    ask: async (kinesis, stream) => told(await put(kinesis, stream, { PartitionKey: undefined })),
  },
  {
    asked: "a partition key of 256 characters, of 257",
    expected: "200, 400 ValidationException",
    ask: async (kinesis, stream) => {
      const good = told(await put(kinesis, stream, { PartitionKey: "é".repeat(256) }));
      const long = { StreamName: stream, PartitionKey: "é".repeat(257), Data: "" };
      return `${good}, ${told(await kinesis.call("PutRecord", long))}`;
    },
  },
  {
    asked: "data that is not base64",
    expected: "400 SerializationException",
    ask: async (kinesis, stream) => told(await put(kinesis, stream, { Data: "?" })),
  },
  {
    asked: "a key of 1 byte and 1 MiB - 1 of data",
    expected: "200",
    ask: async (kinesis, stream) => told(await put(kinesis, stream, { Data: bytes(MIB - 1) })),
  },
  {
    asked: "a key of 1 byte and 1 MiB of data",
    expected: "400 ValidationException",
    ask: async (kinesis, stream) => told(await put(kinesis, stream, { Data: bytes(MIB) })),
  },
  {
    asked: "one record of 2 MiB among two small ones",
    expected: "400 ValidationException",
    ask: (kinesis, stream) => putMany(kinesis, stream, [...entries(2), ...entries(1, 2 * MIB)]),
  },
  {
    asked: "a record of 2 MiB after UpdateMaxRecordSize",
    expected: "200",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      const { StreamDescriptionSummary: summary } = await kinesis.must("DescribeStreamSummary", { StreamName });
      const update = { StreamARN: summary.StreamARN, MaxRecordSizeInKiB: 10_240 };
      const answer = await kinesis.call("UpdateMaxRecordSize", update);
      if (answer.status !== 200) return told(answer);
      await active(kinesis, StreamName);
      return told(await kinesis.call("PutRecord", { StreamName, PartitionKey: "a", Data: bytes(2 * MIB) }));
    },
  },
  {
    asked: "a request of 0 entries, of 500, of 501",
    expected: "400 ValidationException; 200; 400 ValidationException",
    ask: async (kinesis, stream) => {
      const answers: string[] = [];
      for (const count of [0, 500, 501]) answers.push(await putMany(kinesis, `${stream}-${count}`, entries(count)));
      return answers.join("; ");
    },
  },
  {
    asked: "a request of 8 MiB in records of 512 KiB",
    expected: "200",
    ask: (kinesis, stream) => putMany(kinesis, stream, entries(16, MIB / 2)),
  },
  {
    asked: "a request of 11 MiB in records of 512 KiB",
    expected: "400 InvalidArgumentException",
    ask: (kinesis, stream) => putMany(kinesis, stream, entries(22, MIB / 2)),
  },
  {
    asked: "4,000 records to one shard at once",
    expected: "some refused: ProvisionedThroughputExceededException",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName, 1);
      const requests = Array.from({ length: 4 }, () =>
        kinesis.must("PutRecords", { StreamName, Records: entries(500) }),
      );
      const codes = (await Promise.all(requests))
        .flatMap(({ Records }) => Records.map((entry: { ErrorCode?: string }) => entry.ErrorCode))
        .filter((code) => typeof code === "string");
      return codes.length === 0 ? "all accepted" : `some refused: ${[...new Set(codes)].join()}`;
    },
  },
  {
    asked: "sequence numbers of ten puts to one shard",
    expected: "rising",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName, 1);
      const numbers: bigint[] = [];
      for (let i = 0; i < 10; i++) {
        const { SequenceNumber } = await kinesis.must("PutRecord", { StreamName, PartitionKey: `${i}`, Data: "" });
        numbers.push(BigInt(SequenceNumber));
      }
      return numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? number)) ? "rising" : "not rising";
    },
  },
  {
    asked: "data of a record, read by GetRecords",
    expected: "AAEC/w==",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName, 1);
      await kinesis.must("PutRecord", { StreamName, PartitionKey: "a", Data: "AAEC/w==" });
      const { Records } = await kinesis.must("GetRecords", { ShardIterator: await iterator(kinesis, StreamName) });
      return Records.map(({ Data }: { Data: string }) => Data).join();
    },
  },
  {
    asked: "GetRecords with an invalid iterator",
    expected: "400 InvalidArgumentException",
    ask: async (kinesis) => told(await kinesis.call("GetRecords", { ShardIterator: "nonsense" })),
  },
  {
    asked: "GetRecords with a limit of 10,001",
    expected: "400 ValidationException",
    ask: async (kinesis, stream) => {
      await create(kinesis, stream);
      const request = { ShardIterator: await iterator(kinesis, stream), Limit: 10_001 };
      return told(await kinesis.call("GetRecords", request));
    },
  },
  {
    asked: "GetShardIterator for a shard that does not exist",
    expected: "400 ResourceNotFoundException",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      const request = { StreamName, ShardId: "shardId-000000000009", ShardIteratorType: "LATEST" };
      return told(await kinesis.call("GetShardIterator", request));
    },
  },
  {
    asked: "shards that ListShards returns after a split of one of two: all, AT_LATEST",
    expected: "4, 3",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      await split(kinesis, StreamName);
      const all = await listed(kinesis, { StreamName });
      const open = await listed(kinesis, { StreamName, ShardFilter: { Type: "AT_LATEST" } });
      return `${all.length}, ${open.length}`;
    },
  },
  {
    asked: "pages of ListShards with MaxResults 1 and AT_LATEST, after a split of one of two",
    expected: "1, 1, 1",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      await split(kinesis, StreamName);
      const sizes: number[] = [];
      let request: object = { StreamName, ShardFilter: { Type: "AT_LATEST" }, MaxResults: 1 };
      for (;;) {
        const { Shards, NextToken } = await kinesis.must("ListShards", request);
        sizes.push(Shards.length);
        if (NextToken === undefined || NextToken === null || sizes.length === 9) return sizes.join(", ");
        request = { NextToken, MaxResults: 1 };
      }
    },
  },
  {
    asked: "ListShards with a token and the stream's name",
    expected: "400 InvalidArgumentException",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      const { NextToken = "none" } = await kinesis.must("ListShards", { StreamName, MaxResults: 1 });
      return told(await kinesis.call("ListShards", { StreamName, NextToken }));
    },
  },
  {
    asked: "where puts to a shard go after its split; how reading of the shard ends",
    expected: "to a child; without an iterator, with 2 children",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      await split(kinesis, StreamName);
      const { ShardId } = await kinesis.must("PutRecord", {
        ...{ StreamName, PartitionKey: "a", ExplicitHashKey: "0", Data: "" },
      });
      // kinesalite closes a shard a second after it was split.
      let answer: { NextShardIterator?: string | null; ChildShards?: object[] | null } = {};
      let at: string | null | undefined = await iterator(kinesis, StreamName);
      for (let tries = 0; tries < 10 && typeof at === "string"; tries++) {
        if (tries > 0) await sleep(300);
        answer = await kinesis.must("GetRecords", { ShardIterator: at });
        at = answer.NextShardIterator;
      }
      const end = typeof at === "string" ? "with" : "without";
      return `to ${ShardId === FIRST ? "itself" : "a child"}; ${end} an iterator, with ${answer.ChildShards?.length ?? 0} children`;
    },
  },
  {
    asked: "a split of a shard that is closed",
    expected: "400",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      await split(kinesis, StreamName);
      const again = { StreamName, ShardToSplit: FIRST, NewStartingHashKey: String(HALF / 2n) };
      return String((await kinesis.call("SplitShard", again)).status);
    },
  },
  {
    asked: "open shards after UpdateShardCount from 2 to 3, and whether they are even",
    expected: "3, even",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      const update = { StreamName, TargetShardCount: 3, ScalingType: "UNIFORM_SCALING" };
      const answer = await kinesis.call("UpdateShardCount", update);
      if (answer.status !== 200) return told(answer);
      await active(kinesis, StreamName);
      const open = await listed(kinesis, { StreamName, ShardFilter: { Type: "AT_LATEST" } });
      const isEven = open.every(({ start, end }) => (end - start) / 10n === 2n ** 128n / 30n);
      return `${open.length}, ${isEven ? "even" : "not even"}`;
    },
  },
  {
    asked: "a put by StreamARN",
    expected: "200",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      const { StreamDescriptionSummary: summary } = await kinesis.must("DescribeStreamSummary", { StreamName });
      return told(await kinesis.call("PutRecord", { StreamARN: summary.StreamARN, PartitionKey: "a", Data: "" }));
    },
  },
  {
    asked: "RegisterStreamConsumer",
    expected: "200",
    ask: async (kinesis, StreamName) => {
      await create(kinesis, StreamName);
      const { StreamDescriptionSummary: summary } = await kinesis.must("DescribeStreamSummary", { StreamName });
      const consumer = { StreamARN: summary.StreamARN, ConsumerName: "fan" };
      return told(await kinesis.call("RegisterStreamConsumer", consumer));
    },
  },
  {
    asked: "an on-demand stream with distribution AUTO, and a put without a key to it",
    expected: "200, 200",
    ask: async (kinesis, StreamName) => {
      const mode = { StreamModeDetails: { StreamMode: "ON_DEMAND" }, RecordDistributionStrategy: "AUTO" };
      const created = await kinesis.call("CreateStream", { StreamName, ...mode });
      if (created.status !== 200) return told(created);
      await active(kinesis, StreamName);
      return `${told(created)}, ${told(await kinesis.call("PutRecord", { StreamName, Data: "" }))}`;
    },
  },
];
