import { describe, expect, test } from "vitest";

import type { ShardRange } from "../../../src/deaggregate/index.js";
import { OUTER, read, WHOLE_RANGE } from "../../support/deaggregate-answer.js";
import { SPECIFICATION } from "../../support/kcl-specification/specification.js";
import type { SpecifiedAnswer, SpecifiedCase } from "../../support/kcl-specification/specification-row.js";

/** A range without the hash of any of these records. */
const FOREIGN_RANGE: ShardRange = { startingHashKey: "1", endingHashKey: "1" };

/** The complete answer. */
function expected({ data }: SpecifiedCase, answer: SpecifiedAnswer): ReturnType<typeof comparable> {
  if (answer === "plain") {
    const text = Buffer.from(data).toString("latin1");
    return { records: [{ ...OUTER, data: text, subSequenceNumber: 0, aggregated: false }], dropped: [] };
  }
  const records = answer.out.map(([partitionKey, text, explicitHashKey], i) => ({
    partitionKey,
    ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
    data: text,
    sequenceNumber: OUTER.sequenceNumber,
    subSequenceNumber: i,
    aggregated: true,
  }));
  return { records, dropped: answer.dropped === undefined ? [] : [answer.dropped] };
}

/** The returned records with their data as text, without tags, which the KCL does not return. */
function comparable({ records, dropped }: ReturnType<typeof read>) {
  return {
    records: records.map(({ tags: _, data, ...rest }): object => ({
      ...rest,
      data: Buffer.from(data).toString("latin1"),
    })),
    dropped: dropped.map(({ reason, userRecords }): readonly [string, number] => [reason, userRecords]),
  };
}

describe.each(SPECIFICATION)("$name: $rule", ({ cases }) => {
  test.each(cases)("$name", (specified) => {
    const { data, shardRange, answer } = specified;
    // A plain record is never filtered.
    const ranges = answer === "plain" ? [shardRange, undefined, WHOLE_RANGE, FOREIGN_RANGE] : [shardRange];

    for (const range of ranges) {
      expect(comparable(read(data, { shardRange: range }))).toStrictEqual(expected(specified, answer));
    }
  });
});
