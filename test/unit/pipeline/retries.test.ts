import { describe, expect, test } from "vitest";

import { evenShards, shardIdOf } from "../../../src/testing/even-shards.js";
import {
  acceptAll,
  acceptByRange,
  connectionLost,
  INTERNAL_FAILURE,
  refuseAll,
  refuseEntries,
  requestFailure,
  THROTTLED,
} from "../../../src/testing/scripted-answers.js";
import { STREAM, textsByRequest, virtualProducer } from "../../support/virtual-producer.js";

const TWO = evenShards(2);
const LOW = "0";
const HIGH = String(2n ** 128n - 1n);
const accept = acceptByRange(TWO);

describe("an entry that was refused", () => {
  test("goes again alone, with the same bytes; the others are delivered", async () => {
    const { clock, transport, put, start } = virtualProducer({}, TWO);
    await start();
    transport.next(refuseEntries([1], THROTTLED, accept));
    const records = [
      put({ explicitHashKey: LOW, data: "a" }),
      put({ explicitHashKey: HIGH, data: "b" }),
      put({ explicitHashKey: HIGH, data: "c" }),
    ];

    await clock.advanceAsync(100);
    expect(records.map(({ state }) => state)).toEqual(["resolved", "pending", "pending"]);
    await clock.advanceAsync(100);

    expect(transport.requests).toHaveLength(2);
    expect(transport.requests[1]?.entries).toEqual([transport.requests[0]?.entries[1]]);
    expect(records[1]?.value).toMatchObject({ mayBeDuplicate: false, subSequenceNumber: 0 });
    expect(records[2]?.value).toMatchObject({ mayBeDuplicate: false, subSequenceNumber: 1 });
  });

  test("pauses its shard, exponentially with full jitter, and not the others", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0 }, TWO);
    await start();
    const throttle = refuseEntries(({ explicitHashKey }) => explicitHashKey === HIGH, THROTTLED, accept);
    const sentAt: number[] = [];
    transport.always((call) => {
      if (call.entries.some(({ explicitHashKey }) => explicitHashKey === HIGH)) sentAt.push(clock.now());
      return throttle(call);
    });

    put({ explicitHashKey: HIGH, data: "throttled" });
    await clock.advanceAsync(200);
    const others = [0, 1, 2].map((i) => put({ explicitHashKey: LOW, data: `${i}` }));
    await clock.settle();
    await clock.advanceAsync(30_000);

    expect(others.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
    const pauses = sentAt.slice(1, 10).map((at, i) => Math.round(at - (sentAt[i] as number)));
    // Half, by the random number, of 50, 100, 200, ... up to 5 s.
    expect(pauses).toEqual([25, 50, 100, 200, 400, 800, 1_600, 2_500, 2_500]);
  });

  test("goes before newer records of its shard", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0 });
    await start();
    transport.next(refuseAll(THROTTLED));
    put({ data: "old" });
    await clock.settle();
    put({ data: "new" });
    await clock.advanceAsync(50);

    expect(textsByRequest(transport)).toEqual([["old"], ["old", "new"]]);
    expect(transport.requests[1]?.entries).toHaveLength(2);
  });

  test("with an internal failure may be stored: what is delivered then may be a duplicate", async () => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.next(refuseAll(INTERNAL_FAILURE));
    const record = put({});

    await clock.advanceAsync(200);

    expect(record.value?.mayBeDuplicate).toBe(true);
  });

  test("keeps its history: when, after which delay, for how long, and what was answered", async () => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    const epoch = clock.epochNow();
    transport.next("hold", "hold");
    const record = put({});
    await clock.advanceAsync(107);
    transport.held[0]?.answer(refuseAll(THROTTLED));
    await clock.advanceAsync(30);
    transport.held[0]?.answer();
    await clock.settle();

    expect(record.value?.attempts).toEqual([
      { startedAt: epoch + 100, delayMs: 100, durationMs: 7, ...THROTTLED },
      {
        startedAt: epoch + 132,
        delayMs: 25,
        durationMs: 5,
        shardId: shardIdOf(0),
        sequenceNumber: record.value?.sequenceNumber,
      },
    ]);
  });

  test("the first delay is each user record's own", async () => {
    const { clock, put, start } = virtualProducer();
    await start();
    const first = put({});
    await clock.advanceAsync(60);
    const second = put({});
    await clock.advanceAsync(40);

    expect(first.value?.attempts[0]?.delayMs).toBe(100);
    expect(second.value?.attempts[0]?.delayMs).toBe(40);
  });

  test("gives up at maxAttempts, with the service's words and every attempt", async () => {
    const { clock, transport, put, start } = virtualProducer({ maxAttempts: 3 });
    await start();
    transport.always(refuseAll(THROTTLED));
    const record = put({ data: "a" });

    await clock.advanceAsync(10_000);

    expect(transport.requests).toHaveLength(3);
    expect(record.error).toMatchObject({
      code: "KP_RECORD_FAILED",
      serviceCode: THROTTLED.errorCode,
      delivery: "none",
      attempts: [THROTTLED, THROTTLED, THROTTLED],
      record: { partitionKey: "k", data: Uint8Array.of(97), streamName: STREAM },
    });
    expect(record.error?.message).toContain("maxAttempts");
    expect(record.error?.message).toContain(THROTTLED.errorMessage);
  });

  test("fails at its first throttling with failIfThrottled; other failures are tried again", async () => {
    const { clock, transport, put, start } = virtualProducer({ failIfThrottled: true });
    await start();
    transport.next(refuseAll(INTERNAL_FAILURE), refuseAll(THROTTLED));
    const record = put({});

    await clock.advanceAsync(1_000);

    expect(transport.requests).toHaveLength(2);
    expect(record.error).toMatchObject({ serviceCode: THROTTLED.errorCode, delivery: "unknown" });
  });

  test("fails at once, with the service's words, when its code is fatal", async () => {
    const { clock, transport, put, start } = virtualProducer({}, TWO);
    await start();
    const refusal = { errorCode: "KMSAccessDeniedException", errorMessage: "the key says no" };
    transport.next(refuseEntries([0], refusal, accept));
    const refused = put({ explicitHashKey: LOW });
    const other = put({ explicitHashKey: HIGH });

    await clock.advanceAsync(100);

    expect(refused.error).toMatchObject({ serviceCode: "KMSAccessDeniedException", delivery: "none" });
    expect(refused.error?.message).toContain("the key says no");
    expect(other.state).toBe("resolved");
    expect(transport.requests).toHaveLength(1);
  });

  test("sends what is refused while it expires no more; what is younger in its aggregate goes on", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 1_000, lingerMs: 500 });
    await start();
    transport.next("hold");
    const old = put({ data: "old" });
    await clock.advanceAsync(400);
    const young = put({ data: "young" });
    await clock.advanceAsync(590);
    transport.held[0]?.answer(refuseAll(THROTTLED));
    await clock.settle();
    await clock.advanceAsync(200);

    expect(old.error?.code).toBe("KP_RECORD_EXPIRED");
    expect(old.settledAt).toBe(2_000);
    expect(young.value).toMatchObject({ subSequenceNumber: 0 });
    expect(textsByRequest(transport)).toEqual([["old", "young"], ["young"]]);
  });
});

