import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { type DeaggregatedRecord, deaggregateAll } from "../../../../src/deaggregate/index.js";
import { DeadLetterFile, RecordFailedError, type UserRecord } from "../../../../src/index.js";
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
  stream = `clicks-${++streams}`;
  kinesis.createStream(stream, { shards: 2 });
  kinesis.faults.clear();
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_REGION", "us-east-1");
});

/** Runs `put` with this standard input. */
function put(input: string | Readable, ...args: string[]): Promise<Run> {
  const source = typeof input === "string" ? Readable.from([Buffer.from(input)]) : input;
  return runLine(["put", "--endpoint", kinesis.endpoint, "--linger", "5", ...args], new RecordedTerminal(source));
}

function stored(name = stream): readonly DeaggregatedRecord[] {
  return [...deaggregateAll(kinesis.records(name))];
}

/** Key and data of all records in the stream, sorted. */
function pairs(name = stream): string[] {
  return stored(name)
    .map(({ partitionKey, data }) => `${partitionKey}=${Buffer.from(data)}`)
    .sort();
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "put-command-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder(), name);
  writeFileSync(path, content);
  return path;
}

/** A directory with these records as dead letters, in one segment. */
async function deadLetters(...records: readonly UserRecord[]): Promise<string> {
  const directory = folder();
  const kept = new DeadLetterFile({ directory });
  for (const record of records)
    kept.onFailed(new RecordFailedError({ code: "KP_RECORD_EXPIRED", message: "", record }));
  await kept.close();
  return directory;
}

