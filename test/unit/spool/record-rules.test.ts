import { describe, expect, it } from "vitest";
import { RecordChecker } from "../../../src/core/record/record-check.js";
import type { UserRecord } from "../../../src/index.js";
import { RecordRules } from "../../../src/spool/record-rules.js";
import { resolveSpoolOptions, type SpoolOptions } from "../../../src/spool/spool-options.js";

/** Why an append would be refused: the code and the message. */
function problem(record: Partial<UserRecord>, options: Partial<SpoolOptions> = {}): string {
  const checker = new RecordChecker();
  expect(checker.check({ partitionKey: "k", data: "x", ...record } as UserRecord)).toBeUndefined();
  const rules = new RecordRules(
    resolveSpoolOptions({ directory: "/spool", producer: { streamName: "clicks" }, ...options }),
  );
  const { code, message } = rules.problemOf(checker.checked, checker.streamName) ?? {};
  return code === undefined ? "none" : `${code}: ${message}`;
}

const KEY = "partitionKey must be a string, got undefined";
const MEBIBYTE = 1024 * 1024;

describe("the rules of a record", () => {
  it.each([
    ["a key", {}, {}, "none"],
    ["no key, where ids need one", { partitionKey: undefined }, {}, KEY],
    ["no key, on a stream that may be AUTO", { partitionKey: undefined }, { recordIds: false }, "none"],
    [
      "no key, on a stream whose keys decide",
      { partitionKey: undefined },
      { recordIds: false, producer: { streamName: "clicks", recordDistribution: "USER_PARTITION_KEY" } },
      KEY,
    ],
    [
      "tags without aggregation",
      { tags: { a: "b" } },
      { recordIds: false, producer: { streamName: "clicks", aggregation: false } },
      "tags and record ids need the envelope, but aggregation is false",
    ],
    [
      "an id on a stream that is AUTO",
      { recordId: "mine" },
      { recordIds: false, producer: { streamName: "clicks", recordDistribution: "AUTO" } },
      "tags and record ids need the envelope, but the stream's record distribution is AUTO",
    ],
    ["another stream", { streamName: "other" }, { producer: {} }, "none"],
    ["no stream", {}, { producer: {} }, "streamName is required: the spool's producer has no default stream"],
    ["a bad stream", { streamName: "no name" }, {}, "streamName must be the name of a stream"],
  ] as const)("about %s", (_, record, options, expected) => {
    expect(problem(record as Partial<UserRecord>, options as Partial<SpoolOptions>)).toContain(expected);
  });

  it("count the id that the delivery adds, and the envelope", () => {
    const producer = { streamName: "clicks", maxRecordBytes: MEBIBYTE };
    const exact = { data: "x".repeat(MEBIBYTE - 1) };

    expect(problem(exact, { producer, recordIds: false })).toBe("none");
    expect(problem(exact, { producer })).toMatch(/^KP_RECORD_TOO_LARGE: .*tags 25, and the envelope/);
    expect(problem({ data: "x".repeat(MEBIBYTE - 100) }, { producer })).toBe("none");
    const own = { recordId: "x", data: "x".repeat(MEBIBYTE - 60) };
    expect(problem(own, { producer })).toBe("none");
    expect(problem({ ...own, recordId: "x".repeat(40) }, { producer })).toContain("tags 47, and the envelope");
  });

  it("include the producer's buffer", () => {
    const producer = { streamName: "clicks", maxBufferedBytes: 100_000 };

    expect(problem({ data: "x".repeat(99_974) }, { producer })).toBe("none");
    expect(problem({ data: "x".repeat(99_975) }, { producer })).toBe(
      "KP_RECORD_TOO_LARGE: the record has 100001 bytes; the producer's buffer holds 100000 (maxBufferedBytes)",
    );
  });
});
