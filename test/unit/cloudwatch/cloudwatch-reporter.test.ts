import { describe, expect, it } from "vitest";
import {
  CloudWatchReporter,
  type CloudWatchReporterOptions,
  type MetricDatum,
  type PutMetricDataInput,
  type ReporterLogFields,
} from "../../../src/cloudwatch/index.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { distributionOf, producerStats, scriptedSource, shardStats, streamStats } from "../../support/sample-stats.js";

interface Fixture {
  readonly reporter: CloudWatchReporter;
  readonly source: ReturnType<typeof scriptedSource>;
  readonly clock: ManualClock;
  readonly calls: PutMetricDataInput[];
  readonly logged: { fields: ReporterLogFields; message: string }[];
  /** The answers of the next calls; after them each call succeeds. */
  readonly answers: (() => Promise<unknown>)[];
}

function reporting(options: Partial<CloudWatchReporterOptions> = {}): Fixture {
  const source = scriptedSource();
  const clock = new ManualClock();
  const calls: PutMetricDataInput[] = [];
  const logged: Fixture["logged"] = [];
  const answers: Fixture["answers"] = [];
  const reporter = new CloudWatchReporter({
    producer: source,
    client: {
      putMetricData: (input) => {
        calls.push(input);
        return (answers.shift() ?? (() => Promise.resolve()))();
      },
    },
    clock,
    granularity: "global",
    logger: { warn: (fields, message) => void logged.push({ fields, message }) },
    ...options,
  });
  return { reporter, source, clock, calls, logged, answers };
}

function datum(input: PutMetricDataInput | undefined, name: string): MetricDatum | undefined {
  return input?.MetricData.find(({ MetricName }) => MetricName === name);
}

const fails = (): Promise<unknown> => Promise.reject(new Error("connect ECONNREFUSED"));

