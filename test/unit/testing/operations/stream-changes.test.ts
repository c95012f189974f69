import { beforeEach, describe, expect, it } from "vitest";
import { ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;
const StreamName = "clicks";
const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

function summary(): Record<string, unknown> {
  return kinesis.call("DescribeStreamSummary").StreamDescriptionSummary;
}

describe("UpdateMaxRecordSize", () => {
  it("changes the record limit at once", () => {
    kinesis.call("UpdateMaxRecordSize", { StreamARN, MaxRecordSizeInKiB: 2048 });

    expect(summary().MaxRecordSizeInKiB).toBe(2048);
    expect(kinesis.putSized(1_500_000, "a").length).toBe(1);
    expect(kinesis.refusal("UpdateMaxRecordSize", { StreamARN, MaxRecordSizeInKiB: 512 })).toContain(
      "Value '512' at 'maxRecordSizeInKiB' failed to satisfy constraint: Member must have value greater than or equal to 1024",
    );
  });
});

describe("UpdateStreamMode and UpdateStreamRecordDistributionStrategy", () => {
  const setStrategy = (RecordDistributionStrategy: string): string =>
    kinesis.refusal("UpdateStreamRecordDistributionStrategy", { StreamARN, RecordDistributionStrategy });
  const setMode = (StreamMode: string): string =>
    kinesis.refusal("UpdateStreamMode", { StreamARN, StreamModeDetails: { StreamMode } });

  it("switch AUTO on while records come, for on-demand streams only, and off again", () => {
    expect(setStrategy("AUTO")).toContain("400 InvalidArgumentException");
    setMode("ON_DEMAND");
    setStrategy("AUTO");

    expect(summary()).toMatchObject({
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      RecordDistributionStrategy: "AUTO",
    });
    expect(kinesis.put("a", "a", "a")).toEqual(["0", "1", "0"]);
    setStrategy("USER_PARTITION_KEY");
    expect(new Set(kinesis.put("a", "a", "a")).size).toBe(1);
  });

  it("end AUTO with the on-demand mode", () => {
    setMode("ON_DEMAND");
    setStrategy("AUTO");
    setMode("PROVISIONED");

    expect(summary()).not.toHaveProperty("RecordDistributionStrategy");
    expect(new Set(kinesis.put("a", "a", "a")).size).toBe(1);
    expect(setMode("SERVERLESS")).toContain("Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]");
    expect(kinesis.refusal("UpdateStreamMode", { StreamARN })).toContain("Value null at 'streamModeDetails'");
  });
});

describe("tags", () => {
  const tags = (input: object = {}): unknown => kinesis.call("ListTagsForStream", { StreamName, ...input });

  it("are added, replaced, listed page by page and removed", () => {
    kinesis.call("AddTagsToStream", { StreamName, Tags: { team: "data", stage: "test" } });
    kinesis.call("AddTagsToStream", { StreamName, Tags: { stage: "live" } });

    expect(tags({ Limit: 1 })).toMatchObject({ Tags: [{ Key: "stage", Value: "live" }], HasMoreTags: true });
    expect(tags({ ExclusiveStartTagKey: "stage" })).toMatchObject({
      Tags: [{ Key: "team", Value: "data" }],
      HasMoreTags: false,
    });
    kinesis.call("RemoveTagsFromStream", { StreamName, TagKeys: ["team", "nothing"] });
    expect(tags()).toMatchObject({ Tags: [{ Key: "stage" }] });
  });

  it("are fifty at most, and texts", () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, ""]));

    expect(kinesis.refusal("AddTagsToStream", { StreamName, Tags: many })).toContain("InvalidArgumentException");
    expect(kinesis.refusal("AddTagsToStream", { StreamName, Tags: { "": "x" } })).toContain("ValidationException");
    expect(kinesis.refusal("AddTagsToStream", { StreamName, Tags: { a: 1 } })).toContain("SerializationException");
    expect(kinesis.refusal("AddTagsToStream", { StreamName, Tags: [] })).toContain("SerializationException");
  });

  it("may come with CreateStream", () => {
    kinesis.call("CreateStream", { StreamName: "views", ShardCount: 1, Tags: { team: "data" } });

    expect(tags({ StreamName: "views" })).toMatchObject({ Tags: [{ Key: "team", Value: "data" }] });
  });
});

describe("consumers", () => {
  const register = (ConsumerName: string) => kinesis.call("RegisterStreamConsumer", { StreamARN, ConsumerName });

  it("are registered, described by name or ARN, listed page by page and deregistered", () => {
    const { Consumer } = register("b");
    register("a");

    expect(Consumer).toMatchObject({ ConsumerName: "b", ConsumerStatus: "ACTIVE" });
    expect(Consumer.ConsumerARN).toMatch(/^arn:.*:stream\/clicks\/consumer\/b:\d+$/);
    const { ConsumerARN } = Consumer;
    expect(kinesis.call("DescribeStreamConsumer", { ConsumerARN }).ConsumerDescription).toMatchObject({
      ConsumerName: "b",
      StreamARN,
    });
    expect(summary().ConsumerCount).toBe(2);
    const page = kinesis.call("ListStreamConsumers", { StreamARN, MaxResults: 1 });
    const next = kinesis.call("ListStreamConsumers", { StreamARN, NextToken: page.NextToken });
    expect([page.Consumers[0].ConsumerName, next.Consumers[0].ConsumerName, next.NextToken]).toEqual([
      "a",
      "b",
      undefined,
    ]);
    kinesis.call("DeregisterStreamConsumer", { StreamARN, ConsumerName: "a" });
    expect(kinesis.refusal("DescribeStreamConsumer", { StreamARN, ConsumerName: "a" })).toContain(
      "ResourceNotFoundException",
    );
  });

  it("have unique names, and are twenty at most", () => {
    register("app");

    expect(register("app").__type).toBe("ResourceInUseException");
    for (let i = 0; i < 19; i++) register(`app-${i}`);
    expect(register("one-more").__type).toBe("LimitExceededException");
    expect(kinesis.refusal("DescribeStreamConsumer", { ConsumerName: "app" })).toContain("InvalidArgumentException");
    expect(kinesis.refusal("ListStreamConsumers", { StreamARN, NextToken: "?" })).toContain("Invalid NextToken");
  });
});

describe("DescribeLimits", () => {
  it("counts open shards and on-demand streams", () => {
    kinesis.service.model.createStream("views", { mode: "ON_DEMAND" }, kinesis.now);

    expect(kinesis.call("DescribeLimits", {})).toMatchObject({ OpenShardCount: 6, OnDemandStreamCount: 1 });
  });
});
