import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { KinesisProducer } from "../../src/index.js";
import { KinesisEndpoint } from "../support/kinesis-endpoint.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";

let built: BuiltPackage;

beforeAll(async () => {
  built = await buildPackage("local-command");
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

/** A process of the command with JSON output. */
interface LocalProcess {
  readonly child: ChildProcess;
  readonly endpoint: string;
  readonly streams: readonly { readonly name: string; readonly records: number }[];
  readonly kinesis: KinesisEndpoint;
  /** Its exit code, and all output after the first line. */
  readonly ended: Promise<{ readonly code: number | null; readonly lines: readonly string[]; readonly err: string }>;
}

function spawnLocal(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [join(built.folder, "cli", "main.js"), "local", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function startLocal(...args: string[]): Promise<LocalProcess> {
  const child = spawnLocal(["--port", "0", "--json", ...args]);
  const { ended, first } = follow(child);
  const { endpoint, streams } = JSON.parse(await first);
  return { child, endpoint, streams, kinesis: new KinesisEndpoint(endpoint), ended };
}

function follow(child: ChildProcess): { readonly ended: LocalProcess["ended"]; readonly first: Promise<string> } {
  const lines: string[] = [];
  let err = "";
  child.stderr?.on("data", (chunk) => {
    err += chunk;
  });
  const input = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const first = new Promise<string>((resolve, reject) => {
    input.once("line", resolve);
    input.once("close", () => reject(new Error(`it ended before it began: ${err}`)));
  });
  input.on("line", (line) => lines.push(line));
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, lines: lines.slice(1), err }));
  first.catch(() => {});
  return { ended, first };
}

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kinesis-data-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const put = (kinesis: KinesisEndpoint, key: string): ReturnType<KinesisEndpoint["call"]> =>
  kinesis.call("PutRecord", { StreamName: "clicks", PartitionKey: key, Data: "eA==" });

/** Keys and sequence numbers of every record of the one shard. */
async function readAll(kinesis: KinesisEndpoint): Promise<{ key: string; sequenceNumber: string }[]> {
  const shard = { StreamName: "clicks", ShardId: "shardId-000000000000", ShardIteratorType: "TRIM_HORIZON" };
  const { ShardIterator } = await kinesis.must("GetShardIterator", shard);
  const { Records } = await kinesis.must("GetRecords", { ShardIterator });
  return Records.map((record: { PartitionKey: string; SequenceNumber: string }) => ({
    key: record.PartitionKey,
    sequenceNumber: record.SequenceNumber,
  }));
}

it.each(["SIGINT", "SIGTERM"] as const)("serves a producer, and on %s ends well and sums up", async (signal) => {
  const local = await startLocal("--stream", "clicks:2");
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const producer = new KinesisProducer({
    streamName: "clicks",
    endpoint: local.endpoint,
    region: "us-east-1",
    credentials,
  });
  await Promise.all(Array.from({ length: 100 }, (_, i) => producer.put({ partitionKey: `k${i}`, data: "x" })));
  // Its connections are still open at the signal.
  local.child.kill(signal);
  const { code, lines, err } = await local.ended;
  await producer.close();

  expect([code, err, lines.length]).toEqual([0, "", 1]);
  const summary = JSON.parse(lines[0] ?? "");
  expect(summary.calls).toMatchObject({ PutRecords: expect.any(Number), ListShards: 1 });
  expect(summary.streams).toMatchObject([{ name: "clicks", openShards: 2, records: expect.any(Number) }]);
  expect(summary.connections).toBeGreaterThan(0);
});

it("keeps every record that was acknowledged before kill -9, in the middle of puts", async () => {
  const folder = dataFolder();
  const acknowledged: string[] = [];
  for (let life = 0; life < 3; life++) {
    const local = await startLocal("--stream", "clicks", "--data-dir", folder);
    let next = 0;
    const putting = Array.from({ length: 8 }, async () => {
      for (;;) {
        const key = `${life}-${next++}`;
        const answer = await put(local.kinesis, key).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer.status).toBe(200);
        acknowledged.push(key);
        if (acknowledged.length === 100 * (life + 1)) local.child.kill("SIGKILL");
      }
    });
    await Promise.all(putting);
    expect((await local.ended).code).toBeNull();
  }

  const local = await startLocal("--data-dir", folder);
  const records = await readAll(local.kinesis);

  expect(records.map(({ key }) => key)).toEqual(expect.arrayContaining(acknowledged));
  expect(acknowledged.length).toBeGreaterThanOrEqual(300);
  const numbers = records.map(({ sequenceNumber }) => BigInt(sequenceNumber));
  expect(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] as bigint))).toBe(true);
  expect(local.streams).toMatchObject([{ name: "clicks", records: records.length }]);
});

it("keeps streams and records over an ordinary end, and refuses a second process meanwhile", async () => {
  const folder = dataFolder();
  const first = await startLocal("--stream", "clicks", "--data-dir", folder);
  await put(first.kinesis, "a");
  const second = await follow(spawnLocal(["--port", "0", "--data-dir", folder])).ended;
  first.child.kill("SIGINT");
  await first.ended;

  const third = await startLocal("--stream", "clicks", "--data-dir", folder);

  expect(second).toMatchObject({
    code: 1,
    err: expect.stringContaining(`${folder} is in use by process ${first.child.pid} `),
  });
  expect((await readAll(third.kinesis)).map(({ key }) => key)).toEqual(["a"]);
});

it("ends with 2 and says why when it does not understand", async () => {
  const { code, err } = await follow(spawnLocal(["--prot", "1"])).ended;

  expect(code).toBe(2);
  expect(err).toBe(
    "kinesis-producer local: no option --prot; did you mean --port?\nkinesis-producer local --help lists the options\n",
  );
});
