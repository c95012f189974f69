import { expect, it } from "vitest";
import { linesAsData, linesAsJson } from "../../../../../src/cli/put/record-format.js";
import { LineAppender, type SpoolLine } from "../../../../../src/cli/put/spool/line-appender.js";
import { NEVER } from "../../../../../src/cli/put/spool/sleep.js";
import { Tally } from "../../../../../src/cli/put/tally.js";
import { ProducerError, RecordFailedError, type UserRecord } from "../../../../../src/index.js";

/** A spool that refuses records with "bad" in their data, and an appender before it. */
class AppenderUnderTest {
  readonly appended: UserRecord[] = [];
  readonly letters: string[] = [];
  readonly complaints: string[] = [];
  readonly tally: Tally = new Tally((text) => void this.complaints.push(text));
  /** The errors of the next appends and flushes. */
  readonly failures: Error[] = [];
  readonly letterFailures: Error[] = [];
  pauses = 0;
  readonly #appender: LineAppender;

  constructor(format = linesAsData("key"), hasIds = true) {
    this.#appender = new LineAppender({
      spool: { append: (records) => this.#append([records].flat()) },
      deadLetters: {
        onFailed: ({ record }) => void this.letters.push(textOf(record)),
        keepInput: (bytes, reason) =>
          void this.letters.push(`${bytes === undefined ? "" : Buffer.from(bytes)}: ${reason}`),
        flush: () => this.#flush(),
      },
      format,
      hasIds,
      tally: this.tally,
      complain: (text) => void this.complaints.push(text),
      sleep: () => {
        this.pauses++;
        return Promise.resolve();
      },
    });
  }

  append(texts: readonly (string | undefined)[], signal = NEVER): Promise<boolean> {
    const lines = texts.map(
      (text, index): SpoolLine => ({
        place: { describe: () => `line ${index + 1}` },
        bytes: text === undefined ? undefined : Buffer.from(text),
        id: `id-${index}`,
        newKey: () => `key-${index}`,
      }),
    );
    return this.#appender.append(lines, signal);
  }

  texts(): string[] {
    return this.appended.map(textOf);
  }

  async #append(records: readonly UserRecord[]): Promise<void> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const record = records.find((each) => textOf(each).includes("bad"));
    if (record !== undefined)
      throw new RecordFailedError({ code: "KP_RECORD_TOO_LARGE", message: "too large", record });
    this.appended.push(...records);
  }

  async #flush(): Promise<void> {
    const failure = this.letterFailures.shift();
    if (failure !== undefined) throw failure;
  }
}

function textOf({ data }: UserRecord): string {
  return Buffer.from(data as Uint8Array).toString();
}

it("appends the lines of a chunk with their ids", async () => {
  const spool = new AppenderUnderTest();

  expect(await spool.append(["one", "two"])).toBe(true);

  expect(spool.appended.map(({ recordId, partitionKey }) => [recordId, partitionKey])).toEqual([
    ["id-0", "key"],
    ["id-1", "key"],
  ]);
  expect(spool.tally).toMatchObject({ sent: 2, linesRead: 2, failed: 0, unusable: 0 });
});

it("leaves ids out when asked to, and makes the same key for the same line", async () => {
  const spool = new AppenderUnderTest(linesAsData(undefined), false);

  await spool.append(["one"]);

  expect(spool.appended[0]).toEqual({ partitionKey: "key-0", data: Buffer.from("one") });
});

it("makes dead letters of refused records, in whatever place, and appends all others in order", async () => {
  const spool = new AppenderUnderTest();

  expect(await spool.append(["bad 1", "one", "two", "bad 2", "bad 3", "three", "bad 4"])).toBe(true);

  expect(spool.texts()).toEqual(["one", "two", "three"]);
  expect(spool.letters).toEqual(["bad 1", "bad 2", "bad 3", "bad 4"]);
  expect(spool.tally).toMatchObject({ failed: 4, linesRead: 7 });
  expect(spool.complaints[0]).toBe("line 1 was not delivered: KP_RECORD_TOO_LARGE: too large");
});

it("keeps lines that are no records, and leaves blank ones out", async () => {
  const spool = new AppenderUnderTest(linesAsJson({ partitionKey: "key" }));

  expect(await spool.append(['{"a":1}', "", "nothing", undefined])).toBe(true);

  expect(spool.texts()).toEqual(['{"a":1}']);
  expect(spool.letters).toEqual([
    expect.stringMatching(/^nothing: line 3 is not JSON/),
    expect.stringMatching(/^: line 4 has more than 10485760 bytes/),
  ]);
  expect(spool.tally).toMatchObject({ unusable: 2, linesRead: 4 });
});

it("tries lines again that the disk does not take, with the same ids, and says so once", async () => {
  const spool = new AppenderUnderTest();
  const full = new ProducerError("KP_SPOOL_FAILED", "the disk is full");
  spool.failures.push(full, full);

  expect(await spool.append(["one"])).toBe(true);

  expect(spool.texts()).toEqual(["one"]);
  expect(spool.pauses).toBe(2);
  expect(spool.complaints).toEqual(["the disk is full. The lines are tried again until the disk takes them"]);
});

it("counts no line before its dead letter is on disk", async () => {
  const spool = new AppenderUnderTest();
  spool.letterFailures.push(new Error("full"), new Error("full"));

  expect(await spool.append(["bad"])).toBe(true);
  expect(spool.pauses).toBe(2);

  spool.letterFailures.push(new Error("full"));
  const aborted = AbortSignal.abort();
  expect(await spool.append(["bad"], aborted)).toBe(false);
  expect(spool.tally.linesRead).toBe(1);
});

it("counts no line that the spool did not take before it was closed", async () => {
  const spool = new AppenderUnderTest();
  spool.failures.push(new ProducerError("KP_CLOSED", "closed"));

  expect(await spool.append(["one"])).toBe(false);

  expect(spool.tally).toMatchObject({ sent: 0, linesRead: 0 });
});
