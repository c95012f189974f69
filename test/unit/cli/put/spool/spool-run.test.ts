import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { SpooledProducer } from "../../../../../src/spool/index.js";
import { RecordedTerminal, runLine } from "../../recorded-terminal.js";
import { file, folder, kinesis, pairs, put, stored, stream, textsIn, useLocalKinesis } from "../put-under-test.js";

useLocalKinesis();

/** Data of the records in a directory, and input that is no record. */
function lettersIn(directory: string): string[] {
  const lines = readdirSync(directory).flatMap((name) =>
    readFileSync(join(directory, name), "utf8").trimEnd().split("\n"),
  );
  return lines.map((line) => {
    const { data, input } = JSON.parse(line);
    return Buffer.from(data ?? input, "base64").toString();
  });
}

function spoolArgs(directory: string, ...args: readonly string[]): string[] {
  return ["--stream", stream, "--spool", directory, ...args];
}

describe("put --spool", () => {
  it("delivers the lines of the standard input, each with an id, and leaves nothing on disk", async () => {
    const directory = join(folder(), "spool");

    const { status, err } = await put("one\ntwo\nthree", ...spoolArgs(directory, "--lines", "--partition-key", "k"));

    expect(err).toMatch(/^3 records put on disk\n3 records delivered in .*nothing is left on disk$/s);
    expect(status).toBe(0);
    expect(pairs()).toEqual(["k=one", "k=three", "k=two"]);
    expect(new Set(stored().map(({ recordId }) => recordId)).size).toBe(3);
    expect(readdirSync(directory).filter((name) => name.endsWith(".records"))).toEqual([]);
  });

  it("delivers what an earlier run has left, also with an empty input", async () => {
    const directory = join(folder(), "spool");
    kinesis.faults.add("PutRecords error code=AccessDeniedException");
    const first = await put("1\n2\n", ...spoolArgs(directory, "--lines", "--flush-timeout", "0", "--json"));
    expect(JSON.parse(first.out)).toMatchObject({ appended: 2, delivered: 0, left: 2, linesRead: 2 });
    expect(first.status).toBe(0);
    kinesis.faults.clear();

    const { status, out } = await put("", ...spoolArgs(directory, "--lines", "--json"));

    expect(JSON.parse(out)).toMatchObject({ backlog: 2, appended: 0, delivered: 2, left: 0 });
    expect(status).toBe(0);
    expect(stored()).toHaveLength(2);
  }, 20_000);

  it("says what is left when the delivery takes too long", async () => {
    const directory = join(folder(), "spool");
    kinesis.faults.add("PutRecords error code=AccessDeniedException");

    const { status, err } = await put("1\n", ...spoolArgs(directory, "--lines", "--flush-timeout", "50ms"));

    expect(err).toMatch(
      /1 record left on disk \(\d+ bytes\): the next run delivers them\n.*1 record not delivered yet$/s,
    );
    expect(status).toBe(1);
  }, 20_000);

  it("ends at Ctrl-C with the lines on disk, and says how to go on", async () => {
    const directory = join(folder(), "spool");
    const input = new PassThrough();
    const terminal = new RecordedTerminal(input);
    const ended = runLine(["put", "--endpoint", kinesis.endpoint, ...spoolArgs(directory, "--lines")], terminal);
    input.write("one\ntwo\nthr");
    await expect.poll(() => stored().length).toBe(2);
    terminal.interrupt();

    const { status, err } = await ended;

    expect(err).toMatch(/^interrupted after line 2\nto go on behind it: --skip 2\n2 records put on disk/);
    expect(status).toBe(1);
  });

  it("leaves lines out that an earlier run has put on disk, and unpacks gzip data", async () => {
    const path = file("lines.gz", gzipSync("1\n2\n3\n4\n"));

    const { out } = await put("", ...spoolArgs(join(folder(), "s"), "--lines", "--skip", "3", "--json", path));

    expect(JSON.parse(out)).toMatchObject({ appended: 1, linesRead: 4 });
    expect(stored().map(({ data }) => Buffer.from(data).toString())).toEqual(["4"]);
  });

  it("keeps lines that are no records, and records that are too large, and sends the others", async () => {
    const directory = join(folder(), "spool");
    const tooLarge = JSON.stringify({ text: "x".repeat(3 * 1024 * 1024) });

    const { status, err } = await put(`{"a":1}\nnothing\n${tooLarge}\n{"a":2}\n`, ...spoolArgs(directory));

    expect(err).toContain("line 2 is not JSON");
    expect(err).toMatch(/record \S+-2 was not delivered: KP_RECORD_TOO_LARGE/);
    expect(err).toContain("2 dead letters kept");
    expect(status).toBe(1);
    expect(stored()).toHaveLength(2);
    expect(lettersIn(join(directory, "dead-letters")).sort()).toEqual(["nothing", tooLarge].sort());
  });

  it("counts records that the service refuses for good, whose letters the spool keeps", async () => {
    const directory = join(folder(), "spool");
    const letters = join(folder(), "letters");
    kinesis.faults.add("PutRecords error code=ValidationException");

    const { status, out } = await put("1\n", ...spoolArgs(directory, "--lines", "--dead-letters", letters, "--json"));

    expect(JSON.parse(out)).toMatchObject({ failed: 1, delivered: 0, left: 0, deadLetters: { kept: 1, lost: 0 } });
    expect(status).toBe(1);
    expect(textsIn(letters)).toEqual(["1"]);
    expect(existsSync(join(directory, "dead-letters"))).toBe(false);
  });

  it("needs the directory for itself", async () => {
    const directory = join(folder(), "spool");
    const other = await SpooledProducer.open({ directory, producer: { streamName: stream, region: "us-east-1" } });

    const { status, err } = await put("1\n", ...spoolArgs(directory, "--lines"));

    expect(err).toContain("in use by process");
    expect(status).toBe(1);
    await other.close();
  });
});

