import { beforeEach, describe, expect, it } from "vitest";
import { ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;
const StreamName = "clicks";
const ALL = [
  "IncomingBytes",
  "OutgoingRecords",
  "IteratorAgeMilliseconds",
  "IncomingRecords",
  "ReadProvisionedThroughputExceeded",
  "WriteProvisionedThroughputExceeded",
  "OutgoingBytes",
];

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

describe("EnableEnhancedMonitoring and DisableEnhancedMonitoring", () => {
  const change = (kind: "Enable" | "Disable", ...ShardLevelMetrics: string[]): unknown => {
    const answer = kinesis.call(`${kind}EnhancedMonitoring`, { StreamName, ShardLevelMetrics });
    return [answer.CurrentShardLevelMetrics, answer.DesiredShardLevelMetrics];
  };

  it("tell the metrics before and after, and the descriptions show them", () => {
    expect(change("Enable", "OutgoingBytes", "IncomingBytes")).toEqual([[], ["IncomingBytes", "OutgoingBytes"]]);
    expect(change("Enable", "OutgoingBytes")).toEqual([
      ["IncomingBytes", "OutgoingBytes"],
      ["IncomingBytes", "OutgoingBytes"],
    ]);
    expect(change("Disable", "IncomingBytes", "IncomingRecords")).toEqual([
      ["IncomingBytes", "OutgoingBytes"],
      ["OutgoingBytes"],
    ]);
    for (const { EnhancedMonitoring } of [
      kinesis.call("DescribeStream").StreamDescription,
      kinesis.call("DescribeStreamSummary").StreamDescriptionSummary,
    ]) {
      expect(EnhancedMonitoring).toEqual([{ ShardLevelMetrics: ["OutgoingBytes"] }]);
    }
  });

  it("know all seven by one word", () => {
    expect(change("Enable", "ALL")).toEqual([[], ALL]);
    expect(change("Disable", "ALL")).toEqual([ALL, []]);
  });

  it("are one change at a time", () => {
    kinesis.model.timing = { ...kinesis.model.timing, updateMs: 1_000 };
    change("Enable", "ALL");

    expect(kinesis.refusal("DisableEnhancedMonitoring", { StreamName, ShardLevelMetrics: ["ALL"] })).toContain(
      "400 ResourceInUseException",
    );
  });
});
