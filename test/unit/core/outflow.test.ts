import { expect, test } from "vitest";
import { Outflow } from "../../../src/core/outflow.js";

/** An outflow of 100 bytes, and how often it told of room. */
function outflow(): { readonly flow: Outflow; told(): number } {
  const flow = new Outflow(100);
  let told = 0;
  flow.onRoom = () => {
    told++;
  };
  return { flow, told: () => told };
}

test.each([
  [99, false],
  [100, true],
  [101, true],
])("with %i of 100 bytes in flight it is full: %s", (bytes, isFull) => {
  const { flow } = outflow();

  flow.begin(bytes);

  expect(flow.isFull).toBe(isFull);
});

test("a body larger than the bound may go while nothing else is in flight", () => {
  const { flow } = outflow();

  expect(flow.isFull).toBe(false);
});

test("room is reported once, when there is some again", () => {
  const { flow, told } = outflow();
  for (const bytes of [60, 60, 60]) flow.begin(bytes);
  const counts: number[] = [];

  for (const bytes of [60, 60, 60]) {
    flow.end(bytes);
    counts.push(told());
  }

  expect(counts).toEqual([0, 1, 1]);
  expect(flow.isFull).toBe(false);
});
