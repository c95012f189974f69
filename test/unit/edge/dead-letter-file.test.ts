import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { DeadLetterFile } from "../../../src/edge/dead-letter-file.js";
import { parseDeadLetter } from "../../../src/edge/dead-letters.js";
import { SegmentWriter } from "../../../src/edge/segment-writer.js";
import { RecordFailedError } from "../../../src/errors.js";
import type { UserRecord } from "../../../src/record.js";
import { failure, readSegments, segmentNames, temporaryFolder, textsIn } from "./dead-letter-directory.js";

let directory: string;

beforeEach(() => {
  directory = temporaryFolder();
});

describe("what failed", () => {
  test("has its tags and its id still; what was refused because its tags are none is kept without them", async () => {
    const file = new DeadLetterFile({ directory });
    file.onFailed(
      failure({ partitionKey: "k", data: "1", recordId: "id", tags: JSON.parse('{ "a": "1", "__proto__": "2" }') }),
    );
    for (const tags of [{ a: 1n }, ["x"], null, "x", {}]) {
      const bad = { recordId: [tags], tags } as unknown as Pick<UserRecord, "tags">;
      file.onFailed(failure({ partitionKey: "k", data: "2", ...bad }));
    }
    await file.close();

    const [tagged, ...others] = (await readSegments(directory)).flatMap(({ letters }) =>
      letters.map(({ record }) => record),
    );

    expect(tagged?.recordId).toBe("id");
    expect(Object.entries(tagged?.tags ?? {})).toEqual([
      ["a", "1"],
      ["__proto__", "2"],
    ]);
    expect(
      others.map((record) => [Buffer.from(record.data).toString(), "tags" in record, "recordId" in record]),
    ).toEqual(Array.from({ length: 5 }, () => ["2", false, false]));
  });

  test("is read back as it was handed over, with the reason", async () => {
    const file = new DeadLetterFile({ directory });
    file.onFailed(failure({ streamName: "clicks", partitionKey: "k\n\u2028", explicitHashKey: 7n, data: "\u00e4\n" }));
    file.onFailed(failure({ data: new Uint8Array([0, 255]) }));
    await file.close();

    const [segment] = await readSegments(directory);

    expect(segment?.letters).toMatchObject([
      {
        record: {
          streamName: "clicks",
          partitionKey: "k\n\u2028",
          explicitHashKey: "7",
          data: new Uint8Array(Buffer.from("\u00e4\n")),
        },
        code: "KP_RECORD_FAILED",
        serviceCode: "AccessDeniedException",
        message: "no",
        delivery: "unknown",
      },
      { record: { data: new Uint8Array([0, 255]) } },
    ]);
    expect(file.stats()).toMatchObject({ kept: 2, lost: 0 });
  });

  test("is on disk when flush resolves, in order, while the segment is still open", async () => {
    const file = new DeadLetterFile({ directory });
    for (let i = 0; i < 1_000; i++) file.onFailed(failure({ partitionKey: "k", data: String(i) }));
    await file.flush();

    const [name] = segmentNames(directory);
    const lines = readFileSync(join(directory, name as string), "utf8")
      .trimEnd()
      .split("\n");
    expect(name).toMatch(/\.open$/);
    expect(lines.map((line) => Buffer.from(parseDeadLetter(Buffer.from(line))?.record.data ?? []).toString())).toEqual(
      Array.from({ length: 1_000 }, (_, i) => String(i)),
    );
    // This process is still writing the segment.
    const leftOut: string[] = [];
    expect(await readSegments(directory, { onLeftOut: (path) => leftOut.push(path) })).toEqual([]);
    expect(leftOut).toEqual([join(directory, name as string)]);
    await file.close();
    expect(textsIn(await readSegments(directory))).toHaveLength(1_000);
  });

  test("whose data is nothing that has bytes is kept for the eye alone", async () => {
    const file = new DeadLetterFile({ directory });
    file.onFailed(failure({ partitionKey: "k", data: 5 as unknown as string }));
    await file.close();

    expect(await readSegments(directory)).toMatchObject([{ letters: [], unreadable: 1 }]);
  });
});

