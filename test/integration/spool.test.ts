import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SpooledProducer, type SpoolOptions } from "../../src/spool/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, readAll, STREAM, TRANSPORT } from "./local-stream.js";

let kinesis: LocalKinesis;
let directory: string;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 4 } } });
  directory = mkdtempSync(join(tmpdir(), "kp-spool-"));
});

afterEach(async () => {
  await kinesis.close();
  rmSync(directory, { recursive: true, force: true });
});

function open(options: Partial<SpoolOptions> = {}): Promise<SpooledProducer> {
  return SpooledProducer.open({
    directory,
    ...options,
    producer: { streamName: STREAM, ...kinesis.clientConfig(), lingerMs: 5, ...TRANSPORT, ...options.producer },
  });
}

function logFiles(): string[] {
  return readdirSync(directory).filter((name) => /\.(records|delivered)$/.test(name));
}

const OUTAGE = { kind: "destroy" } as const;

describe("a spool", () => {
  it.each(["disk", "os"] as const)(
    "delivers what was appended, with durability %s, and keeps no file",
    async (durability) => {
      const spool = await open({ durability });
      const records = manyRecords(3_000);

      await spool.append(records.slice(0, 2_000));
      await Promise.all(records.slice(2_000).map((record) => spool.append(record)));
      await spool.flush();

      expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data).sort());
      expect(new Set(readAll(kinesis).records.map(({ recordId }) => recordId)).size).toBe(3_000);
      expect(spool.stats()).toMatchObject({
        records: 0,
        appendedRecords: 3_000,
        deliveredRecords: 3_000,
        lostRecords: 0,
      });
      await spool.close();
    },
  );

  it("keeps during an outage what was appended, and the next open delivers it", async () => {
    const endOutage = kinesis.control("PutRecords", () => OUTAGE);
    const first = await open({ durability: "os" });
    const records = manyRecords(5_000);
    await first.append(records);

    const report = await first.close({ timeoutMs: 50 });

    expect(report.records).toBe(5_000);
    endOutage();
    const second = await open();
    expect(second.stats().records).toBe(5_000);
    await second.flush();
    expect(readAll(kinesis).texts).toEqual(records.map(({ data }) => data).sort());
    expect(await second.close()).toEqual({ records: 0, bytes: expect.any(Number) });
    expect(logFiles()).toEqual([]);
  });
});
