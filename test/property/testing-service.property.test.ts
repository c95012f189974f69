import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BucketMeter, type RateMeter, WindowMeter } from "../../src/testing/limits/rate-meter.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { SimulatedKinesis } from "../../src/testing/simulated-kinesis.js";

const PER_SECOND = 1000;

const demands = fc.array(
  fc.record({ waitMs: fc.integer({ min: 0, max: 700 }), amount: fc.integer({ min: 1, max: 3 * PER_SECOND }) }),
  { maxLength: 60 },
);

/** The admitted records, with their times. */
function taken(
  meter: RateMeter,
  asked: readonly { waitMs: number; amount: number }[],
): { at: number; amount: number }[] {
  let at = 0;
  const through: { at: number; amount: number }[] = [];
  for (const { waitMs, amount } of asked) {
    at += waitMs;
    if (!meter.has(amount, at)) continue;
    meter.take(amount, at);
    through.push({ at, amount });
  }
  return through;
}

describe("the meters of the limits", () => {
  it("let no more through in any window than the capacity, the refill and the debt of one record", () => {
    fc.assert(
      fc.property(demands, fc.integer({ min: PER_SECOND, max: 4 * PER_SECOND }), (asked, capacity) => {
        const through = taken(new BucketMeter(PER_SECOND, capacity), asked);
        through.forEach((first, index) => {
          let sum = 0;
          for (const { at, amount } of through.slice(index)) {
            const debt = Math.max(0, amount - capacity);
            expect(sum + amount - debt).toBeLessThanOrEqual(capacity + ((at - first.at) / 1000) * PER_SECOND + 1e-6);
            sum += amount;
          }
        });
      }),
    );
  });

  it("let a record through once a second at least, however large those before it were within the rate", () => {
    fc.assert(
      fc.property(demands, (asked) => {
        const meter = new WindowMeter(PER_SECOND);
        const through = taken(meter, asked);
        const windows = 1 + Math.floor(asked.reduce((sum, { waitMs }) => sum + waitMs, 0) / 1000);
        const sum = through.reduce((total, { amount }) => total + amount, 0);
        const largest = through.reduce((most, { amount }) => Math.max(most, amount), 0);
        expect(sum).toBeLessThanOrEqual(windows * PER_SECOND + largest);
      }),
    );
  });
});

const FAULTS = [
  "fail-entry p=0.2",
  "fail-entry stored p=0.2",
  "throttle-entry p=0.2",
  "throttle p=0.1",
  "reset at=after-storing p=0.1",
  "reset at=mid-body p=0.1",
  "truncate p=0.1",
  "error code=InternalFailure stored p=0.1",
  "PutRecords unknown-child p=0.1",
  "latency ms=0..9000 p=0.2",
  "hang stored p=0.05",
] as const;

describe("SimulatedKinesis", () => {
  it("stores every entry that it accepts, once a call, and none that it says it did not", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.subarray([...FAULTS]),
        fc.integer({ min: 0, max: 2 ** 31 }),
        fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }), { maxLength: 12 }),
        async (faults, seed, calls) => {
          const clock = new ManualClock();
          const kinesis = new SimulatedKinesis({
            clock,
            seed,
            faults,
            limits: true,
            streams: { clicks: { shards: 2 } },
          });
          let number = 0;
          for (const keys of calls) {
            const ids = keys.map(() => String(number++));
            const answering = kinesis.putRecords({
              stream: { streamName: "clicks" },
              entries: keys.map((key, index) => ({ partitionKey: `k${key}`, data: Buffer.from(ids[index] as string) })),
            });
            await clock.advanceAsync(6_000);
            const answer = await answering;
            const report = kinesis.oracle.report("clicks", ({ data }) => Buffer.from(data).toString());
            ids.forEach((id, index) => {
              const copies = report.fates.get(id)?.copies ?? [];
              if (answer.kind === "failed") expect(copies.length).toBeLessThanOrEqual(answer.mayBeStored ? 1 : 0);
              else {
                const entry = answer.entries[index];
                if (entry !== undefined && "sequenceNumber" in entry) expect(copies).toMatchObject([entry]);
                else if (entry?.errorCode !== "InternalFailure") expect(copies).toEqual([]);
              }
            });
          }
          expect(kinesis.oracle.inFlight).toBe(0);
        },
      ),
    );
  });
});
