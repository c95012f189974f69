import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RecordAggregator } from "../../src/aggregate/index.js";
import { deaggregate, isAggregated } from "../../src/deaggregate/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { executableFolder, runJava } from "./support/java-program.js";
import { readBack } from "./support/read-back.js";
import { asLines, fromLines, lineRecords, sorted } from "./support/user-records.js";

const STREAM = "clicks";
const RECORDS = lineRecords(6000, { seed: 4 });

/** The newest first. */
const VERSIONS = [
  { version: "1.1.1", project: "kpl" },
  { version: "1.0.7", project: "kpl-1.0.7" },
] as const;

describe.each(VERSIONS)("the KPL $version", ({ project }) => {
  let kinesis: LocalKinesis;
  let results: { shardId: string; sequenceNumber: string; attempts: number }[];

  beforeAll(async () => {
    kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 3 } }, tls: true });
    const port = new URL(kinesis.endpoint).port;
    const printed = await runJava(project, [port, STREAM, await executableFolder(project)], {
      input: asLines(RECORDS),
    });
    results = fromLines(printed);
  });

  afterAll(() => kinesis?.close());

  it("puts every record, and our deaggregator reads it, once and unchanged", () => {
    const read = readBack(kinesis, STREAM);

    expect(results).toHaveLength(RECORDS.length);
    // The KPL sends the hash key of a record that is sent alone in the request, where no reader sees it.
    const alone = new Set(
      kinesis
        .records(STREAM)
        .filter(({ data }) => !isAggregated(data))
        .map(({ data }) => Buffer.from(data).toString("base64")),
    );
    expect(alone.size).toBeLessThan(20);
    const seen = RECORDS.map(({ explicitHashKey, ...record }) =>
      explicitHashKey === undefined || alone.has(record.data) ? record : { ...record, explicitHashKey },
    );
    expect(sorted(read)).toEqual(sorted(seen));
  });

  it("its report of each record names its place in LocalKinesis", () => {
    const places = new Map<string, string>();
    for (const stored of kinesis.records(STREAM)) {
      for (const { data } of deaggregate(stored)) {
        places.set(Buffer.from(data).toString("base64"), `${stored.shardId} ${stored.sequenceNumber}`);
      }
    }

    const told = results.map(({ shardId, sequenceNumber }) => `${shardId} ${sequenceNumber}`);
    expect(told).toEqual(RECORDS.map(({ data }) => places.get(data)));
    expect(new Set(results.map(({ shardId }) => shardId)).size).toBe(3);
  });

  it("every aggregate is byte-equal to what our encoder makes of its records", () => {
    const aggregates = kinesis.records(STREAM).filter(({ data }) => isAggregated(data));

    const ours = aggregates.map((stored) => {
      const aggregator = new RecordAggregator({ maxBytes: 1024 * 1024 });
      for (const { partitionKey = "", explicitHashKey, data } of deaggregate(stored)) {
        aggregator.tryAdd({ partitionKey, data, ...(explicitHashKey === undefined ? {} : { explicitHashKey }) });
      }
      const taken = aggregator.take();
      return { partitionKey: taken?.partitionKey, data: Buffer.from(taken?.data ?? "").toString("base64") };
    });

    expect(aggregates.length).toBeGreaterThan(10);
    expect(ours).toEqual(
      aggregates.map(({ partitionKey, data }) => ({ partitionKey, data: Buffer.from(data).toString("base64") })),
    );
  });
});

// The KPL 1.0.7 loses records here: `npm run bench compare -- reshard` counts them.
it("the KPL 1.1.1 loses no record at a split: a reader with the KCL's filter finds each one", async () => {
  await using kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } }, tls: true });
  kinesis.control("PutRecords", ({ index }) => {
    if (index === 2) kinesis.splitShard(STREAM, "shardId-000000000000");
    return undefined;
  });
  const { port } = new URL(kinesis.endpoint);

  const printed = await runJava("kpl", [port, STREAM, await executableFolder("kpl")], { input: asLines(RECORDS) });

  const read = readBack(kinesis, STREAM);
  const stored = kinesis.records(STREAM).flatMap((record) => [...deaggregate(record)]);
  expect(fromLines(printed)).toHaveLength(RECORDS.length);
  expect([...new Set(read.map(({ data }) => data))].sort()).toEqual(RECORDS.map(({ data }) => data).sort());
  // The split tore aggregates: they were sent again.
  expect(stored.length).toBeGreaterThan(RECORDS.length);
});

it("the KPL 1.1.1 sends raw records to a stream whose distribution is AUTO", async () => {
  const records = RECORDS.slice(0, 1000);
  const stream = { shards: 3, recordDistribution: "AUTO" } as const;
  const auto = await LocalKinesis.start({ streams: { [STREAM]: stream }, tls: true });
  try {
    const { port } = new URL(auto.endpoint);
    const printed = await runJava("kpl", [port, STREAM, await executableFolder("kpl")], { input: asLines(records) });

    const stored = auto.records(STREAM);
    expect(fromLines(printed)).toHaveLength(records.length);
    expect(stored.filter(({ data }) => isAggregated(data))).toEqual([]);
    expect(stored.map(({ data }) => Buffer.from(data).toString("base64")).sort()).toEqual(
      records.map(({ data }) => data).sort(),
    );
  } finally {
    await auto.close();
  }
});
