import { describe, expect, it } from "vitest";
import { aggregate } from "../../../../src/aggregate/index.js";
import { assumedCodec, virtualCodec } from "../../../../src/cli/cost/codecs.js";
import { type Rehearsal, rehearse } from "../../../../src/cli/cost/rehearsal.js";
import { uniformSample } from "../../../../src/cli/cost/sample.js";
import type { UserRecord } from "../../../../src/index.js";
import { evenShards } from "../../../../src/testing/index.js";

/** JSON that compresses as events do. */
function events(count: number): UserRecord[] {
  return Array.from({ length: count }, (_, id) => ({
    partitionKey: `user-${id % 50}`,
    data: JSON.stringify({
      id,
      user: `user-${id % 50}`,
      action: id % 3 === 0 ? "view" : "click",
      at: 1_700_000_000 + id,
    }),
  }));
}

function plan(records: readonly UserRecord[], changes: Partial<Rehearsal> = {}): Rehearsal {
  return { records, placeOf: (index) => `record ${index}`, perSecond: 20_000, shards: 1, lingerMs: 100, ...changes };
}

describe("at a high rate", () => {
  it("aggregates are as full as the packer makes them", async () => {
    const { records } = uniformSample(300);
    const [full] = aggregate(records.slice(0, 1_000), { shards: evenShards(1) });

    const { userRecords, traffic } = await rehearse(plan(records.slice(0, 10_000)));

    expect(traffic.dataBytes / traffic.kinesisRecords).toBeCloseTo(full?.data.length ?? 0, -3);
    // Three quarters of the records: those after the warm-up, within one aggregate.
    expect(Math.abs(userRecords - 7_500)).toBeLessThan(200);
    expect(traffic.putUnits).toBe(2 * traffic.kinesisRecords);
  });

  it("compressed records are as many times smaller as the codec makes them", async () => {
    const { records } = uniformSample(300);
    const plain = await rehearse(plan(records.slice(0, 50_000)));
    const compressed = await rehearse(plan(records.slice(0, 50_000), { compression: assumedCodec(4) }));

    const perRecord = [plain, compressed].map(({ userRecords, traffic }) => traffic.dataBytes / userRecords);
    expect((perRecord[0] as number) / (perRecord[1] as number)).toBeCloseTo(4, 1);
  });

  it("gzip makes JSON several times smaller, the same in each run", async () => {
    const records = events(20_000);
    const run = () => rehearse(plan(records, { compression: virtualCodec("gzip") }));

    const { userRecords, traffic } = await run();

    const dataBytes = records.reduce((sum, { data }) => sum + data.length, 0) / records.length;
    expect((dataBytes * userRecords) / traffic.dataBytes).toBeGreaterThan(4);
    expect(await run()).toEqual({ userRecords, traffic });
  });
});

it("at a low rate a record waits for no others, and goes as it is", async () => {
  const { userRecords, traffic } = await rehearse(plan(events(40), { perSecond: 2 }));

  expect(traffic.kinesisRecords).toBe(userRecords);
});

it("of a short sample, every record counts", async () => {
  const { userRecords, traffic } = await rehearse(plan(events(100)));

  expect([userRecords, traffic.kinesisRecords]).toEqual([100, 1]);
});

it("more shards share the same records in more aggregates", async () => {
  const of = async (shards: number): Promise<number> =>
    (await rehearse(plan(events(2_000), { perSecond: 1_000, shards }))).traffic.kinesisRecords;

  expect(await of(4)).toBeGreaterThan(2 * (await of(1)));
});

it("lets records wait for the linger, however long it is", async () => {
  const { userRecords, traffic } = await rehearse(plan(events(200), { perSecond: 1, lingerMs: 60_000 }));

  // A minute has 60 records and the one that opened the aggregate.
  expect(userRecords / traffic.kinesisRecords).toBeCloseTo(60.5, 0);
});

it("fails for a record that the service would refuse, and names it", async () => {
  const records = [...events(10), { partitionKey: "k", data: new Uint8Array(10 * 1024 * 1024) }, ...events(10)];

  await expect(rehearse(plan(records))).rejects.toThrow("record 10: the record has 10485761 bytes");
});
