import { RecordChecker } from "../../../src/core/record/record-check.js";
import { RecordIds } from "../../../src/core/record/record-ids.js";
import { IdWindow } from "../../../src/deaggregate/id-window.js";
import { deaggregate } from "../../../src/deaggregate/index.js";
import { AggregateEncoder } from "../../../src/wire/encode/aggregate-encoder.js";
import type { BenchCase } from "../bench-case.js";
import { recordsOf } from "../fixed-inputs.js";

const RECORDS = 350;
const INPUTS = recordsOf(RECORDS, 100, 8);

/** Checks and packs all records. Each gets an id if there is a source of ids. */
function pack(ids: RecordIds | undefined): Buffer {
  const checker = new RecordChecker(ids);
  const encoder = new AggregateEncoder(51_200);
  for (const { partitionKey, data } of INPUTS) {
    if (checker.check({ partitionKey, data }) !== undefined) throw new Error("good");
    encoder.tryAdd(checker.checked);
  }
  return encoder.finish();
}

/** Unpacks all records, and reads their ids. */
function unpack(data: Buffer): number {
  let sum = 0;
  for (const record of deaggregate({ data })) sum += record.data.length + (record.recordId?.length ?? 0);
  return sum;
}

export const cases: readonly BenchCase[] = [
  { name: "record ids, 100 B: check and encode, without", records: RECORDS, setUp: () => () => pack(undefined).length },
  {
    name: "record ids, 100 B: check and encode, with",
    records: RECORDS,
    setUp: () => {
      const ids = new RecordIds(() => 0.5);
      return () => pack(ids).length;
    },
  },
  {
    name: "record ids, 100 B: deaggregate, without",
    records: RECORDS,
    setUp: () => {
      const data = pack(undefined);
      return () => unpack(data);
    },
  },
  {
    name: "record ids, 100 B: deaggregate, with",
    records: RECORDS,
    setUp: () => {
      const data = pack(new RecordIds(() => 0.5));
      return () => unpack(data);
    },
  },
  {
    name: "record ids: a full window of 100,000 takes one, and lets one go",
    records: RECORDS,
    setUp: () => {
      const window = new IdWindow(100_000);
      let next = 0;
      const add = (): void => window.add(`gAAAAAgAAAAA${next++}`);
      for (let i = 0; i < 100_000; i++) add();
      return () => {
        for (let i = 0; i < RECORDS; i++) add();
        return window.has("gAAAAAgAAAAA0") ? 1 : 0;
      };
    },
  },
];
