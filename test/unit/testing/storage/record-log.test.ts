import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ShardNumbering } from "../../../../src/testing/kinesis-model/sequence-number.js";
import type { StoredRecord } from "../../../../src/testing/kinesis-model/shard.js";
import { RecordLog } from "../../../../src/testing/storage/record-log.js";
import { temporaryFolder } from "./kept-service.js";

const SEGMENT_BYTES = 300;

function recordAt(arrivedAt: number): StoredRecord {
  const sequenceNumber = new ShardNumbering(1, 0).at(arrivedAt, arrivedAt);
  return {
    shardId: "shardId-000000000000",
    sequenceNumber,
    partitionKey: "k",
    data: new Uint8Array([1, 2]),
    arrivedAt,
  };
}

/** Writes records that arrived at 1, 2, 3 …, each in its own commit. */
function write(folder: string, count: number): void {
  const log = new RecordLog(folder, SEGMENT_BYTES);
  for (let at = 1; at <= count; at++) {
    log.add(recordAt(at));
    log.commit();
  }
  log.close();
}

it("goes on in a new file when one is full, and reads them in order", () => {
  const folder = temporaryFolder();
  write(folder, 20);

  const log = new RecordLog(folder, SEGMENT_BYTES);
  const read = [...log.read()];
  log.add(recordAt(21));
  log.commit();
  log.close();

  expect(readdirSync(folder).length).toBeGreaterThan(3);
  expect(read).toEqual(Array.from({ length: 20 }, (_, i) => recordAt(i + 1)));
  expect([...new RecordLog(folder).read()].at(-1)).toEqual(recordAt(21));
});

it("removes the files whose records have all expired, and no other", () => {
  const folder = temporaryFolder();
  write(folder, 20);
  const log = new RecordLog(folder, SEGMENT_BYTES);
  expect([...log.read()].length).toBe(20);
  const firstOf = (file: string): number =>
    JSON.parse(readFileSync(join(folder, file), "utf8").split("\n")[0] ?? "").arrivedAt;
  const [, second = "", third = ""] = readdirSync(folder);

  expect(log.hasExpired(firstOf(second) - 1)).toBe(false);
  expect(log.hasExpired(firstOf(second))).toBe(true);
  log.dropExpired(firstOf(third));

  expect(readdirSync(folder)[0]).toBe(third);
  log.dropExpired(100);
  expect(readdirSync(folder)).toEqual([]);
  log.add(recordAt(101));
  log.commit();
  log.close();
  expect([...new RecordLog(folder).read()]).toEqual([recordAt(101)]);
});

it("cuts a torn line off whole, so that the log can go on in the next file", () => {
  const folder = temporaryFolder();
  write(folder, 1);
  const [first = ""] = readdirSync(folder);
  appendFileSync(join(folder, first), "x".repeat(10 * SEGMENT_BYTES));
  const log = new RecordLog(folder, SEGMENT_BYTES);
  expect([...log.read()]).toEqual([recordAt(1)]);

  for (let at = 2; at <= 6; at++) {
    log.add(recordAt(at));
    log.commit();
  }
  log.close();

  expect(readdirSync(folder).length).toBeGreaterThan(1);
  expect([...new RecordLog(folder).read()]).toEqual([1, 2, 3, 4, 5, 6].map(recordAt));
});

it("cuts the end of the last file alone: one before it that ends within a record is damaged", () => {
  const folder = temporaryFolder();
  write(folder, 20);
  const [first = ""] = readdirSync(folder);
  truncateSync(join(folder, first), SEGMENT_BYTES / 2);

  expect(() => [...new RecordLog(folder).read()]).toThrow(
    `${join(folder, first)} cannot be read: it ends within a record`,
  );
});

it("has a folder with an empty file, or none", () => {
  const folder = temporaryFolder();
  expect([...new RecordLog(join(folder, "none")).read()]).toEqual([]);
  writeFileSync(join(folder, "00000001.ndjson"), "");
  const log = new RecordLog(folder);
  expect([...log.read()]).toEqual([]);

  log.add(recordAt(1));
  log.commit();
  log.close();

  expect(readdirSync(folder)).toEqual(["00000001.ndjson"]);
  expect([...new RecordLog(folder).read()]).toEqual([recordAt(1)]);
});
