import { describe, expect, it } from "vitest";
import { CloudWatchReporter, type MetricDatum } from "../../../src/cloudwatch/index.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { producerStats, scriptedSource, streamStats } from "../../support/sample-stats.js";

/** Sends everything once, and gives the datums. */
async function datums(
  options: Partial<ConstructorParameters<typeof CloudWatchReporter>[0]> = {},
): Promise<MetricDatum[]> {
  const sent: MetricDatum[] = [];
  const reporter = new CloudWatchReporter({
    producer: scriptedSource(),
    client: { putMetricData: async ({ MetricData }) => void sent.push(...MetricData) },
    clock: new ManualClock(),
    ...options,
  });
  await reporter.close();
  return sent;
}

function pathOf({ Dimensions }: MetricDatum): string {
  return Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).join(" ");
}

const SHARD = [
  "",
  "StreamName=clicks",
  "StreamName=clicks ShardId=shardId-000000000000",
  "StreamName=clicks ShardId=shardId-000000000001",
];
const STREAM = ["", "StreamName=clicks"];
const CODES = ["ECONNREFUSED", "InternalFailure", "ProvisionedThroughputExceededException"];
const SHARD_CODES = ["InternalFailure", "ProvisionedThroughputExceededException"];
const BY_CODE = [
  "",
  ...STREAM.flatMap((path) => CODES.map((code) => `ErrorCode=${code}${path === "" ? "" : ` ${path}`}`)),
  ...SHARD.slice(2).flatMap((path) => SHARD_CODES.map((code) => `ErrorCode=${code} ${path}`)),
];

/** `metrics.md` and `metrics_constants.cc` of the KPL: name, level, unit, dimensions. */
const OF_THE_KPL = [
  ["UserRecordsReceived", "detailed", "Count", STREAM],
  ["UserRecordsPending", "detailed", "Count", STREAM],
  ["UserRecordsPut", "summary", "Count", SHARD],
  ["UserRecordsDataPut", "detailed", "Bytes", SHARD],
  ["KinesisRecordsPut", "summary", "Count", SHARD],
  ["KinesisRecordsDataPut", "detailed", "Bytes", SHARD],
  ["ErrorsByCode", "summary", "Count", BY_CODE],
  ["AllErrors", "summary", "Count", SHARD],
  ["RetriesPerRecord", "detailed", "Count", SHARD],
  ["UserRecordExpired", "summary", "Count", SHARD],
  ["BufferingTime", "summary", "Milliseconds", SHARD],
  ["RequestTime", "detailed", "Milliseconds", STREAM],
  ["UserRecordsPerKinesisRecord", "detailed", "Count", SHARD],
  ["KinesisRecordsPerPutRecordsRequest", "detailed", "Count", STREAM],
  ["UserRecordsPerPutRecordsRequest", "detailed", "Count", STREAM],
] as const;

