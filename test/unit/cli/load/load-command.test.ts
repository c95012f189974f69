import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LoadSummary } from "../../../../src/cli/load/load-figures.js";
import type { LoadResult } from "../../../../src/cli/load/report/report-data.js";
import { deaggregateAll } from "../../../../src/deaggregate/index.js";
import { LocalKinesis } from "../../../../src/testing/index.js";
import { RecordedTerminal, type Run, runLine } from "../recorded-terminal.js";

let kinesis: LocalKinesis;
let stream: string;
let streams = 0;

beforeAll(async () => {
  kinesis = await LocalKinesis.start();
});

afterAll(() => kinesis.close());

beforeEach(() => {
  stream = `load-${++streams}`;
  kinesis.createStream(stream, { shards: 2 });
  kinesis.faults.clear();
});

/** Runs `load` against the stream of the test. */
function load(args: readonly string[], terminal = new RecordedTerminal()): Promise<Run> {
  const target = ["--endpoint", kinesis.endpoint, "--stream", stream];
  return runLine(["load", ...target, "--linger", "5", ...args], terminal);
}

/** The result of the only mode. */
function resultOf(out: string): LoadSummary {
  const { runs } = JSON.parse(out) as LoadResult;
  expect(runs).toHaveLength(1);
  return runs[0] as LoadSummary;
}

function stored(): { readonly keys: Set<string | undefined>; readonly sizes: Set<number>; readonly count: number } {
  const records = [...deaggregateAll(kinesis.records(stream))];
  return {
    keys: new Set(records.map(({ partitionKey }) => partitionKey)),
    sizes: new Set(records.map(({ data }) => data.length)),
    count: records.length,
  };
}

describe.each(["put", "enqueue"])("--how %s", (how) => {
  it("delivers what a rate asks for, no more and no less", async () => {
    const args = ["--how", how, "--rate", "2000", "--duration", "300ms", "--size", "33", "--keys", "7", "--json"];
    const { status, out, err } = await load(args);

    expect([status, err]).toEqual([0, ""]);
    expect(resultOf(out)).toMatchObject({ sent: 600, delivered: 600, failed: 0, leftOver: 0, processes: 1 });
    const { keys, sizes, count } = stored();
    expect(count).toBe(600);
    expect(keys.size).toBe(7);
    expect([...sizes]).toEqual([33]);
  });

  it("delivers as much as it can, and prints what that was", async () => {
    const { status, out } = await load(["--how", how, "--duration", "200ms"]);

    expect(status).toBe(0);
    const { count } = stored();
    expect(count).toBeGreaterThan(0);
    expect(out).toContain(`delivered   ${count.toLocaleString("en")} records of ${count.toLocaleString("en")} in`);
    expect(out).toContain("latency ms  p50 ");
  });

  it("ends with 1 when records fail, and tells of what", async () => {
    kinesis.faults.add("PutRecords error code=AccessDeniedException status=400 calls=1");
    const { status, out, err } = await load(["--how", how, "--rate", "2000", "--duration", "200ms", "--json"]);

    expect(status).toBe(1);
    const { failed, failedByCode, delivered, sent } = resultOf(out);
    expect(failed).toBeGreaterThan(0);
    expect(failedByCode).toEqual({ AccessDeniedException: failed });
    expect(delivered + failed).toBe(sent);
    expect(err).toBe(`kinesis-producer load: ${failed} record${failed === 1 ? "" : "s"} of 400 not delivered`);
  });

  it("counts latency from the moment a record was meant for, however late it was handed over", async () => {
    // This process stands still from the first request on: 300 of the 500 records are late.
    const remove = kinesis.control("PutRecords", () => {
      remove();
      setImmediate(standStill, 300);
      return undefined;
    });
    const { out } = await load(["--how", how, "--rate", "1000", "--duration", "500ms", "--json"]);

    expect(resultOf(out).latencyMs.p90).toBeGreaterThan(200);
  });
});

