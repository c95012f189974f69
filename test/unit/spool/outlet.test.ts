import { describe, expect, it } from "vitest";
import { RecordFailedError, type UserRecord } from "../../../src/index.js";
import { isFinal } from "../../../src/spool/outlet.js";

const RECORD: UserRecord = { partitionKey: "k", data: "x" };

function invalid(record: UserRecord): RecordFailedError {
  return new RecordFailedError({ code: "KP_INVALID_RECORD", message: "refused", record });
}

describe("a record that is not valid", () => {
  it.each([
    [
      "stays when it is as all others: the stream takes none of them",
      { ...RECORD, recordId: "of the spool" },
      true,
      false,
    ],
    ["stays, also without ids", RECORD, false, false],
    ["is refused for good without a key", { data: "x" } as UserRecord, true, true],
    ["is refused for good with tags that others do not have", { ...RECORD, tags: { a: "b" } }, false, true],
    ["is refused for good with an id that others do not have", { ...RECORD, recordId: "mine" }, false, true],
  ])("%s", (_, record, hasIds, expected) => {
    expect(isFinal(invalid(record), hasIds)).toBe(expected);
  });
});
