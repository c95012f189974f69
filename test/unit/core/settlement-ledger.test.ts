import { expect, test } from "vitest";

import { SettlementLedger } from "../../../src/core/settlement-ledger.js";

test("a flush of nothing is settled at once", () => {
  const ledger = new SettlementLedger();

  const generation = ledger.closeGeneration();

  expect(ledger.outstanding).toBe(0);
  expect(ledger.settledThrough >= generation).toBe(true);
});

test("a flush is settled with the last record that was handed over before it", () => {
  const ledger = new SettlementLedger();
  const generations = [ledger.handOver(), ledger.handOver()];
  const closed = ledger.closeGeneration();

  ledger.settle(generations[0] as number, 1);
  const settledAfterFirst = ledger.settledThrough >= closed;
  ledger.settle(generations[1] as number, 1);

  expect(generations).toEqual([closed, closed]);
  expect(settledAfterFirst).toBe(false);
  expect(ledger.settledThrough >= closed).toBe(true);
});

test("records that are handed over after a flush neither hold it up nor settle it", () => {
  const ledger = new SettlementLedger();
  const before = ledger.handOver();
  const closed = ledger.closeGeneration();
  const after = ledger.handOver();

  ledger.settle(after, 1);
  const settledByLater = ledger.settledThrough >= closed;
  ledger.handOver();
  ledger.settle(before, 1);

  expect(settledByLater).toBe(false);
  expect(ledger.settledThrough >= closed).toBe(true);
  expect(ledger.outstanding).toBe(1);
});

test("a later flush covers what earlier ones cover", () => {
  const ledger = new SettlementLedger();
  const first = ledger.handOver();
  const closedFirst = ledger.closeGeneration();
  const second = ledger.handOver();
  const closedSecond = ledger.closeGeneration();

  ledger.settle(second, 1);
  const secondBeforeFirst = ledger.settledThrough >= closedSecond;
  ledger.settle(first, 1);

  expect(secondBeforeFirst).toBe(false);
  expect(ledger.settledThrough >= closedFirst).toBe(true);
  expect(ledger.settledThrough >= closedSecond).toBe(true);
});

test("records settled before the flush are not waited for", () => {
  const ledger = new SettlementLedger();
  const generation = ledger.handOver();
  ledger.handOver();

  ledger.settle(generation, 2);
  const closed = ledger.closeGeneration();

  expect(ledger.settledThrough >= closed).toBe(true);
});

test("several records of a closed generation can be settled at once", () => {
  const ledger = new SettlementLedger();
  for (let i = 0; i < 5; i++) ledger.handOver();
  const closed = ledger.closeGeneration();

  ledger.settle(closed, 4);
  const early = ledger.settledThrough >= closed;
  ledger.settle(closed, 1);

  expect(early).toBe(false);
  expect(ledger.settledThrough >= closed).toBe(true);
  expect(ledger.outstanding).toBe(0);
});

test("flushes of nothing between others disturb neither", () => {
  const ledger = new SettlementLedger();
  const generation = ledger.handOver();

  const closed = [ledger.closeGeneration(), ledger.closeGeneration(), ledger.closeGeneration()];

  expect(closed.map((each) => ledger.settledThrough >= each)).toEqual([false, false, false]);
  ledger.settle(generation, 1);
  expect(closed.map((each) => ledger.settledThrough >= each)).toEqual([true, true, true]);
});

test.each([
  ["of the current generation", 1, 1, "left -1, generation 1, current 1, outstanding"],
  ["of a generation that a flush has closed", 0, 2, "left -1, generation 0, current 1, outstanding"],
  ["of a generation that is settled already", -1, 1, "left -1, generation -1, current 1, outstanding"],
  ["of a generation that does not exist yet", 2, 1, "left -1, generation 2, current 1, outstanding"],
])("settling more than were handed over %s is a bug, and says so", (_, generation, records, found) => {
  const ledger = new SettlementLedger();
  ledger.handOver();
  ledger.closeGeneration();

  expect(() => ledger.settle(generation, records)).toThrow(
    `no more records of a generation are settled than were handed over, but found ${found}`,
  );
});
