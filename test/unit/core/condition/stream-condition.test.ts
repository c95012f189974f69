import { describe, expect, test } from "vitest";

import { StreamCondition } from "../../../../src/core/condition/stream-condition.js";
import type { LogEntry, RequestFailure } from "../../../../src/core/ports.js";
import { EPOCH } from "./entries.js";

const FAILURE: RequestFailure = { kind: "failed", code: "E", message: "text", mayBeStored: false };
const NOBODY = Number.POSITIVE_INFINITY;

function watched(options: { lingerMs?: number; recordTtlMs?: number } = {}) {
  const lines: LogEntry[] = [];
  const time = { now: 0 };
  const condition = new StreamCondition({
    streamName: "s",
    lingerMs: 100,
    recordTtlMs: 30_000,
    isDistributionSet: false,
    log: (entry) => void lines.push(entry),
    epochNow: () => EPOCH + time.now,
    ...options,
  });
  /** Does something at this time. */
  const at = (now: number, act: (now: number) => void): void => {
    time.now = now;
    act(now);
  };
  return { lines, condition, at, messages: () => lines.map(({ message }) => message) };
}

const ACCEPTED = { hasAccepted: true, refusal: undefined };

describe("health", () => {
  test("of a stream that never sent is ok since it was opened", () => {
    const { condition } = watched();

    expect(condition.health(NOBODY, 0)).toEqual({ status: "ok", since: EPOCH, oldestAgeMs: 0 });
  });

  test("has the last success and the last error", () => {
    const { condition, at } = watched();
    at(1_000, (now) => condition.onAnswered(ACCEPTED, now));
    at(2_000, (now) => {
      const refusal = { errorCode: "InternalFailure", errorMessage: "Internal Service Failure" };
      condition.onAnswered({ hasAccepted: false, refusal }, now);
    });

    expect(condition.health(NOBODY, 2_000)).toEqual({
      status: "ok",
      since: EPOCH,
      lastSuccessAt: EPOCH + 1_000,
      lastError: { code: "InternalFailure", message: "Internal Service Failure", at: EPOCH + 2_000 },
      oldestAgeMs: 0,
    });
  });

  test.each([
    ["linger and ten seconds", {}, 10_100],
    ["half its time to live, if that is less", { recordTtlMs: 8_000 }, 4_000],
    ["linger and ten seconds where records never expire", { recordTtlMs: NOBODY, lingerMs: 5_000 }, 15_000],
    ["the linger, if its time to live is short", { recordTtlMs: 100, lingerMs: 100 }, 100],
  ])("is degraded when the oldest record waits for more than %s", (_, options, mostMs) => {
    const { condition, at } = watched(options);
    const statuses: unknown[] = [];
    at(mostMs, (now) => void statuses.push(condition.health(0, now).status));
    at(mostMs + 1_000, (now) => void statuses.push(condition.health(0, now)));

    expect(statuses).toEqual([
      "ok",
      expect.objectContaining({ status: "degraded", since: EPOCH + mostMs, oldestAgeMs: mostMs + 1_000 }),
    ]);
  });

  test("does not blame a shard that a new map has closed", () => {
    const { condition, at } = watched();
    for (const now of [0, 1_000]) at(now, () => condition.onThrottled("a", 1, 1, now));
    const before = condition.health(NOBODY, 1_000).status;
    at(2_000, (now) => condition.onMap({ shards: 2, isOfNewStream: false, isOpen: (id) => id !== "a" }, now));

    expect(before).toBe("degraded");
    expect(condition.health(NOBODY, 3_000)).toMatchObject({ status: "ok", since: EPOCH + 2_000 });
  });

  test("is ok again since the last cause has ended", () => {
    const { condition, at } = watched();
    at(0, (now) => condition.onMode("unmapped", now));
    at(1_000, (now) => condition.onRequestFailed(FAILURE, "fatal", now, now));
    at(2_000, (now) => condition.onAnswered(ACCEPTED, now));
    at(3_000, (now) => {
      condition.onMap({ shards: 1, isOfNewStream: false, isOpen: () => true }, now);
      condition.onMode("mapped", now);
    });

    expect(condition.health(NOBODY, 3_000)).toMatchObject({ status: "ok", since: EPOCH + 3_000 });
  });

  test("has all causes in its reason, and the time of the gravest", () => {
    const { condition, at } = watched();
    at(0, (now) => condition.onMode("unmapped", now));
    at(1_000, (now) => condition.onRequestFailed(FAILURE, "fatal", now, now));

    expect(condition.health(NOBODY, 1_000)).toMatchObject({
      status: "down",
      since: EPOCH + 1_000,
      reason: "cannot send: E: text; there is no shard map",
    });
  });
});

