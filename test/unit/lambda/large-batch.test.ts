import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { kinesisHandler } from "../../../src/lambda/index.js";
import { compressedRecord } from "../../support/compressed-record.js";

/** A Kinesis record of 30 kB with 30 MB in it. */
const DENSE = compressedRecord("gzip", gzipSync, [{ key: "k", data: Buffer.alloc(30_000_000) }]).toString("base64");

/** Handles five such records; the log says when each was opened, and handled. */
async function handled(onFailure: "stop" | "continue", ...failing: readonly string[]) {
  const log: string[] = [];
  const Records = ["1", "2", "3", "4", "5"].map((sequenceNumber) => ({
    kinesis: {
      partitionKey: "a",
      sequenceNumber,
      get data() {
        log.push(`open ${sequenceNumber}`);
        return DENSE;
      },
    },
  }));
  const handler = kinesisHandler(
    ({ sequenceNumber = "" }) => {
      log.push(`handle ${sequenceNumber}`);
      if (failing.includes(sequenceNumber)) throw new Error("no");
    },
    { onFailure, onError: () => undefined },
  );
  const { batchItemFailures } = await handler({ Records }, {});
  return { log, failed: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) };
}

const FIRST = ["open 1", "open 2", "open 3", "handle 1", "handle 2", "handle 3"];

describe("a batch that is much larger when it is opened", () => {
  test("is opened in parts of 64 MiB, each handled before the next", async () => {
    expect(await handled("stop")).toEqual({ log: [...FIRST, "open 4", "open 5", "handle 4", "handle 5"], failed: [] });
  });

  test("is not opened further behind a failure", async () => {
    expect(await handled("stop", "3")).toEqual({ log: FIRST, failed: ["3"] });
  });

  test("is handled to its end with onFailure continue, and the first failure counts", async () => {
    const { log, failed } = await handled("continue", "2", "4");

    expect(log).toEqual([...FIRST, "open 4", "open 5", "handle 4", "handle 5"]);
    expect(failed).toEqual(["2"]);
  });
});
