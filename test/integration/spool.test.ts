import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readDeadLetters } from "../../src/index.js";
import { prometheusText } from "../../src/prometheus/index.js";
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

/** The next warning of the process with this text. */
function warningWith(text: string): Promise<string> {
  return new Promise((resolve) => {
    const hear = ({ message }: Error): void => {
      if (!message.includes(text)) return;
      process.off("warning", hear);
      resolve(message);
    };
    process.on("warning", hear);
  });
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

  it("takes a backlog that is many times as large as the producer's memory, and delivers it in order", async () => {
    const endOutage = kinesis.control("PutRecords", () => OUTAGE);
    const small = { streamName: STREAM, maxBufferedBytes: 256 * 1024, ordering: "shard" as const };
    const spool = await open({ durability: "os", segmentBytes: 1024 * 1024, producer: small });
    const records = Array.from({ length: 6_000 }, (_, i) => ({
      partitionKey: `key ${i % 7}`,
      data: `${String(i).padStart(5, "0")} ${"x".repeat(1_000)}`,
    }));
    await spool.append(records);
    expect(spool.stats().lagBytes).toBeGreaterThan(5_000_000);

    endOutage();
    await spool.flush();

    const seen = readAll(kinesis).records;
    expect(seen).toHaveLength(6_000);
    for (let key = 0; key < 7; key++) {
      const numbers = seen
        .filter(({ partitionKey }) => partitionKey === `key ${key}`)
        .map(({ data }) => Number(Buffer.from(data).toString("utf8", 0, 5)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    await spool.close();
  });

  it("keeps ids of the caller, tags and explicit hash keys over a restart", async () => {
    const endOutage = kinesis.control("PutRecords", () => OUTAGE);
    const first = await open({ propagate: () => ({ trace: "t1" }) });
    await first.append({ partitionKey: "k", explicitHashKey: "5", data: "x", recordId: "mine", tags: { a: "b" } });
    await first.close({ timeoutMs: 0 });
    endOutage();

    const second = await open();
    await second.flush();
    await second.close();

    expect(readAll(kinesis).records).toMatchObject([
      { partitionKey: "k", explicitHashKey: "5", recordId: "mine", tags: { a: "b", trace: "t1" } },
    ]);
  });

  it("makes dead letters of records that the service refuses for good, and delivers the others", async () => {
    kinesis.control("PutRecords", ({ input }) => {
      const { Records } = input as { readonly Records: readonly { readonly Data: string }[] };
      const isBad = Records.some(({ Data }) => Buffer.from(Data, "base64").includes("poison"));
      return isBad ? { kind: "error", code: "ValidationException", message: "bad record" } : undefined;
    });
    const refused: string[] = [];
    const spool = await open({
      onRefused: ({ record }) => refused.push(Buffer.from(record.data as Uint8Array).toString()),
      producer: { streamName: STREAM, aggregation: "reshard-safe" },
    });

    await spool.append([...manyRecords(20), { partitionKey: "k", data: "poison" }]);
    await spool.flush();

    expect(refused).toEqual(["poison"]);
    expect(spool.stats()).toMatchObject({ records: 0, deliveredRecords: 20, refusedRecords: 1 });
    await spool.close();
    const letters: string[] = [];
    for await (const segment of readDeadLetters(join(directory, "dead-letters"))) {
      for await (const { record } of segment.letters) letters.push(Buffer.from(record.data).toString());
    }
    expect(letters).toEqual(["poison"]);
  });

  it("keeps records while the permission is missing, and delivers them when it is there", async () => {
    let denials = 0;
    const endDenial = kinesis.control("PutRecords", () => {
      denials++;
      return { kind: "error", code: "AccessDeniedException", message: "no kinesis:PutRecords" };
    });
    const spool = await open();
    await spool.append(manyRecords(100));
    while (denials === 0) await new Promise((resolve) => setImmediate(resolve));

    endDenial();
    await spool.flush();

    expect(readAll(kinesis).texts).toHaveLength(100);
    expect(spool.stats().refusedRecords).toBe(0);
    await spool.close();
  });

  it("keeps all records for a stream that takes no ids, and delivers them when it is opened without ids", async () => {
    const auto = await LocalKinesis.start({ streams: { auto: { shards: 2, recordDistribution: "AUTO" } } });
    const producer = { ...auto.clientConfig(), streamName: "auto" };
    const first = await open({ producer });
    const warned = warningWith("has stopped");
    await first.append(manyRecords(5));
    expect(await warned).toContain("record distribution is AUTO");
    const report = await first.close({ timeoutMs: 0 });

    const second = await open({ recordIds: false, producer });
    await second.flush();
    await second.close();

    expect([report.records, first.stats().refusedRecords]).toEqual([5, 0]);
    expect(auto.records("auto")).toHaveLength(5);
    await auto.close();
  });

  it("takes none of the records of an append when one of them is bad", async () => {
    const spool = await open();

    await expect(
      spool.append([
        { partitionKey: "k", data: "good" },
        { partitionKey: "", data: "bad" },
      ]),
    ).rejects.toMatchObject({
      code: "KP_INVALID_RECORD",
    });
    await expect(spool.append({ partitionKey: "k", data: "x".repeat(10 * 1024 * 1024) })).rejects.toMatchObject({
      code: "KP_RECORD_TOO_LARGE",
    });
    await expect(spool.append({ partitionKey: "k", data: "x", streamName: "no name" })).rejects.toMatchObject({
      code: "KP_INVALID_RECORD",
    });

    expect(spool.stats().appendedRecords).toBe(0);
    await spool.close();
    await expect(spool.append({ partitionKey: "k", data: "late" })).rejects.toMatchObject({ code: "KP_CLOSED" });
  });

  it("takes an array of any size as a whole, and refuses the next append while it waits", async () => {
    const spool = await open({ durability: "os" });
    const record = { partitionKey: "k", data: Buffer.alloc(900_000) };

    const large = spool.append(Array.from({ length: 80 }, () => record));
    await expect(spool.append([record, record])).rejects.toMatchObject({ code: "KP_BUFFER_FULL" });

    await large;
    expect(spool.stats().appendedRecords).toBe(80);
    await spool.close({ timeoutMs: 0 });
  });

  it("says full by tryAppend, and lets append wait, until records are delivered", async () => {
    const endOutage = kinesis.control("PutRecords", () => OUTAGE);
    const spool = await open({ maxBytes: 1024 * 1024, durability: "os" });
    const record = { partitionKey: "k", data: "x".repeat(50_000) };
    let taken = 0;
    for (let append = spool.tryAppend(record); append !== undefined; append = spool.tryAppend(record)) {
      await append;
      taken++;
    }
    const waiting = spool.append(record);
    expect(spool.stats().waitingAppends).toBe(1);

    endOutage();
    await waiting;
    await spool.flush();

    expect(taken).toBe(20);
    expect(spool.stats()).toMatchObject({ records: 0, appendedRecords: 21, deliveredRecords: 21 });
    await spool.close();
  });

  it("is a source of the exporters, with its own numbers and the producer's", async () => {
    const spool = await open();
    await spool.append(manyRecords(100));
    await spool.flush();

    const text = prometheusText(spool.producer);

    expect(text).toContain("kinesis_producer_spool_records_delivered_total 100\n");
    expect(text).toContain(`kinesis_producer_user_records_delivered_total{stream="${STREAM}"} 100\n`);
    expect(spool.producer.health()).toMatchObject({ status: "ok" });
    await spool.close();
  });
});

describe("close", () => {
  it("with a timeout that is no time is refused, and leaves the spool open", async () => {
    const spool = await open();

    await expect(spool.close({ timeoutMs: Number.NaN })).rejects.toMatchObject({
      code: "KP_INVALID_OPTION",
      option: "timeoutMs",
    });

    await spool.append({ partitionKey: "k", data: "x" });
    await spool.flush();
    expect(await spool.close()).toMatchObject({ records: 0 });
  });

  it.each(["append", "tryAppend"] as const)(
    "within %s, by a getter of the record, refuses the record",
    async (name) => {
      const spool = await open();
      let closing: Promise<unknown> | undefined;
      const record = {
        data: "x",
        get partitionKey() {
          closing = spool.close();
          return "k";
        },
      };

      await expect(spool[name](record)).rejects.toMatchObject({ code: "KP_CLOSED" });

      await closing;
      expect(spool.stats().appendedRecords).toBe(0);
      expect(logFiles()).toEqual([]);
    },
  );
});

describe("a directory", () => {
  it.each([
    ["of another version", "spool.json", '{"format":"kinesis-producer spool","version":2}', "version 2"],
    ["of something else", "notes.txt", "mine", "it is no spool"],
    ["with a torn format file", "spool.json", "{", "cannot be read"],
  ])("%s is refused and left alone", async (_, name, text, why) => {
    writeFileSync(join(directory, name), text);

    await expect(open()).rejects.toMatchObject({ code: "KP_SPOOL_FAILED", message: expect.stringContaining(why) });

    expect(readdirSync(directory)).toEqual([name]);
    expect(readFileSync(join(directory, name), "utf8")).toBe(text);
  });

  it("is not touched when an option of the producer is bad", async () => {
    const bad = { streamName: STREAM, lingerMs: -1 };

    await expect(open({ producer: bad })).rejects.toMatchObject({ code: "KP_INVALID_OPTION", option: "lingerMs" });

    expect(readdirSync(directory)).toEqual([]);
  });

  it("that is open is refused at once, and is free after close", async () => {
    const first = await open();

    await expect(open()).rejects.toMatchObject({ code: "KP_SPOOL_FAILED", message: expect.stringContaining("in use") });

    await first.close();
    await (await open()).close();
  });

  it("that is removed rejects appends, and delivers what it has acknowledged", async () => {
    const spool = await open({ producer: { streamName: STREAM, lingerMs: 2_000 } });
    await spool.append(manyRecords(50));
    rmSync(directory, { recursive: true });

    await expect(spool.append(manyRecords(1))).rejects.toMatchObject({
      code: "KP_SPOOL_FAILED",
      message: expect.stringContaining("removed while the spool had it open"),
    });
    await expect(spool.append(manyRecords(1))).rejects.toMatchObject({ code: "KP_SPOOL_FAILED" });
    await spool.flush();

    expect(readAll(kinesis).records).toHaveLength(50);
    await spool.close();
  });

  it("that is removed and made again belongs to its spool, and the next open has what was acknowledged since", async () => {
    kinesis.control("PutRecords", () => OUTAGE);
    const spool = await open();
    await spool.append(manyRecords(1));
    rmSync(directory, { recursive: true });
    await expect(spool.append(manyRecords(1))).rejects.toMatchObject({ code: "KP_SPOOL_FAILED" });
    mkdirSync(directory);

    await spool.append(manyRecords(3));

    await expect(open()).rejects.toMatchObject({ message: expect.stringContaining("in use") });
    await spool.close({ timeoutMs: 0 });
    const next = await open();
    expect(next.stats()).toMatchObject({ records: 3 });
    await next.close({ timeoutMs: 0 });
  });

  it("that is removed, and that another spool has taken, takes no further append of the first one", async () => {
    const first = await open();
    await first.append(manyRecords(1));
    await first.flush();
    kinesis.control("PutRecords", () => OUTAGE);
    rmSync(directory, { recursive: true });
    const second = await open();
    await second.append(manyRecords(2));

    await expect(first.append(manyRecords(1))).rejects.toMatchObject({ code: "KP_SPOOL_FAILED" });
    await expect(first.append(manyRecords(1))).rejects.toMatchObject({ message: expect.stringContaining("in use") });

    // Both have a first segment, and that of the first spool is done.
    await first.close();
    await second.close({ timeoutMs: 0 });
    const next = await open();
    expect(next.stats()).toMatchObject({ records: 2 });
    await next.close({ timeoutMs: 0 });
  });
});
