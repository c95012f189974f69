import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../../src/testing/operations/operation.js";
import { NOW, ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;
const DAY = 86_400;
const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
const ON_DEMAND = { StreamMode: "ON_DEMAND" };

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

function settings(Status?: "ENABLED" | "DISABLED"): unknown {
  const answer =
    Status === undefined
      ? kinesis.call("DescribeAccountSettings", {})
      : kinesis.call("UpdateAccountSettings", { MinimumThroughputBillingCommitment: { Status } });
  return answer.MinimumThroughputBillingCommitment;
}

describe("the commitment of an account", () => {
  const started = { StartedAt: NOW / 1000, EarliestAllowedEndAt: NOW / 1000 + DAY };

  it("lasts a day at least, and ends then when it was to end earlier", () => {
    const told = [settings(), settings("ENABLED")];
    kinesis.now = NOW + 1_000;
    told.push(settings("ENABLED"), settings("DISABLED"), settings("DISABLED"));
    kinesis.now = NOW + DAY * 1000;
    told.push(settings());

    expect(told).toEqual([
      { Status: "DISABLED" },
      { Status: "ENABLED", ...started },
      { Status: "ENABLED", ...started },
      { Status: "ENABLED_UNTIL_EARLIEST_ALLOWED_END", ...started },
      { Status: "ENABLED_UNTIL_EARLIEST_ALLOWED_END", ...started },
      { Status: "DISABLED", ...started, EndedAt: NOW / 1000 + DAY },
    ]);
  });

  it("ends at once when it is older, and may begin again", () => {
    settings("ENABLED");
    kinesis.now = NOW + 2 * DAY * 1000;

    expect(settings("DISABLED")).toEqual({ Status: "DISABLED", ...started, EndedAt: NOW / 1000 + 2 * DAY });
    expect(settings("ENABLED")).toMatchObject({ Status: "ENABLED", StartedAt: NOW / 1000 + 2 * DAY });
  });

  it("that was to end goes on when it is wanted again", () => {
    settings("ENABLED");
    settings("DISABLED");

    expect(settings("ENABLED")).toEqual({ Status: "ENABLED", ...started });
  });
});

describe("warm throughput", () => {
  const summaryOf = (StreamName: string): JsonObject =>
    kinesis.call("DescribeStreamSummary", { StreamName }).StreamDescriptionSummary;

  it("comes with a stream, with its mode, or later, and is shown", () => {
    settings("ENABLED");
    kinesis.call("CreateStream", { StreamName: "views", WarmThroughputMiBps: 5 });
    kinesis.call("UpdateStreamMode", { StreamARN, StreamModeDetails: ON_DEMAND, WarmThroughputMiBps: 6 });

    expect(summaryOf("views").WarmThroughput).toEqual({ TargetMiBps: 5, CurrentMiBps: 5 });
    expect(summaryOf("clicks").WarmThroughput).toEqual({ TargetMiBps: 6, CurrentMiBps: 6 });
    expect(kinesis.call("UpdateStreamWarmThroughput", { StreamARN, WarmThroughputMiBps: 7 })).toMatchObject({
      StreamName: "clicks",
      StreamARN,
      WarmThroughput: { TargetMiBps: 7, CurrentMiBps: 7 },
    });
    expect(summaryOf("clicks").WarmThroughput).toEqual({ TargetMiBps: 7, CurrentMiBps: 7 });
    kinesis.call("UpdateStreamMode", { StreamARN, StreamModeDetails: { StreamMode: "PROVISIONED" } });
    expect(summaryOf("clicks")).not.toHaveProperty("WarmThroughput");
  });

  it("needs the commitment and an on-demand stream", () => {
    const refusals = (): string[] => [
      kinesis.refusal("CreateStream", { StreamName: "wide", WarmThroughputMiBps: 5 }),
      kinesis.refusal("UpdateStreamMode", { StreamARN, StreamModeDetails: ON_DEMAND, WarmThroughputMiBps: 6 }),
      kinesis.refusal("UpdateStreamWarmThroughput", { StreamARN, WarmThroughputMiBps: 7 }),
    ];

    const without = refusals();
    settings("ENABLED");

    expect(without.map((text) => text.slice(0, 23))).toEqual(new Array(3).fill("400 ValidationException"));
    expect(kinesis.refusal("UpdateStreamWarmThroughput", { StreamARN, WarmThroughputMiBps: 7 })).toContain(
      "Stream clicks under account 000000000000 is in Provisioned mode.",
    );
    expect(kinesis.refusal("CreateStream", { StreamName: "views", ShardCount: 1, WarmThroughputMiBps: 5 })).toContain(
      "400 InvalidArgumentException",
    );
    expect(kinesis.model.find("wide")).toBeUndefined();
    expect(refusals()[0]).toContain("200");
  });
});
