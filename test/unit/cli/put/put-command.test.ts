import { tmpdir } from "node:os";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { RecordedTerminal, runLine } from "../recorded-terminal.js";
import { file, kinesis, pairs, put, stored, stream, useLocalKinesis } from "./put-under-test.js";

useLocalKinesis();

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
    const packing = String.raw`\d Kinesis records? of [\d.]+ records? each, in \d requests? of [\d.]+ Kinesis records? each`;
    expect(err).toMatch(
      new RegExp(String.raw`^4 records of 4 delivered in [\d.]+ s: 47 bytes, [\d,]+ records/s\n${packing}$`),
    );
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
      expect.stringMatching(/^\d Kinesis records? of /),
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
      kinesisRecords: 1,
      requests: 1,
      throttled: 0,
      retries: 0,
      linesRead: 2,
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

describe("gzip data", () => {
  const packed = Buffer.concat([gzipSync('{"id":"a"}\n{"id":"b"}\n'), gzipSync('{"id":"c"}')]);

  it("is unpacked, from files and from the standard input", async () => {
    const path = file("events.gz", packed);

    const { status } = await put(Readable.from([packed]), "--stream", stream, "--key", "id", path, "-");

    expect(status).toBe(0);
    expect(pairs()).toEqual(["a", "a", "b", "b", "c", "c"].map((id) => `${id}={"id":"${id}"}`));
  });

  it("that ends too early is an error with the name of the file, after its lines so far were sent", async () => {
    const path = file("events.gz", packed.subarray(0, -9));

    const { status, err } = await put("", "--stream", stream, "--key", "id", path);

    expect(status).toBe(1);
    expect(pairs()).toEqual(['a={"id":"a"}', 'b={"id":"b"}']);
    expect(err).toContain(`interrupted after ${path}:2\nto go on behind it: --skip 2\n`);
    expect(err).toContain(
      `\nkinesis-producer put: ${path} cannot be read: its gzip data ends too early: the file is not complete`,
    );
  });

  it("is sent as it is with --no-gunzip", async () => {
    await put("", "--stream", stream, "--lines", "--no-gunzip", "--aggregation", "off", file("a", packed));

    const lines = String(packed.toString("latin1")).split("\n");
    expect(
      stored()
        .map(({ data }) => Buffer.from(data).toString("latin1"))
        .sort(),
    ).toEqual(lines.sort());
  });
});

describe("--skip", () => {
  it("leaves out the lines that an earlier run has sent, over all files", async () => {
    const first = file("first", "a\nb\n");
    const last = file("last", "c\nd\n");

    const { status, out } = await put("", "--stream", stream, "--lines", "--skip", "3", "--json", first, last);

    expect(status).toBe(0);
    expect(stored().map(({ data }) => String(Buffer.from(data)))).toEqual(["d"]);
    expect(JSON.parse(out)).toMatchObject({ sent: 1, linesRead: 4 });
  });

  it("of all lines sends nothing; of more lines it is an error", async () => {
    const all = await put("a\nb\n", "--stream", stream, "--lines", "--skip", "2", "--quiet");
    const more = await put("a\nb\n", "--stream", stream, "--lines", "--skip", "3");

    expect(all).toEqual({ status: 0, out: "", err: "" });
    expect(more).toEqual({
      status: 1,
      out: "",
      err: "kinesis-producer put: --skip 3 is more than the 2 lines of the input",
    });
    expect(stored()).toEqual([]);
  });
});

it("records that a shard throttled are in the summary", async () => {
  kinesis.faults.add("PutRecords throttle-entry times=1");

  const { status, out } = await put("{}\n", "--stream", stream, "--json");

  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ delivered: 1, throttled: 1, retries: 1, requests: 2, kinesisRecords: 1 });
});

describe("what cannot begin", () => {
  const untouched = (): Readable => new Readable({ read: () => expect.fail("it was read") });

  it("reads nothing for a stream that is not there", async () => {
    expect(await put(untouched(), "--stream", "nowhere")).toEqual({
      status: 1,
      out: "",
      err: expect.stringMatching(
        /^kinesis-producer put: the stream cannot be reached \(ResourceNotFoundException: .*\)\n.*put: check the name of the stream, --region and --endpoint$/,
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
  expect(err).toMatch(/^interrupted after line 2\nto go on behind it: --skip 2\n2 records of 2 delivered/);
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
  expect(err).toMatch(/^interrupted after line 4\nto go on behind it: --skip 4\n4 records of 4 delivered in /);
  expect(err).toMatch(/\nkinesis-producer put: interrupted before the end$/);
  expect(stored()).toHaveLength(4);
});
