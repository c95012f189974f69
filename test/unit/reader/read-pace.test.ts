import { expect, it } from "vitest";
import { waitBeforeRead } from "../../../src/reader/read-pace.js";

const MIB = 1024 * 1024;
const answer = { startedAt: 1_000, answeredAt: 1_050, bytes: 0, isCaughtUp: false };

it("keeps to five calls a second, counted from the answer", () => {
  expect(waitBeforeRead(answer, 1_000, 0.5)).toBe(200);
});

it("keeps to 2 MiB a second", () => {
  expect(waitBeforeRead({ ...answer, bytes: 10 * MIB }, 1_000, 0.5)).toBe(4_950);
  expect(waitBeforeRead({ ...answer, bytes: 10 * MIB, isCaughtUp: true }, 1_000, 0.5)).toBe(4_950);
});

it("reads an idle shard about as often as pollMs says, never too often", () => {
  const idle = { ...answer, isCaughtUp: true };

  expect([0, 0.5, 1].map((random) => waitBeforeRead(idle, 1_000, random))).toEqual([750, 1_000, 1_250]);
  expect(waitBeforeRead(idle, 200, 0)).toBe(200);
});
