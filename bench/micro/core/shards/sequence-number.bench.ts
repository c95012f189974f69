import { CreationSpan, readSequenceNumber } from "../../../../src/core/shards/sequence-number.js";
import { ShardNumbering } from "../../../../src/testing/kinesis-model/sequence-number.js";
import type { BenchCase } from "../../bench-case.js";

const NUMBERS = 4_000;
const SECOND = 1_790_000_000;

function numbers(): string[] {
  const numbering = new ShardNumbering(SECOND, 3);
  return Array.from({ length: NUMBERS }, (_, i) => numbering.at(i, (SECOND + 100) * 1_000));
}

export const cases: readonly BenchCase[] = [
  {
    name: "whether a number is of the known creation",
    records: NUMBERS,
    setUp: () => {
      const all = numbers();
      const span = new CreationSpan(SECOND);
      return () => {
        let covered = 0;
        for (const number of all) if (span.covers(number)) covered++;
        return covered;
      };
    },
  },
  {
    name: "the same by parsing it",
    records: NUMBERS,
    setUp: () => {
      const all = numbers();
      return () => {
        let covered = 0;
        for (const number of all) if (readSequenceNumber(number)?.createdSecond === SECOND) covered++;
        return covered;
      };
    },
  },
];
