import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { SpooledProducer } from "../../src/spool/index.js";
import { seededRandom } from "../../src/testing/faults/seeded-random.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { runCrashes } from "../support/spool-crashes.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";
import { STREAM } from "./local-stream.js";

const CRASHES = 8;

let built: BuiltPackage;
let kinesis: LocalKinesis;
let directory: string;
let entry: string;

beforeAll(async () => {
  built = await buildPackage("spool-crash");
  entry = pathToFileURL(join(built.folder, "spool", "index.js")).href;
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 4 } } });
  directory = mkdtempSync(join(tmpdir(), "kp-spool-crash-"));
});

afterEach(async () => {
  await kinesis.close();
  rmSync(directory, { recursive: true, force: true });
});

const PRODUCER = {
  streamName: STREAM,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
};

/** Opens the spool in a child process, appends a record during an outage, and runs \`then\`. */
const CHILD = `
  const { entry, options, then } = JSON.parse(process.argv[1]);
  const { SpooledProducer } = await import(entry);
  const spool = await SpooledProducer.open(options);
  await spool.append({ partitionKey: "k", data: "from the child" });
  process.stdout.write("appended\\n");
  if (then === "stay") setInterval(() => {}, 1000);
  if (then === "exit") process.exit(0);
`;

function childArguments(then: string, endpoint = "http://127.0.0.1:1"): string[] {
  const options = { directory, durability: "os", closeOnSignals: ["SIGTERM"], producer: { ...PRODUCER, endpoint } };
  return ["--input-type=module", "-e", CHILD, JSON.stringify({ entry, options, then })];
}

function openHere(): Promise<SpooledProducer> {
  return SpooledProducer.open({ directory, producer: { ...PRODUCER, endpoint: kinesis.endpoint } });
}

describe("a process with a spool", () => {
  it("that is killed again and again loses nothing, and a reader with dedupe handles each record once, in order", async () => {
    const report = await runCrashes({
      entry,
      kinesis,
      stream: STREAM,
      directory,
      crashes: CRASHES,
      durability: "disk",
      random: seededRandom(1),
    });

    expect(report).toMatchObject({ lost: [], repeated: [], outOfOrder: [] });
    expect(report.acknowledged).toBeGreaterThan(CRASHES);
    expect(readdirSync(directory).filter((name) => /records|delivered/.test(name))).toEqual([]);
  }, 60_000);

  it("keeps others out as long as it lives, also when it is stopped, and not when it was killed", async () => {
    const child = spawn(process.execPath, childArguments("stay"), { stdio: ["ignore", "pipe", "ignore"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    await expect(openHere()).rejects.toMatchObject({
      code: "KP_SPOOL_FAILED",
      message: expect.stringContaining(`in use by process ${child.pid}`),
    });
    child.kill("SIGSTOP");
    await expect(openHere()).rejects.toMatchObject({ code: "KP_SPOOL_FAILED" });

    child.kill("SIGKILL");
    await once(child, "close");

    const spool = await openHere();
    expect(spool.stats().records).toBe(1);
    await spool.flush();
    await spool.close();
  });

  it("that exits without close() keeps what was appended", async () => {
    await promisify(execFile)(process.execPath, childArguments("exit"));

    const spool = await openHere();

    expect(spool.stats()).toMatchObject({ records: 1, damagedBytes: 0, lostRecords: 0 });
    await spool.flush();
    await spool.close();
    expect(kinesis.records(STREAM)).toHaveLength(1);
  });

  it("that gets a signal of closeOnSignals delivers or keeps its records, and ends as the signal says", async () => {
    const child = spawn(process.execPath, childArguments("stay", kinesis.endpoint), {
      stdio: ["ignore", "pipe", "ignore"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");

    child.kill("SIGTERM");
    const [, signal] = await once(child, "close");

    expect(signal).toBe("SIGTERM");
    const spool = await openHere();
    await spool.flush();
    await spool.close();
    expect(kinesis.records(STREAM)).toHaveLength(1);
  });
});
