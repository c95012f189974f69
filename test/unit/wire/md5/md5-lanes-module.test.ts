import { expect, it } from "vitest";

import {
  BLOCKS_AT,
  LANE_BYTES,
  LANES,
  MAX_BLOCKS,
  md5LanesModule,
  STATE_AT,
  writeConstants,
} from "../../../../src/wire/md5/md5-lanes-module.js";

const PAGE_BYTES = 65_536;

it("lays out constants, state and blocks in one page, none over another", () => {
  expect(STATE_AT).toBe(64 * 16);
  expect(STATE_AT + LANES * 16).toBeLessThanOrEqual(BLOCKS_AT);
  expect(LANE_BYTES).toBe(MAX_BLOCKS * 64);
  expect(BLOCKS_AT + LANES * LANE_BYTES).toBeLessThanOrEqual(PAGE_BYTES);
});

it("writes the constants of RFC 1321, each four times, and nothing else", () => {
  const memory = new ArrayBuffer(PAGE_BYTES);

  writeConstants(memory);

  const words = new Uint32Array(memory);
  expect([...words.subarray(0, 5)]).toEqual([0xd76aa478, 0xd76aa478, 0xd76aa478, 0xd76aa478, 0xe8c7b756]);
  expect([...words.subarray(252, 256)]).toEqual([0xeb86d391, 0xeb86d391, 0xeb86d391, 0xeb86d391]);
  expect(words.subarray(256).every((word) => word === 0)).toBe(true);
});

it("is the same small module every time", () => {
  const module = md5LanesModule();

  expect(module).toEqual(md5LanesModule());
  expect(module.length).toBeLessThan(12_000);
});
