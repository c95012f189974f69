import { writeDigest, writeDigests } from "../../../../src/wire/md5/body-digest.js";
import type { BenchCase } from "../../bench-case.js";

const AGGREGATE_BYTES = 51_200;
const RECORD_BYTES = 100;

function digests(count: number, name: string, write: (aggregates: readonly Buffer[]) => void): BenchCase {
  return {
    name: `body-digest, ${count} aggregates, per 100 B: ${name}`,
    records: (count * AGGREGATE_BYTES) / RECORD_BYTES,
    setUp: () => {
      const aggregates = Array.from({ length: count }, (_, i) =>
        Buffer.alloc(AGGREGATE_BYTES - ((i * 37) & 127), i + 1),
      );
      return () => {
        write(aggregates);
        return aggregates.reduce((sum, aggregate) => sum + (aggregate.at(-1) as number), 0);
      };
    },
  };
}

function oneByOne(aggregates: readonly Buffer[]): void {
  for (const aggregate of aggregates) writeDigest(aggregate, 4, aggregate.length - 16);
}

export const cases: readonly BenchCase[] = [1, 2, 3, 4, 8, 20].flatMap((count) => [
  digests(count, "writeDigests", writeDigests),
  digests(count, "one by one", oneByOne),
]);
