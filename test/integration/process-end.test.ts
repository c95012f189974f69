import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { ProducerOptions } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";
import { readAll, STREAM, TRANSPORT } from "./local-stream.js";
import { describeOnce, itOnce } from "./of-one-transport.js";

const run = promisify(execFile);
/** Time limit for the end of a process that nothing keeps alive. */
const PROMPT_MS = 1_000;

let built: BuiltPackage;
let kinesis: LocalKinesis;

beforeAll(async () => {
  built = await buildPackage("process-end");
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
});

afterEach(() => kinesis.close());

/** The report of a child about itself. */
interface Ended {
  readonly exitCode: number;
  readonly stderr: string;
  /** Codes of the settled records; `"delivered"` for delivered ones. */
  readonly outcomes: readonly string[];
  readonly warnings: readonly string[];
  /** Milliseconds from the creation of the producer to the last outcome, and from there to the end of the process. */
  readonly settledAfterMs: number;
  readonly endedAfterMs: number;
}

/** Runs a program with a `producer` and `note(promise)`, which notes the outcome of a promise. */
async function runChild(program: string, options: ProducerOptions = {}): Promise<Ended> {
  const script = `
    import { KinesisProducer } from ${JSON.stringify(pathToFileURL(join(built.folder, "index.js")).href)};
    const outcomes = [];
    const warnings = [];
    process.on("warning", ({ message }) => { if (!message.includes("AWS SDK")) warnings.push(message); });
    const begin = performance.now();
    let settledAt = begin;
    const add = (outcome) => { outcomes.push(outcome); settledAt = performance.now(); };
    const note = (promise) => { promise.then(() => add("delivered"), (error) => add(error.code)); };
    const onDelivery = (batch) => { for (const { error } of batch) add(error?.code ?? "delivered"); };
    const isEnqueueing = ${program.includes("enqueue(")};
    const options = JSON.parse(process.argv[1]);
    const producer = new KinesisProducer({ ...options, ...(isEnqueueing ? { onDelivery } : {}) });
    process.on("exit", () => {
      const times = { settledAfterMs: settledAt - begin, endedAfterMs: performance.now() - settledAt };
      console.log(JSON.stringify({ outcomes, warnings, ...times }));
    });
    ${program}`;
  const all = { streamName: STREAM, ...kinesis.clientConfig(), ...TRANSPORT, ...options };
  const child = await run(process.execPath, ["--input-type=module", "-e", script, JSON.stringify(all)], {
    cwd: built.folder,
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  }).then(
    (output) => ({ ...output, code: 0 }),
    (error: { readonly stdout: string; readonly stderr: string; readonly code: number }) => error,
  );
  return { exitCode: child.code, stderr: child.stderr, ...JSON.parse(child.stdout) };
}

const delivered = (count: number): string[] => new Array(count).fill("delivered");

