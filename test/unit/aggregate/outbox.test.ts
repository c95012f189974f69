import { expect, test } from "vitest";

import { Outbox } from "../../../src/aggregate/outbox.js";
import { NEVER_SENT } from "../../../src/core/record/delivery-history.js";
import { PendingKinesisRecord } from "../../../src/core/record/pending-kinesis-record.js";
import { DIGEST_BATCH } from "../../../src/wire/md5/body-digest.js";
import { placed, readEntry } from "../core/placed-records.js";

function complete(data: string): PendingKinesisRecord {
  return PendingKinesisRecord.begin(placed({ key: "k", data }), 1_000, NEVER_SENT);
}

test("the first record comes at once, the others in batches of one digest", () => {
  const outbox = new Outbox();
  outbox.add(complete("0"));
  const first = outbox.next();
  for (let i = 1; i < DIGEST_BATCH; i++) outbox.add(complete(`${i}`));
  const early = outbox.next();

  outbox.add(complete(`${DIGEST_BATCH}`));
  const second = outbox.next();

  expect([first, second].map((each) => each && readEntry(each))).toEqual([["k=0"], ["k=1"]]);
  expect(early).toBeUndefined();
});

test("what is left comes in order, and then it is empty", () => {
  const outbox = new Outbox();
  for (const data of ["1", "2", "3"]) outbox.add(complete(data));

  const first = outbox.last();

  expect(first && readEntry(first)).toEqual(["k=1"]);
  expect(outbox.isEmpty).toBe(false);
  expect([...outbox.rest()].map(readEntry)).toEqual([["k=2"], ["k=3"]]);
  expect(outbox.isEmpty).toBe(true);
  expect(outbox.last()).toBeUndefined();
});
