import { describe, expect, it } from "vitest";
import { type EmbeddedMetricsOptions, embeddedMetrics } from "../../../src/cloudwatch/index.js";
import { distributionOf, producerStats, scriptedSource, streamStats } from "../../support/sample-stats.js";

interface Line {
  readonly _aws: {
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [member: string]: unknown;
}

function parsed(lines: readonly string[]): Line[] {
  return lines.map((line): Line => JSON.parse(line));
}

const AT: EmbeddedMetricsOptions = { epochNow: () => 1_766_000_000_000.5 };

describe("metrics as lines in the embedded metric format", () => {
  it("have one line for each set of dimensions, with the metrics of the KPL", () => {
    const lines = parsed(embeddedMetrics(scriptedSource(), AT)());

    const ofStream = lines.find((line) => line.StreamName === "clicks" && line.ErrorCode === undefined);
    expect(ofStream?._aws.Timestamp).toBe(1_766_000_000_000);
    expect(ofStream?._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: "KinesisProducerLibrary",
      Dimensions: [["StreamName"]],
    });
    expect(ofStream?._aws.CloudWatchMetrics[0]?.Metrics).toContainEqual({
      Name: "BufferingTime",
      Unit: "Milliseconds",
    });
    expect(ofStream?.UserRecordsPut).toEqual({ Max: 1, Min: 0, Count: 86, Sum: 80 });
    expect(ofStream?.UserRecordsPending).toBe(14);
    expect(ofStream?.BufferingTime).toEqual({ Values: [20, 60], Counts: [1, 2], Max: 60, Min: 20, Count: 3, Sum: 140 });
    expect(lines.every((line) => line.ShardId === undefined)).toBe(true);
  });

  it("name in each directive members that the line has", () => {
    for (const line of parsed(embeddedMetrics(scriptedSource(), { ...AT, granularity: "shard", extra: true })())) {
      const [directive] = line._aws.CloudWatchMetrics;
      const members = [...(directive?.Dimensions.flat() ?? []), ...(directive?.Metrics ?? []).map(({ Name }) => Name)];
      expect(
        Object.keys(line)
          .filter((key) => key !== "_aws")
          .sort(),
      ).toEqual(members.sort());
      expect(directive?.Metrics.length).toBeLessThanOrEqual(100);
    }
  });

  it.each(["_aws", "RequestTime", "ErrorsByCode", "OldestRecordAge"])("have no dimension %s of the caller", (name) => {
    expect(() => embeddedMetrics(scriptedSource(), { ...AT, dimensions: [{ name, value: "a" }] })).toThrow(
      `dimensions must not have "${name}": a line has another member of this name`,
    );
  });

  it("count from one call to the next", () => {
    const source = scriptedSource();
    const metrics = embeddedMetrics(source, { ...AT, granularity: "global" });
    metrics();
    source.next = producerStats({ streams: { clicks: streamStats({ userRecordsAccepted: 103 }) } });

    const lines = parsed(metrics());

    expect(lines).toHaveLength(1);
    expect(lines[0]?.UserRecordsReceived).toEqual({ Max: 1, Min: 1, Count: 3, Sum: 3 });
    expect(lines[0]?.UserRecordsPut).toBeUndefined();
  });

  it("have at most 100 values of a metric", () => {
    const values = Array.from({ length: 300 }, (_, index) => index + 1);
    const source = scriptedSource(
      producerStats({ streams: { s: streamStats({ requestMs: distributionOf(values) }) } }),
    );

    const [line] = parsed(embeddedMetrics(source, { ...AT, granularity: "global" })());

    const { Values, Counts } = (line as Line).RequestTime as { Values: number[]; Counts: number[] };
    expect(Values.length).toBeLessThanOrEqual(100);
    expect(Counts.reduce((a, b) => a + b)).toBe(300);
  });
});