describe("the metrics of the KPL", () => {
  it.each(OF_THE_KPL)("%s, level %s, is sent in %s at every node above", async (name, level, unit, paths) => {
    const all = (await datums()).filter(({ MetricName }) => MetricName === name);
    const inSummary = (await datums({ level: "summary" })).filter(({ MetricName }) => MetricName === name);

    expect(all.map(pathOf).sort()).toEqual([...paths].sort());
    expect(new Set(all.map(({ Unit }) => Unit))).toEqual(new Set([unit]));
    expect(inSummary).toHaveLength(level === "summary" ? paths.length : 0);
  });

  it("are these fifteen, and nothing more", async () => {
    const names = new Set((await datums()).map(({ MetricName }) => MetricName));

    expect([...names].sort()).toEqual(OF_THE_KPL.map(([name]) => name).sort());
  });

  it.each([
    ["UserRecordsReceived", { SampleCount: 100, Sum: 100, Minimum: 1, Maximum: 1 }],
    ["UserRecordsPending", { SampleCount: 1, Sum: 14, Minimum: 14, Maximum: 14 }],
    ["UserRecordsPut", { SampleCount: 86, Sum: 80, Minimum: 0, Maximum: 1 }],
    ["UserRecordsDataPut", { SampleCount: 80, Sum: 8_000, Minimum: 100, Maximum: 100 }],
    ["KinesisRecordsPut", { SampleCount: 30, Sum: 16, Minimum: 0, Maximum: 1 }],
    ["KinesisRecordsDataPut", { SampleCount: 16, Sum: 8_800, Minimum: 550, Maximum: 550 }],
    ["AllErrors", { SampleCount: 31, Sum: 15, Minimum: 0, Maximum: 1 }],
    ["UserRecordExpired", { SampleCount: 4, Sum: 4, Minimum: 1, Maximum: 1 }],
  ])("%s of a stream has the statistics that the KPL sends", async (name, statistics) => {
    const found = (await datums()).find((each) => each.MetricName === name && pathOf(each) === "StreamName=clicks");

    expect(found?.StatisticValues).toEqual(statistics);
  });

  it.each([
    ["BufferingTime", [20, 60], [1, 2]],
    ["RequestTime", [9, 11, 25], [1, 1, 1]],
    ["RetriesPerRecord", [0, 1, 2], [3, 1, 1]],
    ["UserRecordsPerKinesisRecord", [5, 8], [2, 1]],
    ["KinesisRecordsPerPutRecordsRequest", [1, 2, 4], [1, 1, 1]],
    ["UserRecordsPerPutRecordsRequest", [5, 10, 32], [1, 1, 1]],
  ])("%s of a stream has values and counts, for percentiles", async (name, values, counts) => {
    const found = (await datums()).find((each) => each.MetricName === name && pathOf(each) === "StreamName=clicks");

    expect(found).toEqual({
      MetricName: name,
      Unit: name.endsWith("Time") ? "Milliseconds" : "Count",
      Dimensions: [{ Name: "StreamName", Value: "clicks" }],
      Values: values,
      Counts: counts,
    });
  });

  it("makes seven of two streams with two shards each", async () => {
    const producer = scriptedSource(producerStats({ streams: { a: streamStats(), b: streamStats() } }));

    const found = (await datums({ producer })).filter(({ MetricName }) => MetricName === "UserRecordsPut");

    expect(found).toHaveLength(7);
    expect(found.find((each) => pathOf(each) === "")?.StatisticValues?.Sum).toBe(160);
  });

  it.each([
    ["global", 1],
    ["stream", 2],
    ["shard", 4],
  ] as const)("has the granularity %s", async (granularity, count) => {
    const found = (await datums({ granularity })).filter(({ MetricName }) => MetricName === "UserRecordsPut");

    expect(found).toHaveLength(count);
  });

  it("inserts a dimension of the caller after its level, with the metric without it above", async () => {
    const found = await datums({
      granularity: "stream",
      dimensions: [
        { name: "Host", value: "h1" },
        { name: "Team", value: "t1", granularity: "stream" },
      ],
    });

    expect(found.filter(({ MetricName }) => MetricName === "UserRecordsPut").map(pathOf)).toEqual([
      "",
      "Host=h1",
      "Host=h1 StreamName=clicks",
      "Host=h1 StreamName=clicks Team=t1",
    ]);
    const ofOneCode = ({ MetricName, Dimensions }: MetricDatum): boolean =>
      MetricName === "ErrorsByCode" &&
      Dimensions.every(({ Name, Value }) => Name !== "ErrorCode" || Value === CODES[0]);
    expect(found.filter(ofOneCode).map(pathOf)).toEqual([
      "",
      "Host=h1",
      "Host=h1 ErrorCode=ECONNREFUSED",
      "Host=h1 ErrorCode=ECONNREFUSED StreamName=clicks",
      "Host=h1 ErrorCode=ECONNREFUSED StreamName=clicks Team=t1",
    ]);
  });

  it("sends nothing at level none, and our own metrics only when asked for", async () => {
    const names = async (options: Parameters<typeof datums>[0]): Promise<string[]> =>
      (await datums(options)).map((each) => `${each.MetricName} ${pathOf(each)}`);

    expect(await names({ level: "none" })).toEqual([]);
    const extra = await names({ level: "none", extra: true });
    expect(extra).toContain("RecordLatency StreamName=clicks");
    expect(extra).toContain("OldestRecordAge StreamName=clicks");
    expect(extra).toHaveLength(17);
  });

  it("limits streams and shards with their own metrics; the nodes above count all", async () => {
    const producer = scriptedSource(producerStats({ streams: { a: streamStats(), b: streamStats() } }));

    const found = (await datums({ producer, maxStreams: 1, maxShards: 1 })).filter(
      ({ MetricName }) => MetricName === "UserRecordsPut",
    );

    expect(found.map(pathOf)).toEqual(["", "StreamName=a", "StreamName=a ShardId=shardId-000000000000"]);
    expect(found[0]?.StatisticValues?.Sum).toBe(160);
  });
});
