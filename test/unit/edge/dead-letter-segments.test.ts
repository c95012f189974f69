import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { DeadLetterFile } from "../../../src/edge/dead-letter-file.js";
import type { UnreadableLine } from "../../../src/edge/dead-letter-segments.js";
import { failure, type ReadSegment, readSegments, temporaryFolder, textsIn } from "./dead-letter-directory.js";

let directory: string;

beforeEach(() => {
  directory = temporaryFolder();
});

describe("a directory that is read", () => {
  const line = (data: string): string => `${JSON.stringify({ v: 1, data: Buffer.from(data).toString("base64") })}\n`;

  test("gives segments by age, and those of a process that died, up to the line it was writing", async () => {
    // No process has this id.
    writeFileSync(join(directory, "dead-letters-000000000000002-999999999-1.ndjson.open"), `${line("b")}{"v":1,"da`);
    writeFileSync(join(directory, "dead-letters-000000000000001-1-1.ndjson"), line("a"));
    writeFileSync(join(directory, "notes.txt"), "not mine");

    const all = await readSegments(directory);

    expect(textsIn(all)).toEqual(["a", "b"]);
    expect(all.map(({ unreadable }) => unreadable)).toEqual([0, 1]);
  });

  test("keeps of a segment what is left, and removes it when nothing is", async () => {
    const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
    writeFileSync(path, line("a") + line("b") + line("c"));
    const [segment] = await readSegments(directory);

    await segment?.keep((index) => index === 1);
    expect(textsIn(await readSegments(directory))).toEqual(["b"]);
    expect(readdirSync(directory)).toEqual(["dead-letters-000000000000001-1-1.ndjson"]);
    await (await readSegments(directory))[0]?.keep(() => false);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("gives input that was never a record to onUnreadable, with its bytes and the reason, and keeps it", async () => {
    const kept = new DeadLetterFile({ directory });
    kept.keepInput(Uint8Array.of(0xff, 0), "line 7 is not JSON");
    kept.keepInput(undefined, "line 8 has more than 10485760 bytes");
    kept.onFailed(failure({ streamName: "s", partitionKey: "k", data: "a" }));
    expect(kept.stats()).toMatchObject({ kept: 0, waiting: 3 });
    await kept.close();
    const told: UnreadableLine[] = [];

    const [segment] = await readSegments(directory, { onUnreadable: (line) => told.push(line) });
    await segment?.keep(() => false);

    expect(kept.stats()).toMatchObject({ kept: 3, lost: 0 });
    expect(textsIn([segment as ReadSegment])).toEqual(["a"]);
    const path = segment?.path;
    const reason = "it keeps input that is not a record: line";
    expect(told).toEqual([
      { path, line: 1, reason: `${reason} 7 is not JSON`, input: Uint8Array.of(0xff, 0) },
      { path, line: 2, reason: `${reason} 8 has more than 10485760 bytes` },
    ]);
    expect(await readSegments(directory)).toMatchObject([{ letters: [], unreadable: 2 }]);
  });

  test("names the line that is longer than a line may be, gives the others, and keeps it", async () => {
    const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
    const long = "x".repeat(67_108_865);
    writeFileSync(path, `${line("a")}${long}\n${line("b")}`);
    const told: unknown[] = [];

    const [segment] = await readSegments(directory, { onUnreadable: (unreadable) => told.push(unreadable) });
    await segment?.keep((index) => index === 1);

    expect(textsIn([segment as ReadSegment])).toEqual(["a", "b"]);
    const reason = "it has 67108865 bytes, and a line may have 67108864";
    expect(told).toEqual([{ path, line: 2, reason }]);
    expect(readFileSync(path, "latin1") === `${long}\n${line("b")}`).toBe(true);
  });

  test("gives segments that end without a line feed, one when it is copied", async () => {
    const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
    writeFileSync(path, `${line("a")}\n${line("b")}{"v":1`);

    await (await readSegments(directory))[0]?.keep((index) => index === 0);

    expect(readFileSync(path, "utf8")).toBe(`${line("a")}{"v":1\n`);
  });

  test.each<readonly [string, Record<string, unknown>]>([
    ["data that is no base64", { data: "YWJj!" }],
    ["data with a character beyond Latin-1", { data: "\u0141AAA" }],
    ["data that was cut", { data: "YWJjZ" }],
    ["a partition key that is no text", { partitionKey: 7 }],
    ["an explicit hash key that lost its digits", { explicitHashKey: 3.4e38 }],
    ["a stream name that is no text", { streamName: ["clicks"] }],
    ["an id that is no text", { recordId: 1 }],
    ["tags that are no texts", { tags: { trace: 1 } }],
  ])("a line with %s is unreadable, and never sent as another record", async (_, damage) => {
    const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
    writeFileSync(path, `${JSON.stringify({ v: 1, partitionKey: "k", data: "YWJj", ...damage })}\n${line("b")}`);

    const all = await readSegments(directory);

    expect(textsIn(all)).toEqual(["b"]);
    expect(all[0]?.unreadable).toBe(1);
  });

  test("a line whose bytes are no UTF-8 is unreadable: its key would be another", async () => {
    const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
    writeFileSync(path, Buffer.from(`{"v":1,"partitionKey":"k\xff","data":"YWJj"}\n`, "latin1"));

    expect(await readSegments(directory)).toMatchObject([{ letters: [], unreadable: 1 }]);
  });

  test("never removes a line that it could not read", async () => {
    const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
    writeFileSync(path, `${line("a")}{"v":2}\n`);

    await (await readSegments(directory))[0]?.keep(() => false);

    expect(readFileSync(path, "utf8")).toBe('{"v":2}\n');
  });
});
