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

test("at most 4 MiB are kept", () => {
  const pool = new BufferPool();
  const buffers = Array.from({ length: 5 }, () => pool.take(MIB));
  for (const buffer of buffers) pool.give(buffer);

  const again = Array.from({ length: 5 }, () => pool.take(MIB));

  expect(again.filter((buffer) => buffers.includes(buffer))).toHaveLength(4);
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
