import { describe, expect, test, vi } from "vitest";

import { deaggregate, deaggregateAll } from "../../../src/deaggregate/deaggregate.js";
import type { DroppedUserRecords } from "../../../src/deaggregate/index.js";
import { isProducerError } from "../../../src/errors.js";
import { MAX_HASH_KEY } from "../../../src/quotas.js";
import { GOOD, rangeAround, read, WHOLE_RANGE } from "../../support/deaggregate-answer.js";
import { aggregateOf, bytesField, hex, keys, record, recordOf, varintField } from "../../support/proto-bytes.js";
import { VECTORS } from "../../support/vectors.js";

test.each(VECTORS)("the public aggregate $name", ({ bytes, records }) => {
  const answer = read(bytes, { shardRange: WHOLE_RANGE });

  expect(answer.dropped).toEqual([]);
  expect(answer.records).toEqual(
    records.map((each, i) => ({
      ...each,
      data: new Uint8Array(Buffer.from(each.data)),
      sequenceNumber: "4959",
      subSequenceNumber: i,
      aggregated: true,
    })),
  );
});

describe("laziness", () => {
  test("nothing is read before the iteration begins", () => {
    const getData = vi.fn(() => Buffer.from("plain"));
    const lazy = deaggregate({
      get data() {
        return getData();
      },
    });

    expect(getData).not.toHaveBeenCalled();
    expect([...lazy]).toHaveLength(1);
  });

  test("it can be iterated twice, also at once", () => {
    const twice = deaggregate({ data: aggregateOf(GOOD) });

    const pairs = [...twice].map((each, i) => [each, [...twice][i]]);

    expect(pairs).toHaveLength(2);
    for (const [a, b] of pairs) expect(a).toEqual(b);
  });

  test("dropped records are reported before the first record, and once for any number of iterations", () => {
    const dropped: DroppedUserRecords[] = [];
    const kinesisRecord = { data: aggregateOf(keys("k"), record(0, "x"), record(1, "bad")) };
    const twice = deaggregate(kinesisRecord, { onDropped: (each) => dropped.push(each) });

    twice[Symbol.iterator]();
    expect(dropped).toEqual([{ record: kinesisRecord, reason: "index-out-of-range", userRecords: 1 }]);
    expect(dropped[0]?.record).toBe(kinesisRecord);

    expect([...twice]).toHaveLength(1);
    expect(dropped).toHaveLength(1);
  });

  test("deaggregateAll takes a Kinesis record only when the one before is used up, and closes its source", () => {
    const steps: string[] = [];
    function* source(): Generator<{ data: Buffer }> {
      try {
        steps.push("first");
        yield { data: aggregateOf(GOOD) };
        steps.push("second");
        yield { data: aggregateOf(GOOD) };
      } finally {
        steps.push("closed");
      }
    }

    for (const { data } of deaggregateAll(source())) {
      steps.push(Buffer.from(data).toString());
      if (steps.length === 5) break;
    }

    expect(steps).toEqual(["first", "x", "y", "second", "x", "closed"]);
  });

  test("nothing is given out before the whole aggregate was judged", () => {
    const data = aggregateOf(keys("in", "out"), record(0, "x"), record(1, "y"));

    const first = deaggregate({ data }, { shardRange: rangeAround("in"), onDropped: () => undefined })
      [Symbol.iterator]()
      .next();

    expect(first.done).toBe(true);
  });

  test("deaggregateAll over a list can be iterated twice", () => {
    const all = deaggregateAll([{ data: aggregateOf(GOOD) }, { data: aggregateOf(GOOD) }]);

    expect([[...all].length, [...all].length]).toEqual([4, 4]);
  });
});

test("with verifyChecksum false, a wrong digest is not looked at", () => {
  const data = Buffer.concat([aggregateOf(GOOD).subarray(0, -1), Buffer.of(0)]);

  const texts = read(data, { verifyChecksum: false }).records.map((each) => Buffer.from(each.data).toString());
  expect(texts).toEqual(["x", "y"]);
});

test("data are views of the record's bytes", () => {
  const data = aggregateOf(GOOD);

  for (const each of read(data).records) expect(each.data.buffer).toBe(data.buffer);
});

test("tags come out, whatever their text", () => {
  const data = aggregateOf(
    keys("k"),
    recordOf(varintField(1, 0), bytesField(3, "x"), bytesField(4, bytesField(1, "t"), bytesField(2, hex("ff")))),
    record(0, "y"),
  );

  expect(read(data).records.map((each) => each.tags)).toEqual([{ t: "\uFFFD" }, undefined]);
});

test("sub-sequence numbers count from 0 within each aggregate", () => {
  const records = [
    ...deaggregateAll([{ data: aggregateOf(GOOD) }, { data: Buffer.from("plain") }, { data: aggregateOf(GOOD) }]),
  ];

  expect(records.map((each) => each.subSequenceNumber)).toEqual([0, 1, 0, 0, 1]);
});

test.each(["", "-1", "x", String(MAX_HASH_KEY + 1n)])("a shard range that ends at %j is refused at the call", (end) => {
  let thrown: unknown;
  try {
    deaggregate({ data: GOOD }, { shardRange: { startingHashKey: "0", endingHashKey: end } });
  } catch (error) {
    thrown = error;
  }

  expect(isProducerError(thrown) && [thrown.code, thrown.message]).toEqual([
    "KP_INVALID_OPTION",
    expect.stringContaining("shardRange.endingHashKey"),
  ]);
});
