import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from "vitest";
import { LocalKinesis } from "../../src/testing/index.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";
import { readAll, until } from "./local-stream.js";

let built: BuiltPackage;
let kinesis: LocalKinesis;

beforeAll(async () => {
  built = await buildPackage("put-command");
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 4 } } });
  onTestFinished(() => kinesis.close());
});

/** A process of the command. */
interface PutProcess {
  readonly child: ChildProcess;
  readonly input: NodeJS.WritableStream;
  /** Its standard error so far. */
  readonly err: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

function startPut(...args: string[]): PutProcess {
  const { endpoint, region } = kinesis.clientConfig();
  const env = {
    ...process.env,
    // The SDK warns of old versions of Node.js.
    NODE_NO_WARNINGS: "1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_DEFAULT_REGION: region,
  };
  const main = join(built.folder, "cli", "main.js");
  const child = spawn(process.execPath, [main, "put", "--endpoint", endpoint, ...args], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  // A process that ends early closes the pipe while a test still writes to it.
  child.stdin.on("error", () => {});
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, err }));
  return { child, input: child.stdin, err: () => err, ended };
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "put-command-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function events(count: number): string[] {
  return Array.from({ length: count }, (_, i) => JSON.stringify({ user: { id: `u${i % 100}` }, n: i }));
}

it("delivers every line of a pipe, and says so", async () => {
  const lines = events(20_000);
  const put = startPut("--stream", "clicks", "--key", "user.id", "--json");
  put.input.end(`${lines.join("\n")}\n`);
  const { code, out, err } = await put.ended;

  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toMatchObject({ sent: 20_000, delivered: 20_000, failed: 0, unusable: 0 });
  const { records, texts, dropped } = readAll(kinesis);
  expect(texts).toEqual([...lines].sort());
  expect(
    records.every(({ partitionKey, data }) => JSON.parse(Buffer.from(data).toString()).user.id === partitionKey),
  ).toBe(true);
  expect(dropped).toBe(0);
});

it.each(["SIGINT", "SIGTERM"] as const)(
  "stops reading on %s, delivers what was read, and ends with 1",
  async (signal) => {
    const put = startPut("--stream", "clicks", "--lines", "--json");
    // The pipe stays open, and the last line has no end yet.
    put.input.write(`${events(1_000).join("\n")}\ntorn`);
    await until(() => readAll(kinesis).texts.length > 0);

    put.child.kill(signal);
    const { code, out, err } = await put.ended;

    expect(code).toBe(1);
    const summary = JSON.parse(out);
    expect(summary.delivered).toBe(summary.sent);
    expect(summary.interrupted).toBe(`after line ${summary.sent}`);
    expect(err).toBe("kinesis-producer put: interrupted before the end\n");
    expect(readAll(kinesis).texts).toEqual(events(1_000).slice(0, summary.sent).sort());
  },
);

it("does not wait for what cannot be delivered at a second Ctrl-C", async () => {
  kinesis.faults.add("PutRecords throttle");
  const put = startPut("--stream", "clicks", "--lines", "--ttl", "infinity", "--progress");
  put.input.write("a\n");
  // It prints progress once a second.
  await until(() => put.err().includes("0 of 1 delivered, 0 records/s"));

  put.child.kill("SIGINT");
  // The first line after the signal may already have been under way. Two signals before the first one is handled would
  // count as one.
  const told = put.err().split("\n").length;
  await until(() => put.err().split("\n").length > told + 1);
  put.child.kill("SIGINT");

  expect(await put.ended).toMatchObject({ code: 130, out: "" });
});

it("keeps what failed for good, and replays it until the directory is empty", async () => {
  const directory = join(folder(), "failed");
  const lines = events(3_000);
  const file = join(folder(), "events.ndjson");
  writeFileSync(file, lines.join("\n"));
  kinesis.faults.add("PutRecords error code=AccessDeniedException");
  const failing = await startPut("--stream", "clicks", "--key", "user.id", "--dead-letters", directory, "--json", file)
    .ended;
  const stillFailing = await startPut("--replay", directory, "--quiet").ended;
  kinesis.faults.clear();

  const replayed = await startPut("--replay", directory, "--json").ended;

  expect(failing.code).toBe(1);
  expect(JSON.parse(failing.out)).toMatchObject({
    delivered: 0,
    failedByCode: { AccessDeniedException: 3_000 },
    deadLetters: { kept: 3_000, lost: 0 },
  });
  expect(stillFailing).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/put: 3,000 records of 3,000 not delivered\n$/),
  });
  expect([replayed.code, replayed.err]).toEqual([0, ""]);
  expect(JSON.parse(replayed.out)).toMatchObject({ delivered: 3_000, replay: { left: 0, unreadable: 0, leftOut: [] } });
  expect(readAll(kinesis).texts).toEqual([...lines].sort());
  expect(readdirSync(directory)).toEqual([]);
});

it("loses no dead letter when the replay is killed: what was not taken out yet is sent again", async () => {
  const directory = folder();
  const lines = events(2_000);
  kinesis.faults.add("PutRecords error code=AccessDeniedException");
  const failing = startPut("--stream", "clicks", "--lines", "--dead-letters", directory, "--quiet");
  failing.input.end(`${lines.join("\n")}\n`);
  await failing.ended;
  kinesis.faults.clear();
  // Stored, but never answered: no record may be removed.
  const remove = kinesis.faults.add("PutRecords hang stored");
  const killed = startPut("--replay", directory);
  await until(() => readAll(kinesis).texts.length > 0);
  killed.child.kill("SIGKILL");
  await killed.ended;
  remove();

  const replayed = await startPut("--replay", directory, "--json").ended;

  expect(replayed.code).toBe(0);
  expect(JSON.parse(replayed.out)).toMatchObject({ delivered: 2_000 });
  expect(new Set(readAll(kinesis).texts)).toEqual(new Set(lines));
  expect(readdirSync(directory)).toEqual([]);
});

/** Lines of all segments, including open ones. */
function keptLines(directory: string): number {
  const segments = readdirSync(directory).filter((name) => name.includes("ndjson"));
  const texts = segments.map((name) => readFileSync(join(directory, name), "utf8"));
  return texts.join("").split("\n").length - 1;
}

it("replays what a process that was killed left in an open segment", async () => {
  const directory = folder();
  kinesis.faults.add("PutRecords error code=AccessDeniedException");
  const put = startPut("--stream", "clicks", "--lines", "--dead-letters", directory);
  put.input.write("a\nb\n");
  await until(() => keptLines(directory) === 2);
  const whileRunning = await startPut("--replay", directory).ended;
  put.child.kill("SIGKILL");
  await put.ended;
  kinesis.faults.clear();

  const replayed = await startPut("--replay", directory, "--quiet").ended;

  expect(whileRunning.code).toBe(0);
  expect(whileRunning.err).toContain(".ndjson.open is still being written, and was skipped");
  expect(replayed).toEqual({ code: 0, out: "", err: "" });
  expect(readAll(kinesis).texts).toEqual(["a", "b"]);
  expect(readdirSync(directory)).toEqual([]);
});

it("ends with 2 and says why when it does not understand", async () => {
  const { code, err } = await startPut("--steam", "clicks").ended;

  expect([code, err]).toEqual([
    2,
    "kinesis-producer put: no option --steam; did you mean --stream?\nkinesis-producer put --help lists the options\n",
  ]);
});
