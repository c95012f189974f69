import type { ProducerOptions } from "../../src/options.js";
import { countTurns } from "./count-turns.js";
import { type VirtualProducer, virtualProducer } from "./virtual-producer.js";

export const MANY = 100_000;

export interface CountingProducer extends VirtualProducer {
  /** Outcomes, turn by turn. */
  readonly told: readonly number[];
  readonly count: { readonly all: number };
  /** Counts outcomes that the caller already knows, without a callback. */
  add(outcomes: number): void;
  /** Hands over {@link MANY} records. */
  fill(): void;
}

/** A producer whose outcomes are counted by turn of the event loop, from the first one on. */
export function counting(options: Partial<ProducerOptions> = {}, expected: number = MANY): CountingProducer {
  const told: number[] = [];
  const count = { now: 0, all: 0 };
  const add = (outcomes: number): void => {
    count.now += outcomes;
    count.all += outcomes;
    if (count.all > outcomes) return;
    countTurns(
      made.clock,
      () => count.all >= expected && count.now === 0,
      () => {
        if (count.now > 0) told.push(count.now);
        count.now = 0;
      },
    );
  };
  const made: VirtualProducer = virtualProducer({
    maxBufferedRecords: MANY,
    lingerMs: 1_000,
    recordTtlMs: 10_000,
    shardMapTimeoutMs: 60_000,
    onDelivery: (batch) => {
      for (const _ of batch) add(1);
    },
    ...options,
  });
  const fill = (): void => {
    for (let i = 0; i < MANY; i++) made.producer.enqueue({ partitionKey: `k${i % 100}`, data: "x" });
  };
  return { ...made, told, count, add, fill };
}