function standStill(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

it("ends with 1 when the rate was too much, and tells how many records were left", async () => {
  const { status, out, err } = await load(["--rate", "1000000000", "--duration", "50ms", "--json"]);

  expect(status).toBe(1);
  const { sent, delivered, leftOver } = resultOf(out);
  expect(delivered).toBe(sent);
  expect(sent + leftOver).toBe(50_000_000);
  expect(err).toContain(" never handed over: the rate is higher than the producer's throughput");
});

it("delivers what was handed over at Ctrl-C, and tells the result", async () => {
  const terminal = new RecordedTerminal();
  const ending = load(["--duration", "1h", "--rate", "5000", "--json"], terminal);
  await new Promise((resolve) => {
    const remove = kinesis.control("PutRecords", () => {
      remove();
      resolve(undefined);
      return undefined;
    });
  });
  terminal.interrupt();
  const { status, out } = await ending;

  expect(status).toBe(0);
  const { sent, delivered, interrupted } = resultOf(out);
  expect(interrupted).toBe(true);
  expect(delivered).toBe(sent);
  expect(stored().count).toBe(sent);
});

it("compresses the lines of a file in the mode compressed, and compares it with the mode aggregated", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "load-")), "events.ndjson");
  const events = Array.from({ length: 500 }, (_, id) =>
    JSON.stringify({ id, action: "click", page: `/page/${id % 9}` }),
  );
  writeFileSync(file, events.join("\n"));

  const line = ["--lines", file, "--modes", "aggregated,compressed", "--rate", "5000", "--duration", "400ms"];
  const { status, out, err } = await load([...line, "--json"]);
  rmSync(join(file, ".."), { recursive: true });

  expect([status, err]).toEqual([0, ""]);
  const { runs } = JSON.parse(out) as LoadResult;
  const [aggregated, compressed] = runs as [LoadSummary, LoadSummary];
  expect(runs.map(({ mode, sent, delivered }) => [mode, sent, delivered])).toEqual([
    ["aggregated", 2_000, 2_000],
    ["compressed", 2_000, 2_000],
  ]);
  expect(compressed.bytes).toBe(aggregated.bytes);
  expect(compressed.kinesisBytes).toBeLessThan(aggregated.kinesisBytes / 3);
  expect(stored().count).toBe(4_000);
});

it.each(["json", "cbor"])("uses %s with --protocol", async (protocol) => {
  const types = new Set<unknown>();
  const remove = kinesis.control("PutRecords", ({ headers }) => {
    types.add(headers["content-type"]);
    return undefined;
  });
  const { status } = await load(["--protocol", protocol, "--rate", "1000", "--duration", "100ms"]);
  remove();

  expect(status).toBe(0);
  expect([...types]).toEqual([`application/x-amz-${protocol}-1.1`]);
});

it("says when there is no such stream", async () => {
  const run = await runLine(["load", "--endpoint", kinesis.endpoint, "--stream", "none"], new RecordedTerminal());

  expect([run.status, run.out]).toEqual([1, ""]);
  expect(run.err).toMatch(/^kinesis-producer load: .*none/);
});

it("sends sizes of a span and one hot key, in bursts", async () => {
  const shape = ["--size", "10..20", "--keys", "hot:90%:5", "--arrivals", "bursts:100ms"];
  const { status } = await load([...shape, "--rate", "2000", "--duration", "300ms"]);

  expect(status).toBe(0);
  const { count, sizes, keys } = stored();
  expect(count).toBe(600);
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([10, 20]);
  expect(keys.size).toBe(5);
});

it("repeats the load for each mode, and compares them", async () => {
  const modes = ["--modes", "aggregated,raw,ordered"];
  const { status, out } = await load([...modes, "--rate", "1000", "--duration", "200ms", "--json"]);

  expect(status).toBe(0);
  const { runs, conditions } = JSON.parse(out) as LoadResult;
  expect(runs.map(({ mode, delivered }) => [mode, delivered])).toEqual([
    ["aggregated", 200],
    ["raw", 200],
    ["ordered", 200],
  ]);
  expect(runs[1]?.kinesisRecords).toBe(200);
  expect(runs[0]?.kinesisRecords).toBeLessThan(100);
  expect(conditions.command).toContain("--modes aggregated,raw,ordered --");
  expect(stored().count).toBe(600);
});

it("ends with 1 when pacing holds the rate, although every record was delivered", async () => {
  // A shard takes 1,000 records of its bucket at once, then 1,000 a second.
  const shape = ["--aggregation", "off", "--limits", "--keys", "1", "--rate", "3500", "--duration", "1s"];
  const { status, out, err } = await load([...shape, "--json"]);

  expect(status).toBe(1);
  const { delivered, sent, leftOver, recordsPerSecond } = resultOf(out);
  expect([delivered, sent, leftOver]).toEqual([3_500, 3_500, 0]);
  expect(recordsPerSecond).toBeLessThan(3_465);
  expect(err).toMatch(
    /^kinesis-producer load: the rate was missed, [\d,]+ of 3,500 records\/s: pacing held it, shardId-\d+ used \d+ % of its limits/,
  );
});

it("stops at Ctrl-C in the first of several modes, and leaves out the others", async () => {
  const terminal = new RecordedTerminal();
  const ending = load(["--modes", "raw,aggregated", "--duration", "1h", "--rate", "1000", "--json"], terminal);
  terminal.interrupt();
  const { out } = await ending;

  expect(resultOf(out).mode).toBe("raw");
});
