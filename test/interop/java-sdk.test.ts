import { afterEach, beforeEach, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/index.js";
import { runJava } from "./support/java-program.js";

const EXPECTED = {
  summary: ["ACTIVE", 2, true],
  put: Array(3).fill("shardId-000000000000"),
  failed: 0,
  ranges: ["0", String(2n ** 127n)],
  read: ["a one true", "四 binary true", "四  true"],
  sinceCreation: 3,
  streams: ["Foo"],
  refusal: "ResourceNotFoundException 400",
};

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start();
});

afterEach(() => kinesis.close());

/** CBOR is the SDK's default. */
async function tutorial(protocol: "JSON" | "CBOR"): Promise<unknown> {
  const properties = { "aws.cborEnabled": String(protocol === "CBOR") };
  return JSON.parse(await runJava("sdk", [kinesis.endpoint], { properties }));
}

it.each(["JSON", "CBOR"] as const)("the AWS SDK for Java creates, puts, lists and gets in %s", async (protocol) => {
  expect(await tutorial(protocol)).toEqual(EXPECTED);
});
