import { expect, test } from "vitest";

import { BufferPool } from "../../../../src/wire/encode/buffer-pool.js";

const MIB = 1024 * 1024;

test("a buffer that was given back is the next one of its size", () => {
  const pool = new BufferPool();
  const [small, large] = [pool.take(1_024), pool.take(4_096)];
  pool.give(small);
  pool.give(large);

  expect([pool.take(4_096), pool.take(1_024)]).toEqual([large, small]);
  expect(pool.take(1_024)).not.toBe(small);
});

test("buffers have exactly the size that was asked for", () => {
  const pool = new BufferPool();
  pool.give(pool.take(4_096));

  expect([1, 1_024, 4_095, 4_096, 51_200].map((bytes) => pool.take(bytes).length)).toEqual([
    1, 1_024, 4_095, 4_096, 51_200,
  ]);
});

/** How many of `count` buffers of a size are kept. */
function kept(bytes: number, count: number): number {
  const pool = new BufferPool();
  const buffers = Array.from({ length: count }, () => pool.take(bytes));
  for (const buffer of buffers) pool.give(buffer);
  const again = Array.from({ length: count }, () => pool.take(bytes));
  return again.filter((buffer) => buffers.includes(buffer)).length;
}

test("at most 4 MiB are kept; 48 buffers of a larger size, but no more than 16 MiB", () => {
  expect(kept(51_200, 100)).toBe(81);
  expect(kept(229_376, 100)).toBe(48);
  expect(kept(MIB, 20)).toBe(16);
});

test("a full pool gives up sizes that are out of use, and keeps the others", () => {
  const pool = new BufferPool();
  const taken = (bytes: number, count: number): Buffer[] => Array.from({ length: count }, () => pool.take(bytes));
  const former = taken(51_000, 82);
  const [small, large] = [taken(1_024, 10), taken(51_200, 10)];
  for (const buffer of [...former, ...small, ...large]) pool.give(buffer);
  expect(large.includes(pool.take(51_200))).toBe(false);

  for (let i = 0; i < 300; i++) pool.give(pool.take(1_024));
  const [later] = taken(51_200, 1) as [Buffer];
  pool.give(later);

  expect(pool.take(51_200)).toBe(later);
  expect(small.includes(pool.take(1_024))).toBe(true);
  expect(former.includes(pool.take(51_000))).toBe(false);
});

test("what was taken makes room for what is given", () => {
  const pool = new BufferPool();
  for (let i = 0; i < 100; i++) {
    const buffer = pool.take(3 * MIB);
    pool.give(buffer);
    expect(pool.take(3 * MIB)).toBe(buffer);
    pool.give(buffer);
  }
});

test("large buffers leave room for small ones", () => {
  const pool = new BufferPool();
  const [small, large] = [
    Array.from({ length: 10 }, () => pool.take(1_024)),
    Array.from({ length: 30 }, () => pool.take(262_144)),
  ];
  for (const buffer of [...large, ...small]) pool.give(buffer);

  expect(small.includes(pool.take(1_024))).toBe(true);
});
