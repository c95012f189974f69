import { beforeEach, describe, expect, it } from "vitest";
import { ServiceUnderTest } from "../service/service-under-test.js";

let kinesis: ServiceUnderTest;
const STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
const Policy = '{"Version":"2012-10-17","Statement":[]}';

beforeEach(() => {
  kinesis = new ServiceUnderTest();
});

describe("a resource policy", () => {
  const policyOf = (ResourceARN: string): unknown => kinesis.call("GetResourcePolicy", { ResourceARN }).Policy;

  it("belongs to a stream or a consumer, until it is deleted", () => {
    const { Consumer } = kinesis.call("RegisterStreamConsumer", { StreamARN: STREAM, ConsumerName: "app" });

    for (const ResourceARN of [STREAM, Consumer.ConsumerARN]) {
      expect(policyOf(ResourceARN)).toBe("{}");
      expect(kinesis.call("PutResourcePolicy", { ResourceARN, Policy }).statusCode).toBe(200);
      expect(policyOf(ResourceARN)).toBe(Policy);
      expect(kinesis.call("DeleteResourcePolicy", { ResourceARN }).statusCode).toBe(200);
      expect(policyOf(ResourceARN)).toBe("{}");
      expect(kinesis.refusal("DeleteResourcePolicy", { ResourceARN })).toBe(
        `400 ResourceNotFoundException: No resource policy found for resource ARN ${ResourceARN}.`,
      );
    }
  });

  it.each(["", "no JSON", "[]", "7", "null"])("is a JSON object, not %j", (text) => {
    expect(kinesis.refusal("PutResourcePolicy", { ResourceARN: STREAM, Policy: text })).toContain(
      "400 InvalidArgumentException",
    );
    expect(policyOf(STREAM)).toBe("{}");
  });

  it("goes with its stream", () => {
    kinesis.call("PutResourcePolicy", { ResourceARN: STREAM, Policy });
    kinesis.call("DeleteStream");

    expect(kinesis.refusal("GetResourcePolicy", { ResourceARN: STREAM })).toContain("ResourceNotFoundException");
    kinesis.call("CreateStream", { StreamName: "clicks" });
    expect(policyOf(STREAM)).toBe("{}");
  });
});