describe("a request that failed whole", () => {
  test("pauses the stream, all of its shards, and goes again with the same bytes", async () => {
    const { clock, transport, put, start } = virtualProducer({ lingerMs: 0 }, TWO);
    await start();
    transport.next(requestFailure("ServiceUnavailable", { statusCode: 503, mayBeStored: true }));
    const low = put({ explicitHashKey: LOW, data: "low" });
    await clock.settle();
    const high = put({ explicitHashKey: HIGH, data: "high" });

    await clock.advanceAsync(24);
    expect(transport.requests).toHaveLength(1);
    await clock.advanceAsync(1);

    expect(textsByRequest(transport)).toEqual([["low"], ["low", "high"]]);
    expect(transport.requests[1]?.entries[0]).toEqual(transport.requests[0]?.entries[0]);
    expect(low.value?.mayBeDuplicate).toBe(true);
    expect(high.value?.mayBeDuplicate).toBe(false);
  });

  test("leaves other streams alone", async () => {
    const { clock, transport, put } = virtualProducer({ lingerMs: 0 });
    put({});
    put({ streamName: "other" });
    await clock.settle();
    transport.always((call) =>
      call.stream.streamName === STREAM ? requestFailure("ThrottlingException") : acceptByRange(evenShards(1))(call),
    );
    put({});
    await clock.settle();

    const other = put({ streamName: "other" });
    await clock.settle();

    expect(other.state).toBe("resolved");
  });

  test.each([
    ["throttling", requestFailure("ThrottlingException"), false],
    ["a server's error", requestFailure("InternalFailure", { statusCode: 500, mayBeStored: true }), true],
    ["a dead connection", connectionLost("ECONNRESET"), true],
    ["a timeout", connectionLost("TimeoutError"), true],
    ["a refused connection", { ...connectionLost("ECONNREFUSED"), mayBeStored: false }, false],
    ["a code nobody knows", requestFailure("SomethingNew"), false],
  ])("by %s is sent again", async (_, failure, mayBeDuplicate) => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.next(failure);
    const record = put({});

    await clock.advanceAsync(200);

    expect(record.value).toMatchObject({ mayBeDuplicate });
    expect(record.value?.attempts).toHaveLength(2);
    expect(record.value?.attempts[0]).toMatchObject({ errorCode: failure.code });
  });

  test.each(["AccessDeniedException", "MissingAuthenticationToken", "KMSDisabledException"])(
    "by %s fails at once with the service's words",
    async (code) => {
      const { clock, transport, put, start } = virtualProducer();
      await start();
      transport.next(requestFailure(code, { message: "not for you" }));
      const records = [put({ data: "a" }), put({ data: "b" })];

      await clock.advanceAsync(100);

      expect(transport.requests).toHaveLength(1);
      for (const { error } of records) {
        expect(error).toMatchObject({ code: "KP_RECORD_FAILED", serviceCode: code, delivery: "none" });
        expect(error?.message).toContain("not for you");
      }
    },
  );

  test.each([
    "ExpiredTokenException",
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
    "CredentialsProviderError",
  ])("by %s, again and again, waits within its time to live until the transport has mended it", async (code) => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 30_000 });
    await start();
    transport.always(requestFailure(code));
    const records = Array.from({ length: 1_000 }, (_, i) => put({ partitionKey: `${i}` }));
    await clock.advanceAsync(20_000);
    const requests = transport.requests.length;
    transport.always(acceptAll(shardIdOf(0)));
    await clock.advanceAsync(6_000);

    expect(requests).toBeLessThan(40);
    expect(new Set(records.map(({ state }) => state))).toEqual(new Set(["resolved"]));
    expect(records[0]?.value?.mayBeDuplicate).toBe(false);
  });

  test("by expired credentials for its whole time to live has expired, and its last attempt says why", async () => {
    const { clock, transport, put, start } = virtualProducer({ recordTtlMs: 30_000 });
    await start();
    transport.always(requestFailure("ExpiredTokenException", { message: "the token is expired" }));
    const record = put({});
    await clock.advanceAsync(31_000);

    expect(record.error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "none" });
    expect(record.error?.attempts.at(-1)).toMatchObject({
      errorCode: "ExpiredTokenException",
      errorMessage: "the token is expired",
    });
  });

  test("by credentials that cannot be renewed fails at once with the service's words", async () => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.next({ ...requestFailure("UnrecognizedClientException", { message: "no such key" }), isFinal: true });
    const record = put({});
    await clock.advanceAsync(100);

    expect(record.error).toMatchObject({ code: "KP_RECORD_FAILED", serviceCode: "UnrecognizedClientException" });
  });

  test.each([
    ["too few entries", () => ({ kind: "answered", entries: [] }) as const],
    ["too many entries", () => ({ kind: "answered", entries: [THROTTLED, THROTTLED, THROTTLED] }) as const],
    ["no entries at all", () => ({ kind: "answered" }) as never],
    ["holes for entries", () => ({ kind: "answered", entries: [undefined] }) as never],
    ["nothing", () => undefined as never],
  ])("because the answer has %s is tried again; the outcome is unknown", async (_, answer) => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.next(answer);
    const record = put({});

    await clock.advanceAsync(200);

    expect(record.value?.mayBeDuplicate).toBe(true);
    expect(record.value?.attempts).toHaveLength(2);
  });

  test("because the transport rejects is tried again; the outcome is unknown", async () => {
    const { clock, transport, put, start } = virtualProducer();
    await start();
    transport.next("hold");
    const record = put({});
    await clock.advanceAsync(100);

    transport.held[0]?.reject(new TypeError("a bug"));
    await clock.advanceAsync(100);

    expect(record.value?.mayBeDuplicate).toBe(true);
    expect(record.value?.attempts[0]).toMatchObject({ errorCode: "TypeError", errorMessage: "a bug" });
  });

  test("because the transport throws before it makes a promise is tried again", async () => {
    let calls = 0;
    const accepted = { shardId: shardIdOf(0), sequenceNumber: "1" };
    const { clock, put, start } = virtualProducer({
      transport: {
        putRecords: (request) => {
          if (calls++ === 0) throw new Error("at once");
          return Promise.resolve({ kind: "answered", entries: request.entries.map(() => accepted) });
        },
      },
    });
    await start();
    const record = put({});

    await clock.advanceAsync(200);

    expect(record.value?.attempts).toHaveLength(2);
  });
});
