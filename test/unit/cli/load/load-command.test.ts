import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
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
    expect(JSON.parse(out)).toMatchObject({ sent: 600, delivered: 600, failed: 0, leftOver: 0, processes: 1 });
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
    const { failed, failedByCode, delivered, sent } = JSON.parse(out);
    expect(failed).toBeGreaterThan(0);
    expect(failedByCode).toEqual({ AccessDeniedException: failed });
    expect(delivered + failed).toBe(sent);
    expect(err).toBe(`kinesis-producer load: ${failed} record${failed === 1 ? "" : "s"} of 400 not delivered`);
  });

  it("counts latency from the moment a record was meant for, however late it was handed over", async () => {
    // This process stands still meanwhile: 300 of the 500 records are late.
    setTimeout(standStill, 100, 300);
    const { out } = await load(["--how", how, "--rate", "1000", "--duration", "500ms", "--json"]);

    expect(JSON.parse(out).latencyMs.p90).toBeGreaterThan(200);
  });
});

function standStill(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

it("ends with 1 when the rate was too much, and tells how many records were left", async () => {
  const { status, out, err } = await load(["--rate", "1000000000", "--duration", "50ms", "--json"]);

  expect(status).toBe(1);
  const { sent, delivered, leftOver } = JSON.parse(out);
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
  const { sent, delivered, interrupted } = JSON.parse(out);
  expect(interrupted).toBe(true);
  expect(delivered).toBe(sent);
  expect(stored().count).toBe(sent);
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
