import { describe, expect, it } from "vitest";
import { parseFault } from "../../../../src/testing/faults/parse-fault.js";

describe("parseFault", () => {
  it.each([
    ["PutRecords throttle p=0.1", { on: { operation: ["PutRecords"], probability: 0.1 }, do: { kind: "throttle" } }],
    ["hang", { do: { kind: "hang" } }],
    ["* hang stored times=2", { do: { kind: "hang", stored: true }, times: 2 }],
    [
      "PutRecord,PutRecords fail-entry stored=false key=user-1 shard=shardId-000000000001 stream=clicks",
      {
        on: {
          operation: ["PutRecord", "PutRecords"],
          partitionKey: "user-1",
          shardId: "shardId-000000000001",
          stream: "clicks",
        },
        do: { kind: "fail-entry", stored: false },
      },
    ],
    [
      'ListShards error code=AccessDeniedException status=403 message="not allowed here" body=json calls=2,5',
      {
        on: { operation: ["ListShards"], calls: [2, 5] },
        do: {
          kind: "error",
          code: "AccessDeniedException",
          statusCode: 403,
          message: "not allowed here",
          body: "json",
        },
      },
    ],
    [
      "latency ms=20..200 calls=5..",
      { on: { calls: { from: 5 } }, do: { kind: "latency", ms: { from: 20, to: 200 } } },
    ],
    ["latency ms=20 calls=5..9", { on: { calls: { from: 5, to: 9 } }, do: { kind: "latency", ms: 20 } }],
    ["reset at=mid-body every=10", { on: { calls: { every: 10 } }, do: { kind: "reset", at: "mid-body" } }],
    [
      "reset-stream at=after-storing code=REFUSED_STREAM",
      { do: { kind: "reset-stream", at: "after-storing", code: "REFUSED_STREAM" } },
    ],
    ["goaway inFlight=refuse", { do: { kind: "goaway", inFlight: "refuse" } }],
    [
      "event-error code=InternalFailureException after=2",
      { do: { kind: "event-error", code: "InternalFailureException", after: 2 } },
    ],
    ["clock-skew offsetMs=-600000 calls=1", { on: { calls: 1 }, do: { kind: "clock-skew", offsetMs: -600_000 } }],
  ])("reads %s", (line, rule) => {
    expect(parseFault(line)).toEqual(rule);
  });

  it.each([
    ["", 'no fault ""; known are fail-entry, throttle-entry, error,'],
    ["PutRecord explode", 'no fault "explode"'],
    ["PutRecrods throttle", 'no fault "PutRecrods"'],
    ["throttle probability=1", 'throttle takes no "probability"; known are p, times, calls, every, stream, shard, key'],
    ["throttle p=2", "on.probability must be 0 to 1, got 2"],
    ["throttle p=often", "on.probability must be 0 to 1, got NaN"],
    ["error status=500", "do.code must be a text, got undefined"],
    ["error code=X status=200", "do.statusCode must be an HTTP status from 400 to 599, got 200"],
    ["reset at=once", 'do.at must be before-headers, after-storing, mid-body, got "once"'],
    ["reset-stream at=once", 'do.at must be before-headers, after-storing, mid-body, got "once"'],
    ["reset-stream code=7", "do.code must be NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR,"],
    ["goaway inFlight=all", 'do.inFlight must be finish, refuse, got "all"'],
    ["event-error code=x after=-1", "do.after must be 0 or more, got -1"],
    ["PutRecords event-error code=x", "event-error befalls SubscribeToShard only, not PutRecords"],
    ["latency ms=9..3", "do.ms must be 0 ms or more, or a span"],
    ["throttle calls=0", "on.calls are counted from 1, got 0"],
    ["throttle times=0", "times must be 1 or more, got 0"],
    ["hang stored=perhaps", 'do.stored must be true or false, got "perhaps"'],
    ["GetRecords fail-entry", "fail-entry befalls PutRecord and PutRecords only, not GetRecords"],
    ["latency __proto__=1 ms=1", 'latency takes no "__proto__"'],
  ])("says what is wrong with %j", (line, message) => {
    expect(() => parseFault(line)).toThrow(RangeError);
    expect(() => parseFault(line)).toThrow(message);
  });
});
