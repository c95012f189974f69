import { hashKey, KeyHasher } from "../../../../src/wire/md5/key-hasher.js";
import type { BenchCase } from "../../bench-case.js";
import { keysOf } from "../../fixed-inputs.js";

const LOOKUPS = 20_000;

/** Keys in random order, each a separate string: the keys of a service come from its parser each time. */
function lookupsOf(distinct: number, length: number): string[] {
  const keys = keysOf(distinct, length);
  return Array.from({ length: LOOKUPS }, (_, i) =>
    Buffer.from(keys[(i * 7_919) % distinct] as string).toString("latin1"),
  );
}

function hashing(
  name: string,
  distinct: number,
  length: number,
  make: () => (key: string) => { d: number },
): BenchCase {
  return {
    name: `key-hasher, ${distinct} keys of ${length} characters: ${name}`,
    records: LOOKUPS,
    setUp: () => {
      const keys = lookupsOf(distinct, length);
      const hash = make();
      return () => {
        let sum = 0;
        for (const key of keys) sum += hash(key).d;
        return sum;
      };
    },
  };
}

const remembering = (): ((key: string) => { d: number }) => {
  const hasher = new KeyHasher();
  return (key) => hasher.of(key);
};

export const cases: readonly BenchCase[] = [1, 1_000, 6_000, 20_000].flatMap((distinct) =>
  [8, 36].flatMap((length) => [
    hashing("KeyHasher", distinct, length, remembering),
    hashing("hashed each time", distinct, length, () => hashKey),
  ]),
);
