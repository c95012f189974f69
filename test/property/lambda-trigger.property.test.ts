import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../src/testing/faults/seeded-random.js";
import type { LambdaKinesisEvent } from "../../src/testing/lambda-trigger/lambda-event.js";
import type { LambdaTriggerOptions } from "../../src/testing/lambda-trigger/trigger-options.js";
import { dataOf, TriggerUnderTest } from "../support/trigger-under-test.js";

/** One schedule: the options of a mapping, what is put when, and how the function behaves. */
const schedules = fc.record({
  options: fc.record(
    {
      batchSize: fc.integer({ min: 1, max: 6 }),
      parallelizationFactor: fc.integer({ min: 1, max: 3 }),
      maximumBatchingWindowInSeconds: fc.constantFrom(0, 1, 5),
      bisectBatchOnFunctionError: fc.boolean(),
      maximumRetryAttempts: fc.integer({ min: 0, max: 3 }),
      maximumRecordAgeInSeconds: fc.constantFrom(-1, 60),
      functionResponseTypes: fc.constantFrom<["ReportBatchItemFailures"] | []>([], ["ReportBatchItemFailures"]),
    },
    { noNullPrototype: true },
  ),
  hasWindow: fc.boolean(),
  /** Seconds before the put, its keys, and whether a reshard follows. */
  puts: fc.array(
    fc.record({
      afterMs: fc.constantFrom(0, 0, 100, 900, 40_000),
      keys: fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 8 }),
      change: fc.constantFrom("nothing", "nothing", "split", "merge"),
    }),
    { minLength: 1, maxLength: 8 },
  ),
  /** Every n-th record always fails; 0 for none. */
  poison: fc.constantFrom(0, 0, 3, 7),
  /** Share of invocations that fail by chance. */
  failing: fc.constantFrom(0, 0.2, 0.6),
  seed: fc.nat(),
});

type Schedule = typeof schedules extends fc.Arbitrary<infer Value> ? Value : never;

/** The settled records by key, in the order of their settlement. */
class Fates {
  readonly settled = new Map<string, string[]>();

  settle(event: LambdaKinesisEvent, count: number): void {
    for (const data of dataOf(event).slice(0, count)) {
      const [key = ""] = data.split(" ");
      this.settled.set(key, [...(this.settled.get(key) ?? []), data]);
    }
  }
}

/** A function that fails by chance and at poisoned records, in every way that a function can. */
function functionOf({ poison, failing, seed, options, hasWindow }: Schedule, fates: Fates) {
  const random = seededRandom(seed);
  const isPoison = (data: string): boolean => poison > 0 && Number(data.split(" ")[1]) % poison === 1;
  return (event: LambdaKinesisEvent): unknown => {
    const state = hasWindow ? { state: {} } : {};
    const bad = dataOf(event).findIndex(isPoison);
    const isFailing = bad >= 0 || random() < failing;
    if (!isFailing || event.Records.length === 0) {
      fates.settle(event, event.Records.length);
      return { ...state, batchItemFailures: [] };
    }
    const way = Math.floor(random() * 3);
    if (way === 0) throw new Error("by chance");
    if (way === 1) return new Promise(() => {});
    const index = bad >= 0 ? bad : Math.floor(random() * event.Records.length);
    const itemIdentifier = event.Records[index]?.kinesis.sequenceNumber;
    // Without ReportBatchItemFailures this answer is a success.
    fates.settle(event, options.functionResponseTypes.length === 0 ? event.Records.length : index);
    return { ...state, batchItemFailures: [{ itemIdentifier }] };
  };
}

function reshard(under: TriggerUnderTest, how: Schedule["puts"][number]["change"]): void {
  const open = under.kinesis.shards("clicks").filter(({ endingSequenceNumber }) => endingSequenceNumber === undefined);
  const sorted = open.toSorted((a, b) => (BigInt(a.startingHashKey) < BigInt(b.startingHashKey) ? -1 : 1));
  const [first, second] = sorted;
  if (how === "split" && first !== undefined) under.kinesis.splitShard("clicks", first.shardId);
  if (how === "merge" && first !== undefined && second !== undefined) {
    under.kinesis.mergeShards("clicks", first.shardId, second.shardId);
  }
}

async function run(schedule: Schedule): Promise<void> {
  const { options, hasWindow, puts } = schedule;
  const fates = new Fates();
  const mapping: Partial<LambdaTriggerOptions> = {
    ...options,
    ...(hasWindow ? { tumblingWindowInSeconds: 30, parallelizationFactor: 1 } : {}),
    timeoutInSeconds: 1,
    handler: functionOf(schedule, fates),
    onFailure: (_record, event) => fates.settle(event, event.Records.length),
  };
  const under = new TriggerUnderTest({ ...mapping, shards: 2 });
  await under.start();
  const sent = new Map<string, string[]>();
  let count = 0;
  for (const { afterMs, keys, change } of puts) {
    await under.clock.advanceAsync(afterMs);
    const records = keys.map((key): [string, string] => [key, `${key} ${count++}`]);
    for (const [key, data] of records) sent.set(key, [...(sent.get(key) ?? []), data]);
    await under.put(...records);
    reshard(under, change);
  }

  let isIdle = false;
  const idle = under.trigger.idle().then(() => {
    isIdle = true;
  });
  for (let minute = 0; minute < 60 && !isIdle; minute++) await under.clock.advanceAsync(60_000);

  expect(isIdle).toBe(true);
  await idle;
  // Exactly once, in the order of each key, over every reshard.
  expect(fates.settled).toEqual(sent);
  const { recordsRead, recordsHandled, recordsDiscarded } = under.trigger.stats();
  expect([recordsRead, recordsHandled + recordsDiscarded]).toEqual([count, count]);
  await under.clock.advanceAsync(60_000);
  await under.trigger.close();
  expect(under.clock.pendingTimers).toBe(0);
}

test("a trigger settles every record once, handled or discarded, in the order of its key, over every reshard", async () => {
  await fc.assert(fc.asyncProperty(schedules, run), { numRuns: 150 });
});
