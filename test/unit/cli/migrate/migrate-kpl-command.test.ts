import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { RecordedTerminal, type Run, runLine } from "../recorded-terminal.js";

function run(input: string, ...args: string[]): Promise<Run> {
  return runLine(["migrate-kpl", ...args], new RecordedTerminal(Readable.from([Buffer.from(input, "latin1")])));
}

it("prints a program, and the report on the standard error", async () => {
  const { status, out, err } = await run("Region = eu-west-1\nAggregationMaxSize=10485760\nTempDirectory=/tmp\n", "-");

  expect(status).toBe(0);
  expect(out).toBe(`import { KinesisProducer } from "kinesis-producer";

const producer = new KinesisProducer({
  streamName: "…", // each call of the KPL names its stream
  region: "eu-west-1",
  // 10485760 is above the maximum of aggregation.maxBytes, 10485759
  aggregation: {
    maxBytes: 10485759,
  },
});`);
  expect(err.split("\n")).toEqual([
    "mapped   Region (line 1) is region",
    "mapped   AggregationMaxSize (line 2) is aggregation.maxBytes: 10485760 is above the maximum of aggregation.maxBytes, 10485759",
    "dropped  TempDirectory (line 3): there is no native process",
  ]);
});

it("prints everything as one line of JSON with --json", async () => {
  const { status, out, err } = await run("RecordTtl = 2147483647\n", "--json", "-");

  const value = "2147483647";
  expect([status, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toEqual({
    options: { recordTtlMs: "Infinity" },
    report: {
      mapped: [
        {
          key: "RecordTtl",
          value,
          line: 1,
          options: ["recordTtlMs"],
          note: `${value} is more than 7 days, which means for ever`,
        },
      ],
      dropped: [],
      missing: [],
      unknown: [],
    },
  });
});

it.each([[["-"]], [["--json", "-"]]])("does not show a password: %j", async (args) => {
  const { status, out, err } = await run("ProxyHost=proxy\nProxyUserName=alice\nProxyPassword=s3cret\n", ...args);

  expect(status).toBe(0);
  expect(out).toContain("alice");
  expect(out + err).not.toContain("s3cret");
});

it("has status 1 when a key is missing or unknown", async () => {
  const { status, out, err } = await run("MetricsNamespace = Clicks\nRecordTTL = 1\n", "-");

  expect(status).toBe(1);
  expect(out).toContain("new KinesisProducer({");
  expect(err.split("\n")).toEqual([
    'missing  MetricsNamespace (line 1): CloudWatchReporter of kinesis-producer/cloudwatch: namespace: "Clicks"',
    "unknown  RecordTTL (line 2): the KPL has no such key; did you mean RecordTtl?",
    "kinesis-producer migrate-kpl: 2 keys without an option: see the report",
  ]);
});

it("prints nothing when values cannot be used, and names each with its line", async () => {
  const { status, out, err } = await run("RateLimit = 0\nMaxUserRecordSize = 1048576;\n", "-");

  expect([status, out]).toEqual([1, ""]);
  expect(err).toBe(
    'kinesis-producer migrate-kpl: -: RateLimit must be a whole number from 1 to 9223372036854775807, got "0" (line 1)\n' +
      '-: MaxUserRecordSize must be a whole number from 64 to 10485760, got "1048576;"; remove the semicolon (line 2)',
  );
});

it("reads a file as Java does, as ISO 8859-1", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kp-migrate-"));
  try {
    const file = join(folder, "kpl.properties");
    await writeFile(file, Buffer.from("TempDirectory = /tmp/\xfc\n", "latin1"));

    const { out } = await runLine(["migrate-kpl", "--json", file]);

    expect(out).toContain('"value":"/tmp/ü"');
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("has status 1 for a file that cannot be read", async () => {
  const { status, err } = await runLine(["migrate-kpl", "/nowhere/kpl.properties"]);

  expect(status).toBe(1);
  expect(err).toContain("/nowhere/kpl.properties cannot be read: ENOENT");
});

it.each([[[]], [["a", "b"]]])("wants one file, not %j", async (files) => {
  const { status, err } = await runLine(["migrate-kpl", ...files]);

  expect(status).toBe(2);
  expect(err).toContain(`migrate-kpl needs one FILE, got ${files.length}`);
});

it.each([
  ["\x1b[2Jx = 1\n", 'unknown  "\\u001b[2Jx" (line 1)'],
  ["a\\nb = 1\n", 'unknown  "a\\nb" (line 1)'],
  [`${"k".repeat(1_000)} = 1\n`, `unknown  "${"k".repeat(60)}…" (line 1)`],
])("shows a key that is no word as a text (%#)", async (text, line) => {
  const folder = await mkdtemp(join(tmpdir(), "kp-migrate-"));
  try {
    const file = join(folder, "kpl.properties");
    await writeFile(file, text, "latin1");

    expect((await runLine(["migrate-kpl", file])).err).toContain(line);
  } finally {
    await rm(folder, { recursive: true });
  }
});
