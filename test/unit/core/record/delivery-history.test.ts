import { expect, test } from "vitest";
import type { DeliveryHistory } from "../../../../src/core/record/delivery-history.js";
import { asMisplaced, withAttempt } from "../../../../src/core/record/delivery-history.js";
import { pendingOf } from "../placed-records.js";

const REFUSED = { errorCode: "InternalFailure", errorMessage: "sorry" };

/** A record accepted at 100, and its history after attempts that began at 150 and 400. */
function twoAttempts(): DeliveryHistory {
  const record = pendingOf({ acceptedAt: 100 });
  const first = { startedAt: 150, startedAtEpoch: 1_150, endedAt: 180, tries: 1 };
  record.history = withAttempt(record, first, REFUSED, { counted: 1, mayBeStored: true });
  const second = { startedAt: 400, startedAtEpoch: 1_400, endedAt: 410, tries: 1 };
  return withAttempt(record, second, { shardId: "s", sequenceNumber: "7" }, { counted: 0, mayBeStored: false });
}

test("an attempt's delay counts from the acceptance, or from the end of the attempt before", () => {
  expect(twoAttempts()).toEqual({
    attempts: [
      { startedAt: 1_150, delayMs: 50, durationMs: 30, ...REFUSED },
      { startedAt: 1_400, delayMs: 220, durationMs: 10, shardId: "s", sequenceNumber: "7" },
    ],
    firstStartedAt: 150,
    lastEndedAt: 410,
    made: 2,
    counted: 1,
    mayBeStored: true,
  });
});

test.each([
  ["was accepted", { shardId: "s", sequenceNumber: "7" }],
  ["was refused", { errorCode: "ValidationException", errorMessage: "bad" }],
])("an attempt that %s, of several tries, shows them, and an earlier one may be stored", (_, outcome) => {
  const facts = { startedAt: 150, startedAtEpoch: 1_150, endedAt: 180, tries: 2 };

  const history = withAttempt(pendingOf({ acceptedAt: 100 }), facts, outcome, { counted: 0, mayBeStored: false });

  expect(history.attempts).toEqual([{ startedAt: 1_150, delayMs: 50, durationMs: 30, tries: 2, ...outcome }]);
  expect(history.mayBeStored).toBe(true);
});

test("a misplaced aggregate keeps its shard in the attempt, and a copy of it may be stored", () => {
  const { attempts, mayBeStored } = asMisplaced({ ...twoAttempts(), mayBeStored: false }, "why");

  expect(attempts[1]).toMatchObject({
    shardId: "s",
    sequenceNumber: "7",
    errorCode: "WrongShard",
    errorMessage: "why",
  });
  expect(attempts[0]).not.toMatchObject({ errorCode: "WrongShard" });
  expect(mayBeStored).toBe(true);
});

test("of a long history the beginning and the end are kept, and every attempt is counted", () => {
  const record = pendingOf({ acceptedAt: 0 });
  for (let i = 0; i < 1_000; i++) {
    const times = { startedAt: i * 10, startedAtEpoch: i * 10, endedAt: i * 10 + 1, tries: 1 };
    record.history = withAttempt(record, times, REFUSED, { counted: 1, mayBeStored: false });
  }

  const { attempts, counted } = record.history;
  expect(counted).toBe(1_000);
  expect(attempts.map(({ startedAt }) => startedAt / 10)).toEqual([
    ...Array.from({ length: 25 }, (_, i) => i),
    ...Array.from({ length: 25 }, (_, i) => 975 + i),
  ]);
});