describe("the reporter for CloudWatch", () => {
  it("sends what came since the last minute", async () => {
    const { source, clock, calls } = reporting();
    await clock.advanceAsync(60_000);
    source.next = producerStats({
      streams: {
        clicks: streamStats({
          userRecordsDelivered: 90,
          bufferingMs: distributionOf([20, 60, 60, 60, 200]),
        }),
      },
    });

    await clock.advanceAsync(60_000);

    expect(calls).toHaveLength(2);
    expect(calls[1]?.Namespace).toBe("KinesisProducerLibrary");
    expect(datum(calls[1], "UserRecordsPut")?.StatisticValues).toEqual({
      SampleCount: 10,
      Sum: 10,
      Minimum: 1,
      Maximum: 1,
    });
    expect(datum(calls[1], "BufferingTime")).toMatchObject({ Values: [60, 200], Counts: [1, 1] });
    expect(datum(calls[1], "UserRecordsReceived")).toBeUndefined();
  });

  it("adds the values of a failed minute to the next one, and says so once", async () => {
    const { source, clock, calls, logged, answers } = reporting();
    answers.push(fails);
    await clock.advanceAsync(60_000);
    source.next = producerStats({ streams: { clicks: streamStats({ userRecordsDelivered: 90 }) } });

    await clock.advanceAsync(60_000);

    expect(datum(calls[1], "UserRecordsPut")?.StatisticValues).toEqual({
      SampleCount: 96,
      Sum: 90,
      Minimum: 0,
      Maximum: 1,
    });
    expect(logged).toEqual([
      {
        fields: {
          event: "metrics-not-sent",
          namespace: "KinesisProducerLibrary",
          metrics: 18,
          error: expect.any(Error),
        },
        message:
          "CloudWatch did not take the metrics of KinesisProducerLibrary; they are part of the next flush: connect ECONNREFUSED",
      },
    ]);
  });

  it("says so too when the client rejects with nothing", async () => {
    const { clock, logged, answers } = reporting();
    answers.push(() => Promise.reject(undefined));

    await clock.advanceAsync(60_000);

    expect(logged).toMatchObject([{ fields: { event: "metrics-not-sent", error: undefined } }]);
  });

  it("sends again only the call that failed, of several", async () => {
    const shards = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`shard-${index}`, shardStats()]));
    const { reporter, source, calls, answers } = reporting({ granularity: "shard" });
    source.next = producerStats({ streams: { clicks: streamStats({ shards }) } });
    answers.push(() => Promise.resolve(), fails);
    const first = await reporter.flush();

    const second = await reporter.flush();

    expect(calls.map(({ MetricData }) => MetricData.length)).toEqual([1_000, first.failed, second.sent]);
    expect(first.sent).toBe(1_000);
    // A gauge is sent each time.
    expect(second.sent).toBe(first.failed + 2);
  });

  it("flushes when it is called, and at last when it is closed; then never again", async () => {
    const { reporter, source, clock, calls } = reporting();
    await reporter.flush();
    source.next = producerStats({ streams: { clicks: streamStats({ userRecordsAccepted: 101 }) } });

    await Promise.all([reporter.close(), reporter.close()]);
    await clock.advanceAsync(600_000);

    expect(await reporter.flush()).toEqual({ sent: 0, failed: 0 });
    expect(calls).toHaveLength(2);
    expect(datum(calls[1], "UserRecordsReceived")?.StatisticValues?.Sum).toBe(1);
  });

  it("has one call at a time: a slow answer delays the next flush", async () => {
    const { reporter, clock, calls, answers } = reporting();
    let answer = (): void => {};
    answers.push(() => new Promise<void>((resolve) => (answer = resolve)));
    const first = reporter.flush();
    const second = reporter.flush();
    const third = reporter.flush();
    await clock.settle();

    expect(calls).toHaveLength(1);
    expect(third).toBe(second);
    answer();
    expect((await first).sent).toBe(18);
    await second;
    // Only the gauge.
    expect(calls.map(({ MetricData }) => MetricData.length)).toEqual([18, 1]);
  });

  it("gives a call up after its time limit, and the timer goes on", async () => {
    const { clock, calls, logged, answers } = reporting({ timeoutMs: 5_000 });
    answers.push(() => new Promise(() => {}));
    await clock.advanceAsync(65_000);

    await clock.advanceAsync(55_000);

    expect(calls).toHaveLength(2);
    expect(logged[0]?.message).toContain("PutMetricData did not answer within timeoutMs, 5000 ms");
    expect(datum(calls[1], "UserRecordsPut")?.StatisticValues?.Sum).toBe(80);
  });

  it.each([
    [
      "a client that throws",
      {
        client: {
          putMetricData: () => {
            throw new Error("a bug");
          },
        },
      },
    ],
    [
      "stats() that throws",
      {
        producer: {
          stats: () => {
            throw new Error("a bug");
          },
        },
      },
    ],
    [
      "a logger that throws",
      {
        client: { putMetricData: fails },
        logger: {
          warn: () => {
            throw new Error("a bug");
          },
        },
      },
    ],
  ])("survives %s", async (_name, options) => {
    const { reporter, clock } = reporting(options);

    await clock.advanceAsync(60_000);

    await expect(reporter.flush()).resolves.toMatchObject({ sent: 0 });
  });

  it("keeps a datum within 150 values and a call within 1 MB", async () => {
    const values = Array.from({ length: 900 }, (_, index) => index + 1);
    const streams = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`s${index}`, streamStats({ bufferingMs: distributionOf(values) })]),
    );
    const { reporter, source, calls } = reporting({ granularity: "stream" });
    source.next = producerStats({ streams });

    await reporter.flush();

    for (const call of calls) {
      expect(call.MetricData.length).toBeLessThanOrEqual(1_000);
      expect(JSON.stringify(call).length).toBeLessThan(1_000_000);
    }
    const { Values = [], Counts = [] } = datum(calls[0], "BufferingTime") ?? {};
    expect(Values.length).toBeLessThanOrEqual(150);
    expect(Counts.reduce((a, b) => a + b, 0)).toBe(90_000);
    const sum = Values.reduce((total, value, index) => total + value * (Counts[index] ?? 0), 0);
    expect(sum / (100 * 450.5 * 900)).toBeCloseTo(1, 6);
  });

  it("corrects values with counts, so that the sum is exact though the buckets are coarse", async () => {
    const { reporter, source, calls } = reporting();
    const bufferingMs = { ...distributionOf([20, 60, 60]), sum: 133 };
    source.next = producerStats({ streams: { clicks: streamStats({ bufferingMs }) } });

    await reporter.flush();

    expect(datum(calls[0], "BufferingTime")).toMatchObject({ Values: [19, 57], Counts: [1, 2] });
  });

  it("counts nothing twice when an idle stream leaves stats()", async () => {
    const { reporter, source, calls } = reporting({ level: "summary", granularity: "stream" });
    source.next = producerStats({ streams: { a: streamStats(), b: streamStats() } });
    await reporter.flush();
    source.next = producerStats({ streams: { a: streamStats({ userRecordsDelivered: 81 }) } });
    await reporter.flush();
    source.next = producerStats({
      streams: { a: streamStats({ userRecordsDelivered: 81 }), b: streamStats({ requests: 1 }) },
    });

    await reporter.flush();

    const sums = calls.map(({ MetricData }) =>
      MetricData.filter(({ MetricName }) => MetricName === "UserRecordsPut").map(
        ({ StatisticValues }) => StatisticValues?.Sum,
      ),
    );
    expect(sums).toEqual([
      [160, 80, 80],
      [1, 1],
      [80, 80],
    ]);
  });

  it("counts a shard that left and came back from 0", async () => {
    const { reporter, source, calls } = reporting({ granularity: "shard", level: "summary" });
    await reporter.flush();
    const shards = { "shardId-000000000000": shardStats({ userRecordsDelivered: 4, userRecordsFailed: 0 }) };
    source.next = producerStats({ streams: { clicks: streamStats({ userRecordsDelivered: 84, shards }) } });

    await reporter.flush();

    const ofShard = calls[1]?.MetricData.find(
      ({ MetricName, Dimensions }) => MetricName === "UserRecordsPut" && Dimensions.length === 2,
    );
    expect(ofShard?.StatisticValues).toEqual({ SampleCount: 4, Sum: 4, Minimum: 1, Maximum: 1 });
  });

  it.each([
    [{ client: {} as never }, "client must have a putMetricData() method, got an object"],
    [{ producer: {} as never }, "producer must have a stats() method, got an object"],
    [{ intervalMs: 999 }, "intervalMs must be from 1000 to 2147483647 milliseconds, got 999"],
    [{ timeoutMs: 0 }, "timeoutMs must be from 1 to 2147483647 milliseconds, got 0"],
    [{ level: "all" as never }, 'level must be one of none, summary, detailed, got "all"'],
    [{ granularity: "record" as never }, 'granularity must be one of global, stream, shard, got "record"'],
    [
      { namespace: "AWS/Kinesis" },
      'namespace must have 1 to 255 characters of ASCII, not all blank, and not begin with AWS/ or a colon, got "AWS/Kinesis"',
    ],
    [{ namespace: "Bestellungen für Zürich" }, "namespace must have 1 to 255 characters of ASCII, not all blank"],
    [{ namespace: 5 as never }, "namespace must have 1 to 255 characters of ASCII"],
    [{ dimensions: [{ name: "ShardId", value: "x" }] }, 'dimensions must not have "ShardId": the reporter sets it'],
    [
      { dimensions: [{ name: "Host", value: " " }] },
      'the value of dimension Host must have 1 to 1024 characters of ASCII, not all blank, got " "',
    ],
    [{ dimensions: [{ name: "City", value: "Zürich" }] }, 'of ASCII, not all blank, got "Zürich"'],
    [
      { dimensions: [{ name: "Größe", value: "s" }] },
      'of ASCII, not all blank, and not begin with a colon, got "Größe"',
    ],
    [
      { dimensions: ["a", "b"].map((value) => ({ name: "Host", value })) },
      'dimensions must have each name once, got "Host" twice',
    ],
    [{ dimensions: { Host: "a" } as never }, "dimensions must be a list, got an object"],
    [{ dimensions: [null as never] }, "the name of a dimension must have 1 to 255 characters of ASCII"],
    [{ dimensions: [{ name: ":x", value: "y" }] }, 'not begin with a colon, got ":x"'],
    [{ dimensions: new Array(11).fill({ name: "a", value: "b" }) }, "dimensions must be at most 10, got 11"],
  ])("refuses %j", (options: Partial<CloudWatchReporterOptions>, message) => {
    expect(() => reporting(options)).toThrow(message);
  });
});