describe("whatever failed", () => {
  const throwing = {
    get data(): never {
      throw new Error("not for you");
    },
  };
  const circular: Record<string, unknown> = { a: "b" };
  circular.itself = circular;

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["a number", 5],
    ["a text", "text"],
    ["a function", () => {}],
    ["an object whose getters throw", throwing],
    ["a proxy that was revoked", revoked()],
    ["one that ends in itself", { partitionKey: circular, data: circular, tags: circular, streamName: circular }],
    ["one of bigints and symbols", { partitionKey: 1n, explicitHashKey: Symbol("x"), data: 1n, recordId: 1n }],
    [
      "one whose key cannot be turned into text",
      { partitionKey: "k", data: "d", explicitHashKey: Object.create(null) },
    ],
    ["one with half a surrogate", { partitionKey: "\ud83d", data: "\ud83d", tags: { "\ud83d": "\ud83d" } }],
  ])("is kept: %s", async (_, record) => {
    const file = new DeadLetterFile({ directory });

    file.onFailed(failure(record as unknown as UserRecord));
    await file.close();

    expect(file.stats()).toMatchObject({ kept: 1, lost: 0 });
    expect(readFileSync(join(directory, segmentNames(directory)[0] as string), "utf8")).toMatch(/^\{"v":1,.*\}\n$/);
  });

  test("with a name that is no text stays refused: no replay sends it under another one", async () => {
    const file = new DeadLetterFile({ directory });
    for (const names of [{ partitionKey: 5 }, { partitionKey: "k", explicitHashKey: {} }, { streamName: ["s"] }]) {
      file.onFailed(failure({ data: "1", ...names } as unknown as UserRecord));
    }
    await file.close();

    const records = (await readSegments(directory)).flatMap(({ letters }) =>
      letters.map(({ record: { data: _, ...names } }) => names),
    );
    expect(records).toEqual([{ partitionKey: "" }, { partitionKey: "k", explicitHashKey: "" }, { streamName: "" }]);
  });

  test("and is too large for a line is kept for the eye, without its data", async () => {
    const file = new DeadLetterFile({ directory });
    file.onFailed(failure({ partitionKey: "k".repeat(70_000_000), data: new Uint8Array(40_000_000) }));
    await file.close();

    const [line = ""] = readFileSync(join(directory, segmentNames(directory)[0] as string), "utf8").split("\n");
    expect(JSON.parse(line)).toMatchObject({ partitionKey: "k".repeat(1_024), data: null, code: "KP_RECORD_FAILED" });
  });

  test("has the ARN of its stream, where it was known", async () => {
    const file = new DeadLetterFile({ directory });
    const streamArn = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks";
    file.onFailed(
      new RecordFailedError({
        code: "KP_RECORD_FAILED",
        message: "no",
        record: { partitionKey: "k", data: "1" },
        streamArn,
      }),
    );
    await file.close();

    expect((await readSegments(directory))[0]?.letters[0]?.streamArn).toBe(streamArn);
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe("two writers of one directory", () => {
  test("in one process and one millisecond lose nothing to each other's names", async () => {
    vi.spyOn(Date, "now").mockReturnValue(1_795_000_000_000);
    const files = [new DeadLetterFile({ directory }), new DeadLetterFile({ directory })];
    for (const [index, file] of files.entries()) file.onFailed(failure({ partitionKey: "k", data: String(index) }));
    await Promise.all(files.map((file) => file.close()));

    expect(files.map((file) => file.stats().kept)).toEqual([1, 1]);
    expect(textsIn(await readSegments(directory)).sort()).toEqual(["0", "1"]);
  });

  test("leave no marks behind, and those of writers that died are removed", async () => {
    writeFileSync(join(directory, "dead-letters-writer-0123456789abcdef"), "");
    const file = new DeadLetterFile({ directory });
    file.onFailed(failure({ partitionKey: "k", data: "1" }));
    await file.flush();

    const during = readdirSync(directory).filter((name) => name.includes("writer"));
    await file.close();

    expect(during).toHaveLength(1);
    expect(during).not.toContain("dead-letters-writer-0123456789abcdef");
    expect(readdirSync(directory)).toEqual(segmentNames(directory));
  });
});

test("failures of one turn, however large they are together, are written in pieces of a bounded size", async () => {
  const pieces: number[] = [];
  const { append } = SegmentWriter.prototype;
  vi.spyOn(SegmentWriter.prototype, "append").mockImplementation(function (this: SegmentWriter, lines) {
    pieces.push(lines.length);
    return append.call(this, lines);
  });
  const file = new DeadLetterFile({ directory });
  for (let i = 0; i < 20; i++) file.onFailed(failure({ partitionKey: "k", data: new Uint8Array(1_048_576) }));
  await file.close();

  expect(Math.max(...pieces)).toBeLessThanOrEqual(4 * 1_048_576);
  expect(pieces.length).toBeGreaterThan(5);
  expect(file.stats()).toMatchObject({ kept: 20, lost: 0 });
});

test("flush waits for letters written before it, and not for letters that come meanwhile", async () => {
  const file = new DeadLetterFile({ directory });
  let isFlushed = false;
  let more = 0;
  file.onFailed(failure({ partitionKey: "k", data: "first" }));
  const { append } = SegmentWriter.prototype;
  vi.spyOn(SegmentWriter.prototype, "append").mockImplementation(async function (this: SegmentWriter, lines) {
    await append.call(this, lines);
    if (!isFlushed && more++ < 1_000) file.onFailed(failure({ partitionKey: "k", data: "more" }));
  });

  await file.flush();
  isFlushed = true;
  await file.close();

  expect(more).toBeLessThan(10);
});

describe("sizes", () => {
  test("a segment that has reached its size is finished, and the next begun", async () => {
    const file = new DeadLetterFile({ directory, segmentBytes: 100 });
    for (const data of ["1", "2", "3"]) {
      file.onFailed(failure({ partitionKey: "k", data }));
      await file.flush();
    }
    await file.close();

    expect(textsIn(await readSegments(directory))).toEqual(["1", "2", "3"]);
    expect(await readSegments(directory)).toHaveLength(3);
  });

  test("what is beyond maxBytes is counted, files of an earlier process included", async () => {
    const first = new DeadLetterFile({ directory, maxBytes: 1_000 });
    for (let i = 0; i < 20; i++) first.onFailed(failure({ partitionKey: "k", data: "x".repeat(30) }));
    await first.close();
    const { kept, lost, bytes } = first.stats();

    const second = new DeadLetterFile({ directory, maxBytes: 1_000 });
    second.onFailed(failure({ partitionKey: "k", data: "x".repeat(30) }));
    await second.close();

    expect(kept + lost).toBe(20);
    expect(kept).toBeGreaterThan(2);
    expect(bytes).toBeLessThanOrEqual(1_000);
    expect(second.stats()).toEqual({ kept: 0, waiting: 0, lost: 1, bytes });
  });

  test("a replay that takes letters out of a full directory makes room", async () => {
    const file = new DeadLetterFile({ directory, maxBytes: 1_000, segmentBytes: 400 });
    const fill = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) file.onFailed(failure({ partitionKey: "k", data: "x".repeat(30) }));
      await file.flush();
    };
    await fill();
    const full = file.stats();

    for (const { keep } of await readSegments(directory)) await keep(() => false);
    await fill();

    expect(full.lost).toBeGreaterThan(10);
    expect(file.stats().kept).toBeGreaterThan(full.kept);
    expect(file.stats().bytes).toBeLessThanOrEqual(1_000);
    await file.close();
  });

  test.each([0, -1, 1.5, Number.NaN])("may not be %d", (maxBytes) => {
    expect(() => new DeadLetterFile({ directory, maxBytes })).toThrow("maxBytes must be a whole number from 1");
  });
});

