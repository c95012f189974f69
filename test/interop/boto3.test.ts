import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deaggregateAll } from "../../src/deaggregate/index.js";
import { KinesisProducer } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { runClient } from "./support/client-process.js";
import { pythonProgram, pythonScript } from "./support/installed.js";
import { readBack } from "./support/read-back.js";
import { asLines, fromLines, type LineRecord, lineRecords, sorted } from "./support/user-records.js";

let kinesis: LocalKinesis;

beforeAll(async () => {
  const streams = { ours: { shards: 3 }, keyed: { shards: 3 }, theirs: { shards: 1 }, pushed: { shards: 1 } };
  kinesis = await LocalKinesis.start({ streams });
});

afterAll(() => kinesis.close());

function python(script: string, args: readonly string[] = [], input = ""): Promise<string> {
  return runClient(pythonProgram("python"), [pythonScript(script), kinesis.endpoint, ...args], { input });
}

/** Puts records with the producer, and waits for all of them. */
async function produce(streamName: string, records: readonly LineRecord[]): Promise<void> {
  const producer = new KinesisProducer({ streamName, ...kinesis.clientConfig() });
  try {
    await Promise.all(records.map((record) => producer.put({ ...record, data: Buffer.from(record.data, "base64") })));
  } finally {
    await producer.close();
  }
}

it("boto3 does the beginner's tutorial", async () => {
  const seen: unknown = JSON.parse(await python("tutorial.py"));

  const half = 2n ** 127n;
  const all = ["one", "two", "three", "vier 四", ""];
  expect(seen).toEqual({
    summary: { status: "ACTIVE", mode: "PROVISIONED", openShards: 2, isNew: true },
    names: ["Foo", "keyed", "ours", "pushed", "theirs"],
    put: { failed: 0, shards: ["shardId-000000000000"], isOrdered: true },
    reads: {
      TRIM_HORIZON: { texts: all, isEnded: false },
      LATEST: { texts: [], isEnded: false },
      AT_TIMESTAMP: { texts: all.slice(2), isEnded: false },
      AT_SEQUENCE_NUMBER: { texts: all.slice(1), isEnded: false },
      AFTER_SEQUENCE_NUMBER: { texts: all.slice(2), isEnded: false },
    },
    afterSplit: [0n, half / 2n, half].map(String),
    afterMerge: [0n, half / 2n].map(String),
    update: [2, 4],
    afterUpdate: [0n, half / 2n, half, half + half / 2n].map(String),
    closedParent: { texts: all, isEnded: true },
    consumer: ["fan", "ACTIVE", true],
    consumers: ["fan", "other"],
    consumersLeft: ["fan"],
    refusals: {
      "unknown stream": "ResourceNotFoundException",
      "name taken": "ResourceInUseException",
      "no iterator": "InvalidArgumentException",
      "consumer taken": "ResourceInUseException",
      "no consumer": "ResourceNotFoundException",
      "stream with a consumer": "ResourceInUseException",
      "501 entries": "ValidationException",
    },
    namesAtTheEnd: ["keyed", "ours", "pushed", "theirs"],
  });
});

it("boto3 receives the records of a shard until its end, and errors before and within the events", async () => {
  const seen: unknown = JSON.parse(await python("subscribe.py", ["pushed"]));

  expect(seen).toEqual({
    events: [
      { texts: ["one", "two"], behind: 0, children: [] },
      { texts: ["three"], behind: 0, children: [] },
      { texts: [], behind: 0, children: ["shardId-000000000001", "shardId-000000000002"] },
    ],
    refused: "ResourceInUseException",
    within: "ResourceNotFoundException",
  });
});

describe("aws_kinesis_agg", () => {
  it("reads every record that the producer wrote, once and unchanged", async () => {
    const records = lineRecords(3000, { hashKeyShare: 0 });

    await produce("ours", records);
    const read = fromLines<LineRecord & { aggregated: boolean }>(await python("read_aggregates.py", ["ours"]));

    expect(sorted(read.map(({ aggregated: _, ...record }) => record))).toEqual(sorted(records));
    expect(read.filter(({ aggregated }) => aggregated).length).toBeGreaterThan(2900);
  });

  it("reads keys and data beside explicit hash keys; the hash keys themselves only of records that have one", async () => {
    const records = lineRecords(1000, { hashKeyShare: 0.5, seed: 2 });

    await produce("keyed", records);
    const read = sorted(fromLines<LineRecord>(await python("read_aggregates.py", ["keyed"])));

    const put = sorted(records);
    expect(read.map(({ partitionKey, data }) => ({ partitionKey, data }))).toEqual(
      put.map(({ partitionKey, data }) => ({ partitionKey, data })),
    );
    // For a record without a hash key it returns entry 0 of the table, if the aggregate has a table.
    const told = read.filter((_, i) => put[i]?.explicitHashKey !== undefined);
    const given = put.filter(({ explicitHashKey }) => explicitHashKey !== undefined);
    // A record that is sent alone has its hash key in the request, where no reader sees it.
    const isWrong = (record: LineRecord, i: number): boolean =>
      record.explicitHashKey !== undefined && record.explicitHashKey !== given[i]?.explicitHashKey;
    expect(told.filter(isWrong)).toEqual([]);
    expect(told.filter(({ explicitHashKey }) => explicitHashKey === undefined).length).toBeLessThan(10);
  });

  it("writes aggregates that our deaggregator reads, in order", async () => {
    const records = lineRecords(2000, { hashKeyShare: 0.2, seed: 3 });

    const written = Number(await python("write_aggregates.py", ["theirs", "20000"], asLines(records)));

    const stored = kinesis.records("theirs");
    expect(stored).toHaveLength(written);
    expect(written).toBeGreaterThan(10);
    expect([...deaggregateAll(stored)].every(({ aggregated }) => aggregated)).toBe(true);
    expect(readBack(kinesis, "theirs")).toEqual(records);
  });
});