describe("put --follow", () => {
  it("reads what is added through rotations until Ctrl-C, and repeats nothing in the next run", async () => {
    const directory = folder();
    const log = join(directory, "app.log");
    writeFileSync(log, "1\n2\n");
    const args = [
      "put",
      "--endpoint",
      kinesis.endpoint,
      "--linger",
      "5",
      ...spoolArgs(join(directory, "spool"), "--lines"),
    ];
    const follow = [...args, "--follow", "--poll-interval", "10ms", log];
    const terminal = new RecordedTerminal();
    const first = runLine(follow, terminal);
    await expect.poll(() => stored().length).toBe(2);
    renameSync(log, `${log}.1`);
    writeFileSync(log, "3\n");
    appendFileSync(`${log}.1`, "late\n");
    await expect.poll(() => stored().length).toBe(4);
    terminal.interrupt();
    expect(await first).toMatchObject({ status: 0, err: expect.stringMatching(/^4 records put on disk/) });

    appendFileSync(log, "4\n");
    const again = new RecordedTerminal();
    const second = runLine([...follow, "--json"], again);
    await expect.poll(() => stored().length).toBe(5);
    again.interrupt();

    const { status, out } = await second;
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ backlog: 0, appended: 1, delivered: 1, left: 0 });
    expect(JSON.parse(out)).not.toHaveProperty("interrupted");
  });

  it("reads nothing when the positions are damaged", async () => {
    const directory = join(folder(), "spool");
    await put("", ...spoolArgs(directory, "--lines"));
    writeFileSync(join(directory, "positions.json"), "{");

    const { status, err } = await put("", ...spoolArgs(directory, "--lines", "--follow", "app.log"));

    expect(err).toContain(`${join(directory, "positions.json")} cannot be used`);
    expect(status).toBe(1);
  });
});