/** Data of the records in a directory. */
function textsIn(directory: string): string[] {
  return readdirSync(directory).flatMap((name) =>
    readFileSync(join(directory, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => Buffer.from(JSON.parse(line).data, "base64").toString()),
  );
}

describe("lines", () => {
  it("that are not UTF-8 are reported with their numbers, and left out; a byte-order mark is accepted", async () => {
    const input = Buffer.concat([
      Buffer.from('\uFEFF{"partitionKey":"a","data":"1"}\n'),
      Buffer.from('{"partitionKey":"M\xfcller","data":"2"}\n', "latin1"),
      Buffer.from('{"partitionKey":"b","data":"\\ud800"}\n{"partitionKey":"c","data":"4"}\n'),
    ]);

    const { status, err } = await put(Readable.from([input]), "--stream", stream, "--records");

    expect(pairs()).toEqual(["a=1", "c=4"]);
    expect(status).toBe(1);
    expect(err).toContain("line 2 is not UTF-8");
    expect(err).toContain("line 3 its data has half of a surrogate pair, which is not a character");
  });

  it("of files and of the standard input are sent as they stand, in the order that is given", async () => {
    const first = file("first.ndjson", '{"id":"a"}\n{"id":"b", "n":1}');
    const last = file("last.ndjson", '{"id":"d"}\r\n');

    const { status, out, err } = await put('{"id":"c"}\n', "--stream", stream, "--key", "id", first, "-", last);

    expect([status, out]).toEqual([0, ""]);
    expect(err).toMatch(/^4 records of 4 delivered in [\d.]+ s: 47 bytes, [\d,]+ records\/s$/);
    expect(pairs()).toEqual(['a={"id":"a"}', 'b={"id":"b", "n":1}', 'c={"id":"c"}', 'd={"id":"d"}']);
  });

  it("of any bytes are data with --lines", async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x0a]);

    const { status } = await put("", "--stream", stream, "--lines", file("bytes", bytes));

    expect(status).toBe(0);
    expect(stored().map(({ data }) => [...data])).toEqual([[0xff, 0xfe, 0x00]]);
  });

  it("are records with --records", async () => {
    const line = JSON.stringify({ partitionKey: "k", explicitHashKey: "7", data: "x" });

    expect(await put(line, "--stream", stream, "--records", "--aggregation", "off")).toMatchObject({ status: 0 });
    expect(kinesis.records(stream)).toMatchObject([{ partitionKey: "k", explicitHashKey: "7" }]);
  });

  it("that are no record fail alone, and are reported with their number", async () => {
    const path = file("events.ndjson", 'nonsense\n{"id":"a"}\n\n{"no":1}\n{"id":"b"}\n');

    const { status, err } = await put("", "--stream", stream, "--key", "id", path);

    expect(status).toBe(1);
    expect(err.split("\n")).toEqual([
      expect.stringContaining(`kinesis-producer put: ${path}:1 is not JSON: `),
      `kinesis-producer put: ${path}:4 has no field id`,
      expect.stringMatching(/^2 records of 2 delivered/),
      "2 lines could not be used",
      "kinesis-producer put: 2 lines not used",
    ]);
    expect(pairs()).toHaveLength(2);
  });

  it("that are too large for a record, or for the stream, fail alone", async () => {
    const max = 10 * 1024 * 1024;
    const lines = ["a", "x".repeat(max + 1), "y".repeat(max), "b"].join("\n");

    const { status, err } = await put(lines, "--stream", stream, "--lines", "--partition-key", "k");

    expect(status).toBe(1);
    expect(err).toContain(`kinesis-producer put: line 2 has more than ${max} bytes\n`);
    expect(err).toMatch(/put: line 3 was not delivered: KP_RECORD_TOO_LARGE: /);
    expect(err).toContain("1 record failed: KP_RECORD_TOO_LARGE 1\n");
    expect(pairs()).toEqual(["k=a", "k=b"]);
  });

  it("are printed as a line of JSON", async () => {
    const { status, out, err } = await put('{}\n"x"\n', "--stream", stream, "--json");

    expect(status).toBe(1);
    expect(JSON.parse(out)).toEqual({
      sent: 1,
      delivered: 1,
      failed: 0,
      failedByCode: {},
      unusable: 1,
      mayBeDuplicates: 0,
      bytes: expect.any(Number),
      seconds: expect.any(Number),
      recordsPerSecond: expect.any(Number),
    });
    expect(err).toBe("kinesis-producer put: line 2 is not a JSON object\nkinesis-producer put: 1 line not used");
  });

  it("that are delivered are not worth a word with --quiet", async () => {
    expect(await put("{}\n", "--stream", stream, "--quiet")).toEqual({ status: 0, out: "", err: "" });
  });

  it("that may be there twice are counted", async () => {
    kinesis.faults.add("PutRecords error code=InternalFailure stored times=1");

    const { status, out } = await put("{}\n", "--stream", stream, "--json");

    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ delivered: 1, mayBeDuplicates: 1 });
    expect(stored()).toHaveLength(2);
  });
});

describe("what cannot begin", () => {
  const untouched = (): Readable => new Readable({ read: () => expect.fail("it was read") });

  it("reads nothing for a stream that is not there", async () => {
    expect(await put(untouched(), "--stream", "nowhere")).toEqual({
      status: 1,
      out: "",
      err: expect.stringMatching(
        /^kinesis-producer put: the stream cannot be reached \(ResourceNotFoundException: .*\)$/,
      ),
    });
  });

  it("sends nothing when one of the files cannot be read", async () => {
    const good = file("good.ndjson", "{}\n");

    const missing = await put("", "--stream", stream, good, "/nowhere/bad.ndjson");
    const directory = await put("", "--stream", stream, good, tmpdir());

    expect(missing).toMatchObject({
      status: 1,
      err: expect.stringContaining("/nowhere/bad.ndjson cannot be read: ENOENT"),
    });
    expect(directory).toMatchObject({ status: 1, err: `kinesis-producer put: ${tmpdir()} is a directory` });
    expect(stored()).toEqual([]);
  });

  it("says what is wrong with a directory", async () => {
    const path = file("no-directory", "");

    expect(await put("", "--stream", stream, "--dead-letters", path)).toMatchObject({
      status: 1,
      err: expect.stringContaining("--dead-letters cannot be used: EEXIST"),
    });
    expect(await put("", "--replay", path)).toMatchObject({
      status: 1,
      err: expect.stringContaining(`--replay ${path} cannot be used: ENOTDIR`),
    });
  });
});