describe("a process that never calls close", () => {
  it("ends at once when its producer was never used", async () => {
    const { exitCode, endedAfterMs } = await runChild("");

    expect(exitCode).toBe(0);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
    expect(kinesis.connections).toBe(0);
  });

  it("ends when all its puts are delivered, and not before", async () => {
    const { exitCode, outcomes, endedAfterMs } = await runChild(
      "for (let i = 0; i < 1_000; i++) note(producer.put({ partitionKey: String(i), data: 'x' }));",
    );

    expect(exitCode).toBe(0);
    expect(outcomes).toEqual(delivered(1_000));
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
    expect(readAll(kinesis).records.length).toBe(1_000);
  });

  // The method that handed records over, or the reason of a refusal, no longer matters when a request is made.
  itOnce("ends when all it enqueued is delivered, and not before", async () => {
    const { exitCode, outcomes, endedAfterMs } = await runChild(
      "for (let i = 0; i < 1_000; i++) producer.enqueue({ partitionKey: String(i), data: 'x' });",
      { lingerMs: 500 },
    );

    expect(exitCode).toBe(0);
    expect(outcomes).toEqual(delivered(1_000));
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
  });

  itOnce("ends when putMany is through, though nobody awaits it", async () => {
    const { exitCode, endedAfterMs } = await runChild(`
      const records = Array.from({ length: 1_000 }, (_, i) => ({ partitionKey: String(i), data: "x" }));
      producer.putMany(records);`);

    expect(exitCode).toBe(0);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS + 1_000);
    expect(readAll(kinesis).records.length).toBe(1_000);
  });

  it("ends after ready() alone", async () => {
    const { exitCode, outcomes, endedAfterMs } = await runChild("note(producer.ready());");

    expect(exitCode).toBe(0);
    expect(outcomes).toEqual(["delivered"]);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
  });

  it("stays as long as records are throttled, and ends when they are not any more", async () => {
    kinesis.control("PutRecords", ({ index }) =>
      index < 4 ? { kind: "error", code: "ProvisionedThroughputExceededException" } : undefined,
    );

    const { exitCode, outcomes, endedAfterMs } = await runChild(
      "note(producer.put({ partitionKey: 'a', data: 'x' }));",
    );

    expect(exitCode).toBe(0);
    expect(outcomes).toEqual(["delivered"]);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
    expect(kinesis.requests("PutRecords")).toBe(5);
  });

  it.each(["refuses connections", "does not answer"])("stays until the TTL when its endpoint %s", async (how) => {
    if (how === "does not answer") {
      for (const operation of ["ListShards", "DescribeStreamSummary", "PutRecords"] as const) {
        kinesis.control(operation, () => new Promise(() => {}));
      }
    } else await kinesis.close();

    const { exitCode, outcomes, settledAfterMs, endedAfterMs } = await runChild(
      "note(producer.put({ partitionKey: 'a', data: 'x' }));",
      { recordTtlMs: 1_500, requestTimeoutMs: 400, shardMapTimeoutMs: 300 },
    );

    expect(exitCode).toBe(0);
    expect(outcomes).toEqual(["KP_RECORD_EXPIRED"]);
    expect(settledAfterMs).toBeGreaterThan(1_400);
    // A request in flight may use its whole time.
    expect(endedAfterMs).toBeLessThan(PROMPT_MS + 400);
  });

  itOnce("ends with an unhandled rejection when a put fails that nobody looked at", async () => {
    const { exitCode, stderr } = await runChild("producer.put({ partitionKey: '', data: 'x' });");

    expect(exitCode).toBe(1);
    expect(stderr).toContain("KP_INVALID_RECORD");
  });
});

// The producer logs the warning.
describeOnce("a process that ends by itself", () => {
  const put = "await producer.put({ partitionKey: 'a', data: 'x' });";

  it("is warned when it has not closed its producer", async () => {
    const { exitCode, warnings } = await runChild(put);

    expect(exitCode).toBe(0);
    expect(warnings).toEqual([expect.stringContaining(`the producer for ${STREAM} was never closed`)]);
  });

  it.each([
    ["has closed it", `${put} await producer.close();`],
    ["has not used it", ""],
  ])("is not when it %s", async (_, program) => {
    expect((await runChild(program)).warnings).toEqual([]);
  });
});

describeOnce("a process that ends by process.exit()", () => {
  const LOST = /^kinesis-producer: the process ended with (\d+) records? that (?:was|were) not settled: .*$/gm;

  it("writes the number of unsettled records of all its producers, once", async () => {
    const { exitCode, stderr } = await runChild(`
      const second = new KinesisProducer(options);
      for (let i = 0; i < 4; i++) note(producer.put({ partitionKey: "a", data: "x" }));
      for (let i = 0; i < 3; i++) note(second.put({ partitionKey: "a", data: "x" }));
      process.exit(3);`);

    expect(exitCode).toBe(3);
    expect([...stderr.matchAll(LOST)].map(([, records]) => records)).toEqual(["7"]);
  });

  it.each([
    ["while it closes", "note(producer.put({ partitionKey: 'a', data: 'x' })); void producer.close(); process.exit();"],
    [
      "by an uncaught exception",
      "note(producer.put({ partitionKey: 'a', data: 'x' })); setImmediate(() => { throw new Error('bug'); });",
    ],
  ])("writes it %s, too", async (_, program) => {
    const { stderr } = await runChild(program, { lingerMs: 1_000 });

    expect([...stderr.matchAll(LOST)].map(([, records]) => records)).toEqual(["1"]);
  });

  it.each([
    ["has closed it", "await producer.close();"],
    ["has settled all records", ""],
  ])("writes nothing when it %s", async (_, end) => {
    const { stderr } = await runChild(`await producer.put({ partitionKey: "a", data: "x" }); ${end} process.exit();`);

    expect(stderr).not.toMatch(LOST);
  });
});

