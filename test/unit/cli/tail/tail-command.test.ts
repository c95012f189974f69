import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { OptionValues } from "../../../../src/cli/option-table.js";
import { readTailOptions } from "../../../../src/cli/tail/tail-options.js";
import { KinesisProducer } from "../../../../src/index.js";
import { LocalKinesis } from "../../../../src/testing/index.js";
import { RecordedTerminal, type Run, runLine } from "../recorded-terminal.js";

const STREAM = "clicks";

let kinesis: LocalKinesis;

beforeAll(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
  await using producer = new KinesisProducer({ streamName: STREAM, ...kinesis.clientConfig(), lingerMs: 5 });
  await Promise.all([
    producer.put({ partitionKey: "a", data: "text ü" }),
    producer.put({ partitionKey: "b", explicitHashKey: 0n, data: Uint8Array.of(0xff, 0) }),
    producer.put({ partitionKey: "b", explicitHashKey: 1n, data: "", tags: { a: "1" }, recordId: "id" }),
  ]);
});

afterAll(() => kinesis.close());

beforeEach(() => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_REGION", "us-east-1");
});

function tail(terminal: RecordedTerminal, ...args: string[]): Promise<Run> {
  const poll = args.includes("--poll") ? [] : ["--poll", "200ms"];
  return runLine(["tail", "--endpoint", kinesis.endpoint, ...poll, ...args], terminal);
}

function linesOf({ out }: Run): Record<string, unknown>[] {
  return out.split("\n").map((line): Record<string, unknown> => JSON.parse(line));
}

