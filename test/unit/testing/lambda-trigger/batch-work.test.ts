import { describe, expect, it } from "vitest";
import { BatchWork, type RetryRules, type Step } from "../../../../src/testing/lambda-trigger/batch-work.js";

interface Item {
  readonly id: string;
  readonly arrivedAt: number;
}

const LIMITLESS = Number.POSITIVE_INFINITY;

const rules = (changes: Partial<RetryRules> = {}): RetryRules => ({
  bisects: false,
  maxRetries: LIMITLESS,
  maxAgeMs: LIMITLESS,
  firstDelayMs: 100,
  maxDelayMs: 1_000,
  ...changes,
});

const batch = (ids: string, arrivedAt = 0): Item[] => Array.from(ids, (id) => ({ id, arrivedAt }));

/** A step in few words: `invoke ab`, `wait 100`, `discard a RecordAgeExceeded after 2`, `done`. */
function shown(step: Step<Item>): string {
  if (step.kind === "done") return "done";
  if (step.kind === "wait") return `wait ${step.until}`;
  const ids = step.records.map(({ id }) => id).join("");
  return step.kind === "invoke" ? `invoke ${ids}` : `discard ${ids} ${step.condition} after ${step.invocations}`;
}

describe("the work on a batch", () => {
  it("is done after a success, and for no records at once", () => {
    const work = new BatchWork(batch("ab"), rules());

    expect(shown(work.next(0))).toBe("invoke ab");
    work.succeeded();

    expect(shown(work.next(0))).toBe("done");
    expect(shown(new BatchWork<Item>([], rules()).next(0))).toBe("done");
  });

  it("repeats a failure with delays that double up to a limit", () => {
    const work = new BatchWork(batch("ab"), rules());
    const delays: number[] = [];
    let now = 0;
    for (let i = 0; i < 6; i++) {
      work.failed(now);
      const step = work.next(now);
      if (step.kind !== "wait") throw new Error(`it does not wait: ${step.kind}`);
      expect(shown(work.next(step.until - 1))).toBe(`wait ${step.until}`);
      delays.push(step.until - now);
      now = step.until;
    }

    expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(shown(work.next(now))).toBe("invoke ab");
  });

  it.each([
    [0, 1],
    [1, 2],
    [3, 4],
  ])("with %i retries gives up after %i invocations", (maxRetries, invocations) => {
    const work = new BatchWork(batch("ab"), rules({ maxRetries, firstDelayMs: 0 }));
    for (let i = 1; i <= invocations; i++) {
      expect(shown(work.next(0))).toBe("invoke ab");
      work.failed(0);
    }

    expect(shown(work.next(0))).toBe(`discard ab RetryAttemptsExhausted after ${invocations}`);
    expect(shown(work.next(0))).toBe("done");
  });

  it("halves a failed batch, first half first, and a split is no retry", () => {
    const work = new BatchWork(batch("abcde"), rules({ bisects: true, maxRetries: 0, firstDelayMs: 0 }));
    const seen: string[] = [];
    for (let step = work.next(0); step.kind !== "done"; step = work.next(0)) {
      seen.push(shown(step));
      if (step.kind !== "invoke") continue;
      if (step.records.some(({ id }) => id === "c")) work.failed(0);
      else work.succeeded();
    }

    expect(seen).toEqual([
      "invoke abcde",
      "invoke abc",
      "invoke ab",
      "invoke c",
      "discard c RetryAttemptsExhausted after 3",
      "invoke de",
    ]);
  });

  it("goes on behind the handled records after a partial failure, which is a retry", () => {
    const work = new BatchWork(batch("abcd"), rules({ maxRetries: 1, firstDelayMs: 0 }));

    work.partlyFailed(2, 0);
    expect(shown(work.next(0))).toBe("invoke cd");
    work.partlyFailed(1, 0);

    expect(shown(work.next(0))).toBe("discard d RetryAttemptsExhausted after 2");
  });

  it("with bisection splits at the reported record, and that is no retry", () => {
    const work = new BatchWork(batch("abcd"), rules({ bisects: true, maxRetries: 0, firstDelayMs: 0 }));

    work.partlyFailed(2, 0);
    expect(shown(work.next(0))).toBe("invoke cd");
    work.partlyFailed(0, 0);

    expect(shown(work.next(0))).toBe("discard cd RetryAttemptsExhausted after 2");
  });

  it("begins again with the first delay after progress", () => {
    const work = new BatchWork(batch("ab"), rules());
    work.failed(0);
    work.failed(0);
    expect(shown(work.next(0))).toBe("wait 200");

    work.partlyFailed(1, 0);

    expect(shown(work.next(0))).toBe("wait 100");
  });

  it.each([
    [60_000, "invoke ab"],
    [60_001, "discard a RecordAgeExceeded after 0"],
  ])("with an age of one minute, after %i ms: %s", (now, step) => {
    const work = new BatchWork([...batch("a"), ...batch("b", 10)], rules({ maxAgeMs: 60_000 }));

    expect(shown(work.next(now))).toBe(step);
  });

  it("discards the records that grow too old between two retries, and repeats the rest", () => {
    const work = new BatchWork([...batch("a"), ...batch("b", 1_000)], rules({ maxAgeMs: 60_000 }));
    work.failed(60_500);

    expect(shown(work.next(60_500))).toBe("discard a RecordAgeExceeded after 1");
    expect(shown(work.next(60_600))).toBe("invoke b");
  });
});
