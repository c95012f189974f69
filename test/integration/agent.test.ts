import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from "vitest";
import { deaggregateAll } from "../../src/deaggregate/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";
import { type CliProcess, startCli } from "./cli-process.js";

let built: BuiltPackage;
let kinesis: LocalKinesis;
let directory: string;
let log: string;
let written: string[];

beforeAll(async () => {
  built = await buildPackage("agent");
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 4 } } });
  onTestFinished(() => kinesis.close());
  directory = mkdtempSync(join(tmpdir(), "agent-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  log = join(directory, "app.log");
  written = [];
});

function startAgent(): CliProcess {
  const spool = ["--spool", join(directory, "spool"), "--lines", "--linger", "5"];
  const args = ["put", "--stream", "clicks", "--endpoint", kinesis.endpoint, ...spool];
  return startCli(built, [...args, "--follow", "--poll-interval", "20ms", "--json", log]);
}

function write(count: number): void {
  const lines = Array.from({ length: count }, (_, index) => `line ${written.length + index}`);
  written.push(...lines);
  appendFileSync(log, `${lines.join("\n")}\n`);
}

/** As logrotate does, with `create`. */
function rotate(): void {
  for (let number = 9; number > 0; number--) {
    if (existsSync(`${log}.${number}`)) renameSync(`${log}.${number}`, `${log}.${number + 1}`);
  }
  renameSync(log, `${log}.1`);
}

/** The lines that a reader handles who drops records whose id was there before. */
function handled(): string[] {
  const byId = new Map([...deaggregateAll(kinesis.records("clicks"))].map((record) => [record.recordId, record]));
  return [...byId.values()].map(({ data }) => Buffer.from(data).toString());
}

async function untilHandled(): Promise<void> {
  await expect.poll(() => new Set(handled()).size, { timeout: 20_000 }).toBe(written.length);
}

/** The spool has every line of the file. */
async function untilOnDisk(): Promise<void> {
  const path = join(directory, "spool", "positions.json");
  const positions = (): string => (existsSync(path) ? readFileSync(path, "utf8") : "");
  await expect.poll(positions, { timeout: 20_000 }).toContain(`"position":${statSync(log).size},`);
}

it("delivers every line once to a reader with dedupe, through rotations, truncations and kills", async () => {
  write(100);
  for (let round = 0; round < 6; round++) {
    const agent = startAgent();
    // Rotated files that are there before the first run belong to nobody.
    if (round === 0) await untilOnDisk();
    write(2_000);
    rotate();
    write(3_000);
    if (round % 2 === 0) {
      await untilHandled();
      copyFileSync(log, `${log}.copy`);
      truncateSync(log);
    }
    write(1_000);
    // In the middle of its work, at another moment each time.
    await expect
      .poll(() => handled().length, { timeout: 20_000 })
      .toBeGreaterThan(written.length - 3_000 + 500 * round);
    agent.child.kill("SIGKILL");
    await once(agent.child, "close");
    write(500);
    if (round % 3 === 0) rotate();
    write(500);
  }
  const last = startAgent();
  await untilHandled();
  last.child.kill("SIGTERM");
  expect((await last.ended).code).toBe(0);

  expect(handled().sort()).toEqual([...written].sort());
}, 120_000);

it("repeats nothing after a clean end", async () => {
  write(1_000);
  for (let round = 0; round < 3; round++) {
    const agent = startAgent();
    write(1_000);
    await untilHandled();
    agent.child.kill(round === 1 ? "SIGINT" : "SIGTERM");
    const { code, out } = await agent.ended;
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ backlog: 0, left: 0, unusable: 0, failed: 0 });
    rotate();
    write(10);
  }
  const last = startAgent();
  await untilHandled();
  last.child.kill("SIGTERM");
  await last.ended;

  const all = [...deaggregateAll(kinesis.records("clicks"))].map(({ data }) => Buffer.from(data).toString());
  expect(all.sort()).toEqual([...written].sort());
}, 60_000);

it("keeps lines while the service is away, and the next run delivers them", async () => {
  kinesis.faults.add("PutRecords error code=AccessDeniedException");
  write(100);
  const agent = startAgent();
  await untilOnDisk();
  agent.child.kill("SIGTERM");
  const { code, out } = await agent.ended;
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ appended: 100, delivered: 0, left: 100 });
  kinesis.faults.clear();

  const next = startAgent();
  await untilHandled();
  next.child.kill("SIGTERM");
  await next.ended;

  expect(handled().sort()).toEqual([...written].sort());
}, 60_000);
