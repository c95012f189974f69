import { expect, it } from "vitest";
import { duplicatesOf, type Hop } from "../../../../examples/game-pipeline/duplicates.js";

function hop(stages: readonly number[], changes: Partial<Hop> = {}): Hop {
  return { id: "a/0", server: "a", stages, serverReason: undefined, filterReason: undefined, ...changes };
}

const LOST = { serverReason: "sent again after ECONNRESET" };
const FILTER = { filterReason: "sent again after WrongShard" };

it("finds nothing where each event has one copy, or none", () => {
  const found = duplicatesOf([hop([1, 1, 1, 1, 1]), hop([1, 1, 1]), hop([1, 0, 0, 0, 0])], 0);

  expect(found).toEqual({ inFiles: 0, dropped: 0, explained: [], unexplained: [] });
});

it.each([
  ["the server", [1, 2, 2, 2, 2], LOST, 0, { by: "a", why: "sent again after ECONNRESET", copies: 1 }],
  [
    "Lambda",
    [1, 1, 3, 3, 3],
    {},
    1,
    { by: "Lambda", why: "an invocation of the filter failed, and its batch came again", copies: 2 },
  ],
  [
    "the filter's producer",
    [1, 1, 1, 2, 2],
    FILTER,
    0,
    { by: "the filter's producer", why: "sent again after WrongShard", copies: 1 },
  ],
] as const)("blames %s for the copies that begin with it", (_, stages, reasons, failedInvocations, explained) => {
  const found = duplicatesOf([hop(stages, reasons)], failedInvocations);

  expect(found).toEqual({ inFiles: stages[4] - 1, dropped: 0, explained: [explained], unexplained: [] });
});

it("shares the copies of one event among the processes that made them", () => {
  const { inFiles, explained, unexplained } = duplicatesOf([hop([1, 2, 3, 4, 4], { ...LOST, ...FILTER })], 1);

  expect([inFiles, explained.map(({ by, copies }) => [by, copies]), unexplained]).toEqual([
    3,
    [
      ["a", 1],
      ["Lambda", 1],
      ["the filter's producer", 1],
    ],
    [],
  ]);
});

it("counts no copy that did not reach the end: a put of the filter failed, and the batch came again", () => {
  expect(duplicatesOf([hop([1, 1, 2, 1, 1])], 1)).toMatchObject({ inFiles: 0, explained: [], unexplained: [] });
});

it.each([
  ["the server had no reason", [1, 2, 2, 2, 2], 1],
  ["no invocation failed", [1, 1, 2, 2, 2], 0],
  ["the filter's producer had no reason", [1, 1, 1, 2, 2], 1],
  ["the delivery stream wrote it twice", [1, 1, 1, 1, 2], 1],
] as const)("does not explain a copy when %s", (_, stages, failedInvocations) => {
  expect(duplicatesOf([hop(stages)], failedInvocations)).toMatchObject({ explained: [], unexplained: ["a/0"] });
});

it("counts copies of dropped events apart", () => {
  expect(duplicatesOf([hop([1, 3, 3], LOST)], 0)).toMatchObject({ inFiles: 0, dropped: 2, unexplained: [] });
});