describe("a failed request", () => {
  test("that the service refused for one record shows that it answers", () => {
    const { condition, at, messages } = watched();

    for (let now = 0; now < 60_000; now += 1_000)
      at(now, () => condition.onRequestFailed(FAILURE, "bad-record", now, now));

    expect(messages()).toEqual([]);
    expect(condition.health(NOBODY, 60_000)).toMatchObject({ status: "ok", lastError: { code: "E" } });
  });

  test("whose connection had died while it was idle says nothing about the service", () => {
    const { condition, at, messages } = watched();
    const failure = { ...FAILURE, isStaleConnection: true } as const;

    for (let now = 0; now < 60_000; now += 1_000)
      at(now, () => condition.onRequestFailed(failure, "transient", now, now));

    expect(messages()).toEqual([]);
    expect(condition.health(NOBODY, 60_000).status).toBe("ok");
  });

  test("of a transport that says nonsense has a line nevertheless", () => {
    const { condition, at, messages } = watched();
    const failure = { kind: "failed" } as RequestFailure;

    at(0, (now) => condition.onRequestFailed(failure, "fatal", now, now));

    expect(messages()).toEqual(["cannot send since 00:00:00Z: undefined: undefined (1 request failed)"]);
  });
});

describe("lines that come later", () => {
  test("are due at nextAt, and nothing is due in a quiet stream", () => {
    const { condition, at, messages } = watched();
    expect(condition.nextAt).toBe(NOBODY);

    for (const now of [0, 1_000])
      at(now, () => {
        condition.onRecordFailed("A", "text");
        condition.onTime(now);
      });
    expect(condition.nextAt).toBe(60_000);
    at(60_000, (now) => condition.onTime(now));

    expect(messages()).toHaveLength(2);
    expect(condition.nextAt).toBe(NOBODY);
  });

  test("come at the end, with the state of the stream in the summary", () => {
    const { condition, at, messages, lines } = watched();
    for (let i = 0; i < 7; i++) {
      at(i * 10, (now) => condition.onRequestFailed(FAILURE, "fatal", now, now));
      at(i * 10 + 1, (now) => condition.onAnswered(ACCEPTED, now));
    }
    at(100, (now) => condition.onRequestFailed(FAILURE, "fatal", now, now));
    lines.length = 0;
    condition.onRecordFailed("A", "text");

    at(1_000, (now) => condition.close(now));

    expect(messages()).toEqual([
      "1 record failed for good in the last minute, most often A (1): text",
      "3 lines were left out in 0 s (2 cannot-send, 1 sends-again); the stream cannot send now",
    ]);
  });

  test("never keep nextAt in the past: a drain would repeat without end", () => {
    const { condition, at } = watched();
    for (let now = 0; now < 400_000; now += 137) {
      at(now, () => {
        if (now % 3 === 0) condition.onRequestFailed(FAILURE, now % 2 === 0 ? "fatal" : "transient", now, now);
        if (now % 5 === 0) condition.onThrottled(now % 2 === 0 ? "a" : undefined, 1, 0.5, now);
        if (now % 7 === 0) condition.onAnswered(ACCEPTED, now);
        if (now % 11 === 0) condition.onAccepted("a", now);
        if (now % 13 === 0) condition.onRecordFailed("A", "text");
        condition.onTime(now);
        expect(condition.nextAt).toBeGreaterThan(now);
      });
    }
  });
});
