import { expect, test } from "vitest";

import { FailedRecords } from "../../../../src/core/condition/failed-records.js";
import { EPOCH, moment, Told } from "./entries.js";

function watched() {
  const told = new Told();
  const failed = new FailedRecords(told.tell);
  const fail = (code: string, times = 1, message = `${code} happened`): void => {
    for (let i = 0; i < times; i++) failed.onFailed(code, message);
  };
  return { told, failed, fail };
}

test("the first failure has a line at once, with the most frequent cause", () => {
  const { told, failed, fail } = watched();
  fail("A");
  fail("B", 2);

  expect(failed.hasNews).toBe(true);
  failed.onTime(moment(0));

  expect(told.messages).toEqual(["3 records failed for good in the last minute, most often B (2): B happened"]);
  expect(told.entries[0]).toMatchObject({
    level: "error",
    fields: { event: "records-failed", code: "B", recordsFailed: 3, recordsWithCode: 2 },
  });
  expect([failed.hasNews, failed.nextAt]).toEqual([false, Number.POSITIVE_INFINITY]);
});

test("later ones have one a minute, and there is none for a minute without any", () => {
  const { told, failed, fail } = watched();

  for (let now = 0; now < 150_000; now += 1_000) {
    fail("A");
    failed.onTime(moment(now));
  }
  for (let now = 150_000; now < 600_000; now += 1_000) failed.onTime(moment(now));

  expect(told.entries.map(({ at, fields }) => [at, fields.recordsFailed])).toEqual([
    [0, 1],
    [60_000, 60],
    [120_000, 60],
    [180_000, 29],
  ]);
});

test("a line that comes late, because nothing happened in the stream, names its span", () => {
  const { told, failed, fail } = watched();
  fail("A");
  failed.onTime(moment(0));
  fail("A");
  failed.onTime(moment(1_000));

  expect(failed.nextAt).toBe(60_000);
  failed.onTime(moment(186_000));

  expect(told.messages[1]).toBe("1 record failed for good in the last 3 min 5 s, most often A (1): A happened");
});

test("at the end failures without a line get one", () => {
  const { told, failed, fail } = watched();
  fail("A");
  failed.onTime(moment(0));
  fail("A", 4);

  failed.close(moment(10_000));
  failed.close(moment(10_000));

  expect(told.entries.map(({ fields }) => fields.recordsFailed)).toEqual([1, 4]);
});

test("a message has one line, and not its code twice", () => {
  const { told, failed, fail } = watched();
  fail("Denied", 1, "Denied: not\nauthorized");

  failed.onTime(moment(0));

  expect(told.messages[0]).toContain("most often Denied (1): not authorized");
});

test("codes without number do not take memory without bound", () => {
  const { told, failed, fail } = watched();
  for (let i = 0; i < 1_000; i++) fail(`code-${i}`);

  failed.onTime(moment(0));

  expect(told.messages[0]).toMatch(/^1000 records failed .*, most often other codes \(950\)/);
});

test("the stream is degraded for a minute after each failure", () => {
  const { failed, fail } = watched();
  for (const at of [0, 50_000]) {
    fail("A");
    failed.onTime(moment(at));
  }

  expect(failed.cause(109_999)).toEqual({
    status: "degraded",
    since: EPOCH,
    reason: "records failed for good in the last minute",
  });
  expect(failed.cause(110_000)).toBeUndefined();
  expect(failed.endedAt).toBe(EPOCH + 110_000);
  fail("A");
  failed.onTime(moment(200_000));
  expect(failed.cause(200_000)?.since).toBe(EPOCH + 200_000);
});