describe("tail", () => {
  it("prints every user record as a line, with data that is no text in base64", async () => {
    const run = await tail(new RecordedTerminal(), "--stream", STREAM, "--until-end");

    const lines = linesOf(run).sort((a, b) => Number(a.explicitHashKey ?? -1) - Number(b.explicitHashKey ?? -1));
    expect([run.status, run.err]).toEqual([
      0,
      expect.stringMatching(/^kinesis-producer tail: 3 records from \d shards?$/),
    ]);
    expect(lines).toMatchObject([
      { partitionKey: "a", data: "text ü" },
      { partitionKey: "b", explicitHashKey: "0", dataBase64: "/wA=" },
      {
        partitionKey: "b",
        explicitHashKey: "1",
        data: "",
        tags: { a: "1" },
        recordId: "id",
        subSequenceNumber: expect.any(Number),
      },
    ]);
    for (const { shardId, sequenceNumber, arrival } of lines) {
      expect(shardId).toMatch(/^shardId-/);
      expect(sequenceNumber).toMatch(/^\d+$/);
      expect(new Date(String(arrival)).toJSON()).toBe(arrival);
    }
  });

  it("prints Kinesis records as they are with --raw", async () => {
    const run = await tail(new RecordedTerminal(), "--stream", STREAM, "--until-end", "--raw", "--quiet");

    const stored = kinesis.records(STREAM);
    expect(
      linesOf(run)
        .map(({ sequenceNumber }) => sequenceNumber)
        .sort(),
    ).toEqual(stored.map(({ sequenceNumber }) => sequenceNumber).sort());
    expect(run.err).toBe("");
  });

  it("prints only the records of a shard or key, up to a limit, and only their data", async () => {
    const linesFor = async (...args: string[]): Promise<string[]> => {
      const { status, out } = await tail(new RecordedTerminal(), "--stream", STREAM, "--until-end", "--quiet", ...args);
      expect(status).toBe(0);
      return out === "" ? [] : out.split("\n").sort();
    };
    const all = await linesFor("--data");
    const [zero, one] = [await linesFor("--data", "--shard", "0"), await linesFor("--data", "--shard", "1")];

    expect([...zero, ...one].sort()).toEqual(all);
    expect(zero.length).toBeGreaterThan(0);
    expect(await linesFor("--data", "--shard", "shardId-000000000000")).toEqual(zero);
    expect(await linesFor("--data", "--key", "a")).toEqual(["text ü"]);
    expect(await linesFor("--data", "--key", "a", "--key", "b")).toEqual(all);
    expect(await linesFor("--data", "--key", "b", "--shard", "0", "--limit", "1")).toHaveLength(1);
    expect(await linesFor("--limit", "2")).toHaveLength(2);
    expect(await linesFor("--key", "nobody")).toEqual([]);
  });

  it("ends at its limit though it follows the stream", async () => {
    const run = await tail(new RecordedTerminal(), "--stream", STREAM, "--from", "trim-horizon", "--limit", "1");

    expect(run).toMatchObject({ status: 0, err: "kinesis-producer tail: 1 record from 1 shard" });
  });

  it("ends with a shard that is closed, and does not go on to its children", async () => {
    kinesis.createStream("split");
    const config = { streamName: "split", ...kinesis.clientConfig(), lingerMs: 1 };
    await using producer = new KinesisProducer(config);
    await producer.put({ partitionKey: "a", data: "parent" });
    kinesis.splitShard("split", "shardId-000000000000");
    await using later = new KinesisProducer(config);
    await later.put({ partitionKey: "a", data: "child" });

    const run = await tail(
      new RecordedTerminal(),
      "--stream",
      "split",
      "--from",
      "trim-horizon",
      "--shard",
      "0",
      "--data",
    );

    expect(run).toMatchObject({ status: 0, out: "parent" });
  });

  it("waits for more until Ctrl-C, which is a good end", async () => {
    const terminal = new RecordedTerminal();
    const first = terminal.next();
    const run = tail(terminal, "--stream", STREAM, "--from", "1h");
    await first;

    terminal.interrupt();

    expect(await run).toMatchObject({ status: 0 });
  });

  it("ends when nobody reads its output any more", async () => {
    const terminal = new RecordedTerminal();
    terminal.outputReady = () => Promise.resolve(false);

    const run = await tail(terminal, "--stream", STREAM, "--from", "trim-horizon");

    expect([run.status, linesOf(run).length]).toEqual([0, 1]);
  });

  it("says what the service says, with status 1", async () => {
    const run = await tail(new RecordedTerminal(), "--stream", "nowhere", "--quiet");

    expect(run.status).toBe(1);
    expect(run.err).toMatch(/^kinesis-producer tail: ResourceNotFoundException: /);
    expect(run.err).toMatch(/\nkinesis-producer tail: check the name of the stream, --region and --endpoint$/);
  });

  it.each([
    [[], "exactly one of --stream and --stream-arn is needed"],
    [["--stream", "a", "--stream-arn", "b"], "exactly one of --stream and --stream-arn is needed"],
    [["--stream-arn", "b"], 'streamArn must be the ARN of a stream, got "b"'],
    [
      ["--stream", STREAM, "--shard", "7"],
      "--shard must name shards that have records from the starting position on, got",
    ],
    [["--stream", "a", "--shard", "a b"], "--shard must be a shard like shardId-000000000003, or its number"],
    [["--stream", "a", "--limit", "0"], "--limit must be a whole number of at least 1"],
    [["--stream", "a", "--poll", "0.1s"], "--poll must be a time like"],
    [["--stream", "a", "--from", "15"], "--from must be latest, trim-horizon"],
    [["--stream", "a", "--from", "latest 1"], "--from must be latest, trim-horizon"],
    [["--stream", "a", "--from", "2999-01-01"], "--from must be latest, trim-horizon"],
  ])("refuses %j with status 2", async (args, message) => {
    const run = await tail(new RecordedTerminal(), ...args);

    expect(run.status).toBe(2);
    expect(run.err).toContain(message);
  });
});

describe("--from", () => {
  const now = Date.UTC(2026, 10, 24, 12);
  const fromOf = (...flags: [string, string][]): unknown =>
    readTailOptions(
      new OptionValues(new Map([["stream", ["a"]], ...flags.map(([k, v]) => [k, [v]] as const)])),
      {},
      now,
    ).read.from;

  it.each([
    ["90ms", { timestamp: new Date(now - 90) }],
    ["2h", { timestamp: new Date(now - 7_200_000) }],
    ["2026-11-24T11:59:00Z", { timestamp: new Date(now - 60_000) }],
    ["trim-horizon", "TRIM_HORIZON"],
    ["TRIM_HORIZON", "TRIM_HORIZON"],
    ["LATEST", "LATEST"],
  ])("takes %s", (text, from) => {
    expect(fromOf(["from", text])).toEqual(from);
  });

  it("is latest by default, and with --until-end the beginning", () => {
    expect([fromOf(), fromOf(["until-end", ""])]).toEqual(["LATEST", "TRIM_HORIZON"]);
  });
});
