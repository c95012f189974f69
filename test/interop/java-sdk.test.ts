import { afterEach, beforeEach, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/index.js";
import { runJava } from "./support/java-program.js";

const EXPECTED = {
  summary: ["ACTIVE", 2, true],
  put: Array(3).fill("shardId-000000000000"),
  failed: 0,
  ranges: ["0", String(2n ** 127n)],
  read: ["a one true", "四 binary true", "四  true"],
  streams: ["Foo"],
  refusal: "ResourceNotFoundException 400",
};

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start();
});

afterEach(() => kinesis.close());

/** The SDK speaks CBOR to Kinesis unless it is told not to. */
async function tutorial(protocol: "JSON" | "CBOR"): Promise<unknown> {
  const properties = { "aws.cborEnabled": String(protocol === "CBOR") };
  return JSON.parse(await runJava("sdk", [kinesis.endpoint], { properties }));
}

it("the AWS SDK for Java creates, puts, lists and gets in JSON", async () => {
  expect(await tutorial("JSON")).toEqual(EXPECTED);
});

// LocalKinesis has no CBOR yet: when it has, this test fails, and expects the same as the one above.
it("in CBOR, its default, it is told that the protocol is not spoken", async () => {
  await expect(tutorial("CBOR")).rejects.toThrow(/Status Code: 404/);
});