it("an input that breaks off is reported, after its lines so far were sent", async () => {
  const broken = Object.assign(new Error("EIO: i/o error, read"), { syscall: "read", errno: -5 });
  async function* chunks(): AsyncGenerator<Buffer> {
    yield Buffer.from("{}\n{}\n{");
    throw broken;
  }
  const source = Readable.from(chunks());

  const { status, err } = await put(source, "--stream", stream);

  expect(status).toBe(1);
  expect(err).toMatch(/^2 records of 2 delivered/);
  expect(err).toMatch(/\nkinesis-producer put: the standard input cannot be read: EIO: i\/o error, read$/);
});

it("Ctrl-C stops the reading, delivers what was read, and says where it was", async () => {
  const source = new Readable({ read: () => {} });
  const terminal = new RecordedTerminal(source);
  const running = runLine(["put", "--stream", stream, "--endpoint", kinesis.endpoint, "--linger", "1"], terminal);
  source.push(Buffer.from('{"n":1}\n{"n":2}\n{"n":'));
  await vi.waitFor(() => expect(stored()).toHaveLength(2), { interval: 5 });
  source.push(Buffer.from('3}\n{"n":4}\n{"n":'));
  await vi.waitFor(() => expect(stored()).toHaveLength(4), { interval: 5 });

  terminal.interrupt();
  const { status, err } = await running;

  expect(status).toBe(1);
  expect(err).toMatch(/^interrupted after line 4\n4 records of 4 delivered in /);
  expect(err).toMatch(/\nkinesis-producer put: interrupted before the end$/);
  expect(stored()).toHaveLength(4);
});

