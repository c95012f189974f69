import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import type { LoadSummary } from "../../src/cli/load/load-figures.js";
import type { LoadResult, ReportData } from "../../src/cli/load/report/report-data.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";
import { until } from "./local-stream.js";

let built: BuiltPackage;
/** The temporary files of the command. */
let temporary: string;

beforeAll(async () => {
  built = await buildPackage("load-command");
  temporary = mkdtempSync(join(tmpdir(), "load-command-"));
}, BUILD_TIMEOUT_MS);

afterAll(() => {
  built[Symbol.dispose]();
  rmSync(temporary, { recursive: true });
});

/** Code that a producing process runs before its program. */
const SLOW_START = `
import { writeSync } from "node:fs";
if (process.argv[1].endsWith("load-process.js")) {
  writeSync(2, "starts\\n");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
}
`;

interface LoadProcess {
  readonly interrupt: (signal: NodeJS.Signals) => void;
  readonly err: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

/** A process of the command in its own process group: Ctrl-C reaches the whole group. */
function startLoad(...args: string[]): LoadProcess {
  return startLoadWith({}, ...args);
}

function startLoadWith(env: NodeJS.ProcessEnv, ...args: string[]): LoadProcess {
  const child = spawn(process.execPath, [join(built.folder, "cli", "main.js"), "load", ...args], {
    // The SDK warns of old versions of Node.js.
    env: { ...process.env, NODE_NO_WARNINGS: "1", TMPDIR: temporary, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, err }));
  return { interrupt: (signal) => void process.kill(-(child.pid as number), signal), err: () => err, ended };
}

/** The result of the only mode. */
function resultOf(out: string): LoadSummary {
  const { runs } = JSON.parse(out) as LoadResult;
  expect(runs).toHaveLength(1);
  return runs[0] as LoadSummary;
}

it("starts a separate local Kinesis, which counts the delivered records", async () => {
  const { code, out, err } = await startLoad("--rate", "5000", "--duration", "400ms", "--json").ended;

  expect([code, err]).toEqual([0, ""]);
  const { sent, delivered, kinesisRecords, local } = resultOf(out);
  expect([sent, delivered]).toEqual([2_000, 2_000]);
  expect(local?.kinesisRecords).toBe(kinesisRecords);
});

it("shares the load among processes, over TLS", async () => {
  const shape = ["--processes", "2", "--tls", "--how", "put", "--size", "300", "--keys", "zipf:1.2:50"];
  const { code, out, err } = await startLoad(...shape, "--rate", "4000", "--duration", "500ms", "--json").ended;

  expect([code, err]).toEqual([0, ""]);
  const { sent, delivered, processes, kinesisRecords, local, bytes } = resultOf(out);
  expect([sent, delivered, processes]).toEqual([2_000, 2_000, 2]);
  expect(local?.kinesisRecords).toBe(kinesisRecords);
  expect(bytes).toBe(2_000 * 300);
  expect(readdirSync(temporary)).toEqual([]);
});

it.each([
  ["SIGINT", "1"],
  ["SIGTERM", "2"],
] as const)(
  "at %s of a terminal, delivers what was handed over; producing processes: %s",
  async (signal, processes) => {
    const load = startLoad("--duration", "1h", "--rate", "2000", "--processes", processes, "--progress", "--json");
    await until(() => / [1-9][\d,]* delivered, /.test(load.err()));

    load.interrupt(signal);
    const { code, out } = await load.ended;

    expect(code).toBe(0);
    const summary = resultOf(out);
    expect(summary.interrupted).toBe(true);
    expect(summary.delivered).toBe(summary.sent);
    expect(summary.local?.kinesisRecords).toBe(summary.kinesisRecords);
  },
);

it("at SIGTERM while its producing processes start, ends as an interrupted load, not with their error", async () => {
  // Each process says that it starts, and then takes its time before its own code begins.
  const slow = join(temporary, "slow.mjs");
  writeFileSync(slow, SLOW_START);
  const load = startLoadWith({ NODE_OPTIONS: `--import ${slow}` }, "--duration", "1h", "--processes", "2", "--json");
  await until(() => load.err().split("starts").length > 2);

  load.interrupt("SIGTERM");
  const { code, out, err } = await load.ended;
  rmSync(slow);

  expect([code, err]).toEqual([0, "starts\nstarts\n"]);
  const { interrupted, delivered, sent } = resultOf(out);
  expect([interrupted, delivered]).toEqual([true, sent]);
});

it("sends nothing to a Kinesis that is not on this machine, except with --live", async () => {
  const aws = ["--endpoint", "https://kinesis.us-east-1.amazonaws.com", "--stream", "clicks"];
  const { code, out, err } = await startLoad(...aws).ended;

  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("https://kinesis.us-east-1.amazonaws.com is not on this machine");
  expect(err).toContain("--live allows it");
});

it("says what a producing process says", async () => {
  const nobody = ["--endpoint", "http://127.0.0.1:1", "--stream", "clicks", "--processes", "2"];
  const { code, out, err } = await startLoad(...nobody).ended;

  expect([code, out]).toEqual([1, ""]);
  expect(err).toMatch(/^kinesis-producer load: .*(ECONNREFUSED|127\.0\.0\.1:1)/);
}, 20_000);

it("reshards and injects faults on schedule, and compares modes in text, JSON and a page", async () => {
  const file = join(temporary, "load.html");
  const shape = ["--limits", "--shards", "2", "--rate", "400..1200", "--arrivals", "poisson", "--duration", "2s"];
  const events = ["--at", "200ms split", "--at", "500ms..900ms PutRecords throttle-entry p=0.5"];
  const { code, out } = await startLoad(...shape, ...events, "--modes", "aggregated,raw", "--report", file, "--json")
    .ended;
  const page = readFileSync(file, "utf8");
  rmSync(file);

  expect(code).toBe(0);
  const { runs, conditions } = JSON.parse(out) as LoadResult;
  expect(runs.map(({ mode }) => mode)).toEqual(["aggregated", "raw"]);
  for (const { throttled, shards, bill, delivered, sent } of runs) {
    expect(delivered).toBe(sent);
    expect(throttled).toBeGreaterThan(0);
    // One of two was split: the closed one, and three that are open.
    expect(Object.keys(shards).length).toBeGreaterThanOrEqual(3);
    expect(bill.provisioned.shards).toBe(3);
  }
  expect(conditions.events.map(({ text }) => text)).toEqual(["split", "PutRecords throttle-entry p=0.5"]);
  const json = /<script type="application\/json" id="report-data">(.*)<\/script>/.exec(page)?.[1] ?? "";
  const data = JSON.parse(json) as ReportData;
  expect(data.conditions).toEqual(conditions);
  expect(data.runs.map(({ summary }) => summary)).toEqual(runs);
  for (const { timeline } of data.runs) expect(timeline.delivered.length).toBeGreaterThanOrEqual(8);
}, 30_000);

it("ends with 1 when an event could not happen", async () => {
  const shape = ["--rate", "100", "--duration", "300ms", "--at", "100ms split shardId-000000000099"];
  const { code, err } = await startLoad(...shape).ended;

  expect(code).toBe(1);
  expect(err).toContain("an event of --at could not happen: split shardId-000000000099: ");
});

it("refuses a page that it cannot write, before the load", async () => {
  const { code, out, err } = await startLoad("--report", "/no/such/folder/load.html").ended;

  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain("--report cannot be written: ENOENT");
});
