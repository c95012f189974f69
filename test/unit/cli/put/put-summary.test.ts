import { expect, it } from "vitest";
import { describeProgress } from "../../../../src/cli/put/progress.js";
import { describeSummary, putSummary, type RunFacts, shortfall } from "../../../../src/cli/put/put-summary.js";
import { Tally } from "../../../../src/cli/put/tally.js";
import { RecordFailedError } from "../../../../src/index.js";

const FACTS: RunFacts = { bytes: 5_000, elapsedMs: 2_000, interrupted: undefined };

function failure(serviceCode?: string): RecordFailedError {
  return new RecordFailedError({
    code: serviceCode === undefined ? "KP_RECORD_EXPIRED" : "KP_RECORD_FAILED",
    message: "no",
    record: { data: "" },
    ...(serviceCode === undefined ? {} : { serviceCode }),
  });
}

it("everything delivered is short to tell, and no shortfall", () => {
  const tally = new Tally(() => {});
  tally.sent = 1_500;
  for (let i = 0; i < 1_500; i++) tally.onDelivered(false);
  const summary = putSummary(tally, FACTS);

  expect(describeSummary(summary)).toBe("1,500 records of 1,500 delivered in 2 s: 5,000 bytes, 750 records/s");
  expect(shortfall(summary)).toBeUndefined();
});

it("every other fact has its own line", () => {
  const tally = new Tally(() => {});
  tally.sent = 4;
  tally.onDelivered(true);
  tally.onFailed("line 2", failure("InternalFailure"));
  tally.onFailed("line 3", failure());
  tally.onFailed("line 4", failure("InternalFailure"));
  tally.onUnusable("line 5", "is not JSON");
  const summary = putSummary(tally, {
    ...FACTS,
    interrupted: "after line 5",
    deadLetters: { kept: 2, lost: 1 },
    replay: { left: 3, unreadable: 1, leftOut: ["d/one.open"] },
  });

  expect(describeSummary(summary).split("\n")).toEqual([
    "interrupted after line 5",
    "1 record of 4 delivered in 2 s: 5,000 bytes, 1 records/s",
    "1 record may be duplicated",
    "3 records failed: InternalFailure 2, KP_RECORD_EXPIRED 1",
    "1 line could not be used",
    "2 dead letters kept, 1 could not be kept",
    "3 records left in the directory",
    "1 unreadable line left in the directory",
    "d/one.open is still being written, and was skipped",
  ]);
  expect(shortfall(summary)).toBe(
    "3 records of 4 not delivered, 1 line not used, 1 line not readable, interrupted before the end",
  );
});

it("a segment that is still written is no shortfall", () => {
  const replay = { left: 0, unreadable: 0, leftOut: ["d/one.open"] };

  expect(shortfall(putSummary(new Tally(() => {}), { ...FACTS, replay }))).toBeUndefined();
});

it("ten complaints of each kind are printed", () => {
  const told: string[] = [];
  const tally = new Tally((text) => told.push(text));
  for (let i = 1; i <= 30; i++) {
    tally.onUnusable(`line ${i}`, "is not JSON");
    tally.onFailed(`line ${i}`, failure());
  }

  expect(told.filter((text) => text.endsWith("is not JSON"))).toHaveLength(10);
  expect(told.filter((text) => text.endsWith("was not delivered: KP_RECORD_EXPIRED: no"))).toHaveLength(10);
  expect(told.filter((text) => text.startsWith("…"))).toHaveLength(2);
  expect(tally).toMatchObject({ unusable: 30, failed: 30 });
});

it("progress tells troubles only when there are any", () => {
  expect(describeProgress({ sent: 2_000, delivered: 1_500, failed: 0, unusable: 0 }, 999.6)).toBe(
    "1,500 of 2,000 delivered, 1,000 records/s",
  );
  expect(describeProgress({ sent: 3, delivered: 0, failed: 2, unusable: 1 }, 0)).toBe(
    "0 of 3 delivered, 2 failed, 1 line not used, 0 records/s",
  );
});
