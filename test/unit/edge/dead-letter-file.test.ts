import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DeadLetterFile } from "../../../src/edge/dead-letter-file.js";
import { type DeadLetterSegment, readDeadLetters } from "../../../src/edge/dead-letter-segments.js";
import { parseDeadLetter } from "../../../src/edge/dead-letters.js";
import { RecordFailedError } from "../../../src/errors.js";
import type { UserRecord } from "../../../src/record.js";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "dead-letters-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function failure(record: UserRecord, serviceCode = "AccessDeniedException"): RecordFailedError {
  return new RecordFailedError({ code: "KP_RECORD_FAILED", message: "no", serviceCode, record, delivery: "unknown" });
}

async function segments(): Promise<DeadLetterSegment[]> {
  const all: DeadLetterSegment[] = [];
  for await (const segment of readDeadLetters(directory)) all.push(segment);
  return all;
}

function textsIn(all: readonly DeadLetterSegment[]): string[] {
  return all.flatMap(({ letters }) => letters.map(({ record }) => Buffer.from(record.data).toString()));
}

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

    const [tagged, ...others] = (await segments()).flatMap(({ letters }) => letters.map(({ record }) => record));

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

    const [segment] = await segments();

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

    const [name] = readdirSync(directory);
    const lines = readFileSync(join(directory, name as string), "utf8")
      .trimEnd()
      .split("\n");
    expect(name).toMatch(/\.open$/);
    expect(lines.map((line) => Buffer.from(parseDeadLetter(line)?.record.data ?? []).toString())).toEqual(
      Array.from({ length: 1_000 }, (_, i) => String(i)),
    );
    // This process still writes it.
    const leftOut: string[] = [];
    for await (const _ of readDeadLetters(directory, { onLeftOut: (path) => leftOut.push(path) })) expect.fail();
    expect(leftOut).toEqual([join(directory, name as string)]);
    await file.close();
    expect(textsIn(await segments())).toHaveLength(1_000);
  });

  test("whose data is nothing that has bytes is kept for the eye alone", async () => {
    const file = new DeadLetterFile({ directory });
    file.onFailed(failure({ partitionKey: "k", data: 5 as unknown as string }));
    await file.close();

    expect(await segments()).toMatchObject([{ letters: [], unreadable: 1 }]);
  });
});

describe("sizes", () => {
  test("a segment that has reached its size is finished, and the next begun", async () => {
    const file = new DeadLetterFile({ directory, segmentBytes: 100 });
    for (const data of ["1", "2", "3"]) {
      file.onFailed(failure({ partitionKey: "k", data }));
      await file.flush();
    }
    await file.close();

    expect(textsIn(await segments())).toEqual(["1", "2", "3"]);
    expect(await segments()).toHaveLength(3);
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
    expect(second.stats()).toEqual({ kept: 0, lost: 1, bytes });
  });

  test.each([0, -1, 1.5, Number.NaN])("may not be %d", (maxBytes) => {
    expect(() => new DeadLetterFile({ directory, maxBytes })).toThrow("maxBytes must be a whole number from 1");
  });
});

test("what cannot be written is counted, and told by flush, once", async () => {
  const file = new DeadLetterFile({ directory });
  rmSync(directory, { recursive: true });
  file.onFailed(failure({ partitionKey: "k", data: "1" }));

  await expect(file.flush()).rejects.toMatchObject({ code: "ENOENT" });
  await file.flush();
  expect(file.stats()).toEqual({ kept: 0, lost: 1, bytes: 0 });
});

test("what fails after close is not kept, and counted", async () => {
  const file = new DeadLetterFile({ directory });
  await file.close();

  file.onFailed(failure({ partitionKey: "k", data: "late" }));

  expect(file.stats()).toMatchObject({ kept: 0, lost: 1 });
});

describe("a directory that is read", () => {
  const line = (data: string): string => `${JSON.stringify({ v: 1, data: Buffer.from(data).toString("base64") })}\n`;

  test("gives segments by age, and those of a process that died, up to the line it was writing", async () => {
    // No process has this number.
    writeFileSync(join(directory, "dead-letters-000000000000002-999999999-1.ndjson.open"), `${line("b")}{"v":1,"da`);
    writeFileSync(join(directory, "dead-letters-000000000000001-1-1.ndjson"), line("a"));
    writeFileSync(join(directory, "notes.txt"), "not mine");

    const all = await segments();

    expect(textsIn(all)).toEqual(["a", "b"]);
    expect(all.map(({ unreadable }) => unreadable)).toEqual([0, 1]);
  });

  test("keeps of a segment what is left, and removes it when nothing is", async () => {
    const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
    writeFileSync(path, line("a") + line("b") + line("c"));
    const [segment] = await segments();

    await segment?.keep(segment.letters.slice(1, 2));
    expect(textsIn(await segments())).toEqual(["b"]);
    expect(readdirSync(directory)).toEqual(["dead-letters-000000000000001-1-1.ndjson"]);
    await (await segments())[0]?.keep([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("never removes a line that it could not read", async () => {
    const path = join(directory, "dead-letters-000000000000001-1-1.ndjson");
    writeFileSync(path, `${line("a")}{"v":2}\n`);

    await (await segments())[0]?.keep([]);

    expect(readFileSync(path, "utf8")).toBe('{"v":2}\n');
  });
});
