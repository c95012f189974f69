import { expect, it } from "vitest";
import { describeProgress } from "../../../../src/cli/put/progress.js";
import { describeSummary, putSummary, type RunFacts, shortfall } from "../../../../src/cli/put/put-summary.js";
import { Tally } from "../../../../src/cli/put/tally.js";
import { RecordFailedError } from "../../../../src/index.js";

const USAGE = { bytes: 5_000, kinesisRecords: 3, requests: 1, throttled: 0, retries: 0, oldestAgeMs: 0 };
const FACTS: RunFacts = { usage: USAGE, elapsedMs: 2_000, interrupted: undefined };

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

  expect(describeSummary(summary)).toBe(
    [
      "1,500 records of 1,500 delivered in 2 s: 5,000 bytes, 750 records/s",
      "3 Kinesis records of 500 records each, in 1 request of 3 Kinesis records each",
    ].join("\n"),
  );
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
  tally.linesRead = 5;
  const usage = { ...USAGE, kinesisRecords: 2, requests: 4, throttled: 1, retries: 3 };
  const interrupted = putSummary(tally, { ...FACTS, interrupted: "after line 5" });
  const summary = putSummary(tally, {
    ...FACTS,
    usage,
    interrupted: "after line 5",
    deadLetters: { kept: 2, lost: 1 },
    replay: { left: 3, unreadable: 1, leftOut: ["d/one.open"] },
  });

  expect(describeSummary(interrupted).split("\n").slice(0, 2)).toEqual([
    "interrupted after line 5",
    "to go on behind it: --skip 5",
  ]);
  expect(describeSummary(summary).split("\n")).toEqual([
    "interrupted after line 5",
    "1 record of 4 delivered in 2 s: 5,000 bytes, 1 records/s",
    "2 Kinesis records of 0.5 records each, in 4 requests of 0.5 Kinesis records each",
    "1 Kinesis record throttled, 3 Kinesis records sent again",
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

it("progress tells troubles and delays only when there are any", () => {
  const calm = { throttled: 0, oldestAgeMs: 120 };

  expect(describeProgress({ sent: 2_000, delivered: 1_500, failed: 0, unusable: 0 }, 999.6, calm)).toBe(
    "1,500 of 2,000 delivered, 1,000 records/s",
  );
  expect(
    describeProgress({ sent: 3, delivered: 0, failed: 2, unusable: 1 }, 0, { throttled: 12, oldestAgeMs: 4_210 }),
  ).toBe(
    "0 of 3 delivered, 2 failed, 1 line not used, 0 records/s, 12 Kinesis records throttled, the oldest record waits for 4.2 s",
  );
});
