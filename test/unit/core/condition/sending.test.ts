import { describe, expect, test } from "vitest";

import { Sending } from "../../../../src/core/condition/sending.js";
import type { FailureClass } from "../../../../src/core/failure-class.js";
import { EPOCH, moment, Told } from "./entries.js";

function watched(failureClass: FailureClass = "transient") {
  const told = new Told();
  const sending = new Sending(told.tell);
  /** A request from `startedAt` to `at` fails. */
  const fail = (startedAt: number, at: number, failedSoFar = 0, requests: 0 | 1 = 1): void =>
    sending.onFailed({ code: "E", message: "text", failureClass, requests, startedAt }, failedSoFar, moment(at));
  return { told, sending, fail };
}

describe("failures that pass", () => {
  test("have a line after two seconds, counted from the start of the first request", () => {
    const { told, fail } = watched();

    fail(1_000, 1_010);
    fail(1_500, 2_999);
    expect(told.messages).toEqual([]);
    fail(2_000, 3_000);
    fail(3_000, 4_000);

    expect(told.messages).toEqual(["cannot send since 00:00:01Z: E: text (3 requests failed)"]);
    expect(told.entries[0]).toMatchObject({
      level: "error",
      fields: { event: "cannot-send", code: "E", since: EPOCH + 1_000, requestsFailed: 3 },
    });
  });

  test("of one request alone have no line, however long it took", () => {
    const { told, fail } = watched();

    fail(0, 60_000);

    expect(told.messages).toEqual([]);
  });

  test("begin at the last answer, if there was one while the request was in flight", () => {
    const { told, sending, fail } = watched();
    sending.onAnswered(0, moment(5_000));

    fail(0, 6_000);
    fail(6_000, 7_000);

    expect(told.messages).toEqual(["cannot send since 00:00:05Z: E: text (2 requests failed)"]);
  });

  test("with an answer between them are never told", () => {
    const { told, sending, fail } = watched();

    for (let now = 0; now < 100_000; now += 1_000) {
      fail(now, now + 10);
      fail(now, now + 20);
      sending.onAnswered(0, moment(now + 30));
    }

    expect(told.messages).toEqual([]);
    expect(sending.cause(100_000)).toBeUndefined();
  });

  test("are degraded at first, and down once they have lasted ten seconds", () => {
    const { sending, fail } = watched();

    fail(1_000, 1_010);
    fail(1_020, 10_999);
    const before = sending.cause(20_000);
    fail(11_000, 11_000);

    expect(before).toEqual({ status: "degraded", since: EPOCH + 1_000, reason: "requests fail: E: text" });
    expect(sending.cause(20_000)).toEqual({ status: "down", since: EPOCH + 1_000, reason: "cannot send: E: text" });
  });
});

describe("sending again", () => {
  test("has a line with the requests and records that failed meanwhile", () => {
    const { told, sending, fail } = watched();
    fail(0, 10, 5);
    fail(20, 3_000, 5);

    sending.onAnswered(8, moment(34_900));

    expect(told.messages[1]).toBe("sends again after 34 s (2 requests failed, 3 records failed for good meanwhile)");
    expect(told.entries[1]).toMatchObject({
      level: "info",
      fields: { event: "sends-again", durationMs: 34_900, requestsFailed: 2, recordsFailed: 3 },
    });
    expect(sending.endedAt).toBe(EPOCH + 34_900);
  });

  test("has no line after trouble that had none", () => {
    const { told, sending, fail } = watched();
    fail(0, 10);

    sending.onAnswered(0, moment(20));

    expect(told.messages).toEqual([]);
  });
});

describe("failures that a retry does not help", () => {
  test.each(["fatal", "no-stream"] as const)(
    "(%s) have a line, and the stream is down, at the first",
    (failureClass) => {
      const { told, sending, fail } = watched(failureClass);

      fail(0, 10);

      expect(told.messages).toEqual(["cannot send since 00:00:00Z: E: text (1 request failed)"]);
      expect(sending.cause(10)?.status).toBe("down");
    },
  );

  test("are refused credentials from the second round on: the provider was asked between the rounds", () => {
    const { told, sending, fail } = watched("credentials");

    // Three requests in flight when the token expired.
    for (let i = 0; i < 3; i++) fail(0, 10);
    expect([told.messages, sending.cause(10)?.status]).toEqual([[], "degraded"]);
    fail(10, 20);

    expect(told.messages).toEqual(["cannot send since 00:00:00Z: E: text (4 requests failed)"]);
    expect(sending.cause(20)?.status).toBe("down");
  });

  test("are down for a minute: then only new records can show whether the stream works", () => {
    const { sending, fail } = watched("fatal");
    fail(0, 10);

    expect(sending.cause(60_009)?.status).toBe("down");
    expect(sending.cause(60_010)).toEqual({
      status: "degraded",
      since: EPOCH,
      reason: "nothing was sent since a request failed at 00:00:00Z: E: text",
    });
  });
});

describe("a missing stream", () => {
  test("that ListShards reports has a line without requests; a list of its shards ends it", () => {
    const { told, sending, fail } = watched("no-stream");

    fail(0, 0, 0, 0);
    sending.onFound(0, moment(5_000));

    expect(told.messages).toEqual(["cannot send since 00:00:00Z: E: text", "sends again after 5 s"]);
    expect(sending.cause(5_000)).toBeUndefined();
  });

  test("is not what a list of shards ends while requests fail for another reason", () => {
    const { sending, fail } = watched("fatal");
    fail(0, 0);

    sending.onFound(0, moment(5_000));

    expect(sending.cause(5_000)?.status).toBe("down");
  });
});