/** The end of a child after a signal, and its output. */
interface Asked {
  readonly signal: string | null;
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a program that gets a signal. It has `KinesisProducer`, `DeadLetterFile`, `options` that hold a record for a
 * minute, `fill(producer, count, key)`, and `raise(signal)`.
 */
async function ask(program: string, more: Record<string, unknown> = {}): Promise<Asked> {
  const folder = JSON.stringify(pathToFileURL(join(built.folder, "index.js")).href);
  const script = `
    import { DeadLetterFile, KinesisProducer } from ${folder};
    const options = JSON.parse(process.argv[1]);
    const fill = (producer, count, key) => {
      for (let i = 0; i < count; i++) producer.put({ partitionKey: key + i, data: "x" }).catch(() => {});
    };
    const raise = (signal) => process.kill(process.pid, signal);
    // Somebody serves: the process does not end for want of work.
    setInterval(() => {}, 1_000);
    ${program}`;
  const config = { ...kinesis.clientConfig(), ...TRANSPORT };
  const options = { streamName: STREAM, ...config, lingerMs: 60_000, closeOnSignals: ["SIGTERM", "SIGINT"], ...more };
  const args = ["--input-type=module", "-e", script, JSON.stringify(options)];
  return await run(process.execPath, args, { cwd: built.folder }).then(
    ({ stdout, stderr }) => ({ signal: null, code: 0, out: stdout, err: stderr }),
    ({ signal, code, stdout, stderr }) => ({ signal, code, out: stdout, err: stderr }),
  );
}

const keysStored = (): number => new Set(readAll(kinesis).records.map(({ partitionKey }) => partitionKey)).size;

// Signals lead to close(), whose requests are tested above and below.
describeOnce("a process that is asked to end", () => {
  it("with closeOnSignals delivers what it holds first, and ends as the signal says", async () => {
    const { signal } = await ask(`
      const producer = new KinesisProducer(options);
      await producer.ready();
      fill(producer, 1_000, "a");
      raise("SIGTERM");`);

    expect(signal).toBe("SIGTERM");
    expect(readAll(kinesis).records).toHaveLength(1_000);
  });

  it("with two producers delivers what both hold, though the first is done long before the second", async () => {
    kinesis.control("PutRecords", ({ index }) =>
      index > 0 && index < 4 ? { kind: "error", code: "ProvisionedThroughputExceededException" } : undefined,
    );

    const { signal } = await ask(`
      const [first, second] = [new KinesisProducer(options), new KinesisProducer({ ...options, closeOnSignals: ["SIGTERM"] })];
      await Promise.all([first.ready(), second.ready()]);
      fill(first, 1, "first");
      fill(second, 1_000, "second");
      raise("SIGTERM");`);

    expect(signal).toBe("SIGTERM");
    expect(keysStored()).toBe(1_001);
  });

  it("with producers of two copies of the package delivers what both hold", async () => {
    const copy = mkdtempSync(join(built.folder, "copy-"));
    for (const name of readdirSync(built.folder)) {
      if (!name.startsWith("copy-")) cpSync(join(built.folder, name), join(copy, name), { recursive: true });
    }

    const { signal } = await ask(`
      const other = await import(${JSON.stringify(pathToFileURL(join(copy, "index.js")).href)});
      const [first, second] = [new KinesisProducer(options), new other.KinesisProducer(options)];
      if (other.KinesisProducer === KinesisProducer) throw new Error("one copy");
      await Promise.all([first.ready(), second.ready()]);
      fill(first, 100, "first");
      fill(second, 100, "second");
      if (process.listenerCount("SIGTERM") !== 1) throw new Error("two handlers");
      raise("SIGTERM");`);

    expect(signal).toBe("SIGTERM");
    expect(keysStored()).toBe(200);
  });

  it.each(["once", "on"])("does not cut off what the application does in its own %s listener", async (how) => {
    const { signal, code, out } = await ask(`
      process.${how}("SIGTERM", async () => {
        await producer.close();
        for (let i = 0; i < 100; i++) await new Promise(setImmediate);
        console.log("saved");
        process.exit(0);
      });
      const producer = new KinesisProducer(options);
      await producer.ready();
      fill(producer, 100, "a");
      raise("SIGTERM");`);

    expect([signal, code, out]).toEqual([null, 0, "saved\n"]);
    expect(keysStored()).toBe(100);
  });

  it("keeps the dead letters that come while it closes", async () => {
    const directory = mkdtempSync(join(tmpdir(), "dead-letters-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    kinesis.control("PutRecords", () => ({ kind: "error", code: "AccessDeniedException" }));

    const { signal } = await ask(
      `
      const deadLetters = new DeadLetterFile({ directory: options.directory });
      delete options.directory;
      const producer = new KinesisProducer({ ...options, onFailed: deadLetters.onFailed });
      await producer.ready();
      fill(producer, 5_000, "a");
      raise("SIGTERM");`,
      { directory },
    );

    expect(signal).toBe("SIGTERM");
    const names = readdirSync(directory);
    expect(names).toEqual([expect.stringMatching(/\.ndjson$/)]);
    expect(
      readFileSync(join(directory, names[0] as string), "utf8")
        .trimEnd()
        .split("\n"),
    ).toHaveLength(5_000);
  });

  it("warns of no leak with 50 producers, and delivers what they hold", async () => {
    const { signal, err } = await ask(`
      const producers = Array.from({ length: 50 }, () => new KinesisProducer(options));
      await Promise.all(producers.map((producer) => producer.ready()));
      for (const [index, producer] of producers.entries()) fill(producer, 10, index + "-");
      raise("SIGTERM");`);

    expect(signal).toBe("SIGTERM");
    expect(err).not.toContain("MaxListeners");
    expect(keysStored()).toBe(500);
  });

  it("twice does not wait for what the first signal began", async () => {
    kinesis.control("PutRecords", () => new Promise(() => {}));

    const { signal } = await ask(`
      const producer = new KinesisProducer({ ...options, recordTtlMs: Infinity });
      await producer.ready();
      fill(producer, 1, "a");
      raise("SIGINT");
      while (process.listenerCount("SIGINT") > 0) await new Promise(setImmediate);
      raise("SIGINT");`);

    expect(signal).toBe("SIGINT");
  });

  it("by nobody ends by itself when its producers with closeOnSignals are closed", async () => {
    const { exitCode, endedAfterMs } = await runChild("note(producer.ready()); await producer.close();", {
      closeOnSignals: ["SIGTERM", "SIGINT", "SIGHUP"],
    });

    expect(exitCode).toBe(0);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
  });
});

describe("a process that awaits", () => {
  it("close ends then, whatever its endpoint still owes", async () => {
    for (const operation of ["ListShards", "DescribeStreamSummary", "PutRecords"] as const) {
      kinesis.control(operation, () => new Promise(() => {}));
    }

    const { exitCode, outcomes, endedAfterMs } = await runChild(`
      note(producer.put({ partitionKey: "a", data: "x" }));
      await producer.close({ timeoutMs: 300 });`);

    expect(exitCode).toBe(0);
    expect(outcomes).toEqual(["KP_CLOSED"]);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
  });

  it("flush and close gets through both", async () => {
    const { exitCode, outcomes, endedAfterMs } = await runChild(
      `
      await producer.flush();
      note(producer.put({ partitionKey: "a", data: "x" }));
      await producer.flush();
      note(producer.put({ partitionKey: "a", data: "x" }));
      await producer.close();
      outcomes.push("through");`,
      { lingerMs: 60_000 },
    );

    expect(exitCode).toBe(0);
    expect(outcomes).toEqual(["delivered", "delivered", "through"]);
    expect(endedAfterMs).toBeLessThan(PROMPT_MS);
  });
});
