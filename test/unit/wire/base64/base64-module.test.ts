import { expect, it } from "vitest";

import { BYTES_AT, base64Module, PIECE_BYTES, TEXT_AT, TURN_BYTES } from "../../../../src/wire/base64/base64-module.js";

const PAGE_BYTES = 65_536;
/** Bytes that the last load of a piece reads. */
const LOAD_BYTES = 16;

it("lays out bytes and text in one page, neither over the other", () => {
  expect(PIECE_BYTES % 3).toBe(0);
  expect(PIECE_BYTES % TURN_BYTES).toBe(0);
  expect(BYTES_AT + PIECE_BYTES + LOAD_BYTES).toBeLessThanOrEqual(TEXT_AT);
  expect(TEXT_AT + (PIECE_BYTES / 3) * 4).toBeLessThanOrEqual(PAGE_BYTES);
});

it("is the same small module every time", () => {
  expect(base64Module()).toEqual(base64Module());
  expect(base64Module().length).toBeLessThan(1_000);
});
