import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it, onTestFinished } from "vitest";
import { DeadLetterFile, RecordFailedError, readDeadLetters, type UnreadableLine } from "../../../../src/index.js";
import { RecordedTerminal, runLine } from "../recorded-terminal.js";
import {
  deadLetters,
  file,
  folder,
  kinesis,
  pairs,
  put,
  stored,
  stream,
  textsIn,
  useLocalKinesis,
} from "./put-under-test.js";

useLocalKinesis();

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

  it("keep lines that are no records, with their reason; a replay names them and leaves them", async () => {
    const directory = folder();
    const long = "x".repeat(10 * 1024 * 1024 + 1);
    const path = file("events.ndjson", `nonsense\n{}\n${long}\n`);

    const sent = await put("", "--stream", stream, "--dead-letters", directory, "--json", path);
    const replayed = await put("", "--replay", directory);

    expect(sent.status).toBe(1);
    expect(JSON.parse(sent.out)).toMatchObject({ delivered: 1, unusable: 2, deadLetters: { kept: 2, lost: 0 } });
    expect(replayed.status).toBe(1);
    expect(replayed.err).toContain(
      `: line 1 cannot be resent: it keeps input that is not a record: ${path}:1 is not JSON: `,
    );
    expect(replayed.err).toContain(
      `: line 2 cannot be resent: it keeps input that is not a record: ${path}:3 has more`,
    );
    expect(stored()).toHaveLength(1);
    const kept: UnreadableLine[] = [];
    for await (const { letters } of readDeadLetters(directory, { onUnreadable: (line) => kept.push(line) })) {
      for await (const _ of letters) expect.fail("it is no record");
    }
    expect(kept.map(({ input }) => input && String(Buffer.from(input)))).toEqual(["nonsense", undefined]);
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
