import { expect, it } from "vitest";
import { sdkStream } from "../../../src/edge/sdk-stream.js";

it("names a stream by its name when that is all there is", () => {
  expect(sdkStream({ streamName: "clicks" })).toEqual({ StreamName: "clicks" });
});

it("names a stream by its ARN, and then by nothing else", () => {
  const streamArn = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks";

  expect(sdkStream({ streamName: "clicks", streamArn })).toEqual({ StreamARN: streamArn });
});