describe("dead letters", () => {
  it("are kept, and replayed to the stream they were meant for, until the directory is empty", async () => {
    const directory = join(folder(), "failed");
    const remove = kinesis.faults.add("PutRecords error code=AccessDeniedException");
    const failing = await put(
      '{"id":"a"}\n{"id":"b"}\n',
      "--stream",
      stream,
      "--key",
      "id",
      "--dead-letters",
      directory,
    );
    remove();

    const replayed = await put("", "--replay", directory);

    expect(failing.status).toBe(1);
    expect(failing.err).toContain("2 records failed: AccessDeniedException 2\n2 dead letters kept\n");
    expect(replayed.status).toBe(0);
    expect(replayed.err).toMatch(/^2 records of 2 delivered in /);
    expect(pairs()).toEqual(['a={"id":"a"}', 'b={"id":"b"}']);
    expect(readdirSync(directory)).toEqual([]);
    expect(await put("", "--replay", directory)).toMatchObject({ status: 0 });
  });

  it("that fail again stay, as does what cannot be read", async () => {
    const directory = await deadLetters(
      { streamName: stream, partitionKey: "k", data: "1" },
      { streamName: stream, partitionKey: "x".repeat(257), data: "2" },
      { streamName: stream, partitionKey: "k", data: "3" },
      { partitionKey: "k", data: "4" },
      { streamName: "nowhere", partitionKey: "k", data: "5" },
    );
    const [name = ""] = readdirSync(directory);
    const torn = '{"v":1,"data":"dG9ybg==","k';
    writeFileSync(join(directory, name), `${readFileSync(join(directory, name), "utf8")}${torn}\n`);

    const { status, out, err } = await put("", "--replay", directory, "--json");

    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      sent: 5,
      delivered: 2,
      failedByCode: { KP_INVALID_RECORD: 2, ResourceNotFoundException: 1 },
      replay: { left: 3, unreadable: 1, leftOut: [] },
    });
    expect(err).toContain(`kinesis-producer put: ${name}: record 2 was not delivered: KP_INVALID_RECORD: `);
    expect(err).toContain("3 records of 5 not delivered, 1 line not readable");
    expect(pairs()).toEqual(["k=1", "k=3"]);
    expect(err).toContain(`kinesis-producer put: ${name}: line 6 cannot be resent: it is torn`);
    const lines = readFileSync(join(directory, name), "utf8").trimEnd().split("\n");
    expect(lines.pop()).toBe(torn);
    expect(lines.map((line) => Buffer.from(JSON.parse(line).data, "base64").toString())).toEqual(["2", "4", "5"]);
  });

  it("that name no stream go to the one of the command line", async () => {
    const directory = await deadLetters({ partitionKey: "k", data: "1" });

    expect(await put("", "--replay", directory, "--stream", stream)).toMatchObject({ status: 0 });
    expect(pairs()).toEqual(["k=1"]);
  });

  it("of a stream in another account do not go to its namesake, and stay when that one is not to be had", async () => {
    const arn = (account: string): string => `arn:aws:kinesis:us-east-1:${account}:stream/${stream}`;
    const directory = folder();
    const kept = new DeadLetterFile({ directory });
    for (const [data, account] of [
      ["here", "000000000000"],
      ["elsewhere", "111111111111"],
    ] as const) {
      const record = { streamName: stream, partitionKey: "k", data };
      kept.onFailed(new RecordFailedError({ code: "KP_RECORD_EXPIRED", message: "", record, streamArn: arn(account) }));
    }
    await kept.close();

    const { status, out } = await put("", "--replay", directory, "--json");

    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ delivered: 1, replay: { left: 1 } });
    expect(pairs()).toEqual(["k=here"]);
    expect(textsIn(directory)).toEqual(["elsewhere"]);
  });

  it("say which stream of which account and region they were meant for", async () => {
    const directory = join(folder(), "failed");
    const remove = kinesis.faults.add("PutRecords error code=AccessDeniedException");

    await put("a\n", "--stream", stream, "--lines", "--dead-letters", directory);

    remove();
    const [name = ""] = readdirSync(directory);
    const { streamArn } = JSON.parse(readFileSync(join(directory, name), "utf8"));
    expect(streamArn).toBe(`arn:aws:kinesis:us-east-1:000000000000:stream/${stream}`);
  });

  it("that a running process writes are left out, and this is said", async () => {
    const directory = await deadLetters({ streamName: stream, partitionKey: "k", data: "1" });
    const open = join(directory, `dead-letters-000000000000001-${process.pid}-9.ndjson.open`);
    writeFileSync(open, "");

    const { status, err } = await put("", "--replay", directory);

    expect(status).toBe(0);
    expect(err).toContain(`\n${open} is still being written, and was skipped`);
    expect(readdirSync(directory)).toHaveLength(1);
  });

  it("stay when Ctrl-C comes before them", async () => {
    const directory = await deadLetters({ streamName: stream, partitionKey: "k", data: "1" });
    const terminal = new RecordedTerminal();
    terminal.interrupt();

    const { status, err } = await runLine(["put", "--replay", directory, "--endpoint", kinesis.endpoint], terminal);

    expect(status).toBe(1);
    expect(err).toMatch(/^interrupted in .*\.ndjson\n/);
    expect(textsIn(directory)).toEqual(["1"]);
  });

  it("are gone from the directory only when all of a segment is settled", async () => {
    const directory = await deadLetters(
      { streamName: stream, partitionKey: "k", data: "1" },
      { streamName: stream, partitionKey: "k", data: "2" },
    );
    const seen: string[][] = [];
    const remove = kinesis.control("PutRecords", () => {
      seen.push(textsIn(directory));
      return undefined;
    });
    onTestFinished(remove);

    expect(await put("", "--replay", directory)).toMatchObject({ status: 0 });
    expect(seen).toEqual([["1", "2"]]);
  });
});