describe("what cannot be written", () => {
  test("waits, is reported by flush, and is written when it can be", async () => {
    const file = new DeadLetterFile({ directory });
    rmSync(directory, { recursive: true });
    file.onFailed(failure({ partitionKey: "k", data: "1" }));

    await expect(file.flush()).rejects.toMatchObject({ code: "ENOENT" });
    file.onFailed(failure({ partitionKey: "k", data: "2" }));
    await expect(file.flush()).rejects.toMatchObject({ code: "ENOENT" });
    const whileGone = file.stats();
    mkdirSync(directory);
    await file.flush();
    await file.close();

    expect(whileGone).toMatchObject({ kept: 0, waiting: 2, lost: 0 });
    expect(file.stats()).toMatchObject({ kept: 2, waiting: 0, lost: 0 });
    expect(textsIn(await readSegments(directory))).toEqual(["1", "2"]);
  });

  test("until the close is lost, counted, and told by it", async () => {
    const file = new DeadLetterFile({ directory });
    rmSync(directory, { recursive: true });
    file.onFailed(failure({ partitionKey: "k", data: "1" }));

    await expect(file.close()).rejects.toMatchObject({ code: "ENOENT" });

    await file.close();
    expect(file.stats()).toEqual({ kept: 0, waiting: 0, lost: 1, bytes: 0 });
  });

  test("does not fill the memory: beyond 64 MiB it is lost, and counted", async () => {
    const file = new DeadLetterFile({ directory });
    rmSync(directory, { recursive: true });
    const data = new Uint8Array(10_000_000);
    file.onFailed(failure({ partitionKey: "k", data }));
    await expect(file.flush()).rejects.toThrow();

    for (let i = 0; i < 9; i++) file.onFailed(failure({ partitionKey: "k", data }));

    expect(file.stats()).toMatchObject({ waiting: 5, lost: 5 });
    await expect(file.close()).rejects.toThrow();
  });
});

test("what fails after close is not kept, and counted", async () => {
  const file = new DeadLetterFile({ directory });
  await file.close();

  file.onFailed(failure({ partitionKey: "k", data: "late" }));

  expect(file.stats()).toMatchObject({ kept: 0, lost: 1 });
});
