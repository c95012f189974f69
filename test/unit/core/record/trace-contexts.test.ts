import { expect, test } from "vitest";

import { NEVER_SENT } from "../../../../src/core/record/delivery-history.js";
import { PendingKinesisRecord } from "../../../../src/core/record/pending-kinesis-record.js";
import { traceContextsOf } from "../../../../src/core/record/trace-contexts.js";
import { placed } from "../placed-records.js";

type Tags = Readonly<Record<string, string>> | undefined;

/** A sealed Kinesis record with these tags on its user records. */
function sealed(...all: readonly Tags[]): PendingKinesisRecord {
  const records = all.map((tags) => placed(tags === undefined ? {} : { tags }));
  const [first, ...others] = records as [ReturnType<typeof placed>];
  const pending = PendingKinesisRecord.begin(first, 51_200, NEVER_SENT);
  for (const other of others) expect(pending.tryAdd(other, NEVER_SENT)).toBe(true);
  pending.seal(true);
  return pending;
}

const parents = (count: number): { readonly traceparent: string }[] =>
  Array.from({ length: count }, (_, i) => ({ traceparent: `00-${i}` }));

test("the different contexts in the tags are found in order, over all Kinesis records, each once", () => {
  const records = [
    sealed(undefined, { traceparent: "00-b" }, { other: "tag" }, { traceparent: "00-a", tracestate: "v=1" }),
    sealed(undefined),
    sealed({ traceparent: "00-b" }),
    sealed({ "~": "id", traceparent: "00-c" }),
  ];

  expect(traceContextsOf(records, 10)).toEqual([
    { traceparent: "00-b" },
    { traceparent: "00-a", tracestate: "v=1" },
    { traceparent: "00-c" },
  ]);
});

test.each([0, 1, 2, 3])("no more than %i are returned", (most) => {
  expect(traceContextsOf([sealed(...parents(2)), sealed(...parents(3))], most)).toEqual(parents(most));
});

test("a Kinesis record without tags is not opened", () => {
  const records = [sealed(undefined, undefined), sealed(undefined)];
  // Reading recycled bytes would fail.
  for (const record of records) record.recycle();

  expect(traceContextsOf(records, 10)).toEqual([]);
});
