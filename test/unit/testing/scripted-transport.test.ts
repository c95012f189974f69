import { describe, expect, it } from "vitest";
import type { KinesisRecord, PutRecordsAnswer } from "../../../src/core/ports.js";
import { evenShards } from "../../../src/testing/even-shards.js";
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
import { ScriptedTransport } from "../../../src/testing/scripted-transport.js";

const stream = { streamName: "clicks" };
const record = (partitionKey: string, explicitHashKey?: string): KinesisRecord => ({
  partitionKey,
  data: Uint8Array.of(1, 2, 3),
  ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
});

function shardIds(answer: PutRecordsAnswer): string[] {
  if (answer.kind === "failed") throw new Error(answer.code);
  return answer.entries.map((entry) => ("shardId" in entry ? entry.shardId : entry.errorCode));
}

describe("ScriptedTransport", () => {
  it("accepts everything into one shard, with rising sequence numbers, unless it is scripted", async () => {
    const transport = new ScriptedTransport();

    const first = await transport.putRecords({ stream, entries: [record("a"), record("b")] });
    const second = await transport.putRecords({ stream, entries: [record("c")] });

    const numbers = [first, second].flatMap((answer) =>
      answer.kind === "answered"
        ? answer.entries.map((entry) => ("shardId" in entry ? BigInt(entry.sequenceNumber) : 0n))
        : [],
    );
    expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : 1)));
    expect(String(numbers[0])).toMatch(/^4957\d{52}$/);
    expect(shardIds(first)).toEqual(["shardId-000000000000", "shardId-000000000000"]);
  });

  it("takes one-time steps in order and then the standing one", async () => {
    const transport = new ScriptedTransport(acceptAll("shardId-000000000007"));
    transport.next(requestFailure("ServiceUnavailable", { statusCode: 503 }), refuseAll(THROTTLED));

    const answers = [];
    for (let i = 0; i < 3; i++) answers.push(await transport.putRecords({ stream, entries: [record("a")] }));

    expect(answers[0]).toMatchObject({
      kind: "failed",
      code: "ServiceUnavailable",
      statusCode: 503,
      mayBeStored: false,
    });
    expect(answers[1]).toEqual({ kind: "answered", entries: [THROTTLED] });
    expect(shardIds(answers[2] as PutRecordsAnswer)).toEqual(["shardId-000000000007"]);
  });

  it("routes by explicit hash key and by the MD5 of the partition key, as the service does", async () => {
    const transport = new ScriptedTransport(acceptByRange(evenShards(2)));
    const border = 1n << 127n;

    const answer = await transport.putRecords({
      stream,
      entries: [record("x", String(border - 1n)), record("x", String(border)), record("a"), record("b")],
    });

    // MD5("a") = 0cc1…, MD5("b") = 92eb….
    expect(shardIds(answer)).toEqual(
      evenShards(2)
        .flatMap((shard) => shard.shardId)
        .concat(["shardId-000000000000", "shardId-000000000001"]),
    );
  });

  it("leaves closed shards out when it routes", async () => {
    const closed = { ...evenShards(1)[0], endingSequenceNumber: "1" } as ReturnType<typeof evenShards>[number];
    const transport = new ScriptedTransport(acceptByRange([closed, ...evenShards(2, 1)]));

    const answer = await transport.putRecords({ stream, entries: [record("a"), { data: Uint8Array.of(1) }] });

    expect(shardIds(answer)).toEqual(["shardId-000000000001", "shardId-000000000002"]);
  });

  it("refuses the chosen entries only", async () => {
    const transport = new ScriptedTransport(refuseEntries([1], INTERNAL_FAILURE, acceptAll("s")));

    const answer = await transport.putRecords({ stream, entries: [record("a"), record("b"), record("c")] });

    expect(shardIds(answer)).toEqual(["s", "InternalFailure", "s"]);
  });

  it("holds calls until the test answers them, in any order", async () => {
    const transport = new ScriptedTransport();
    transport.always("hold");
    const ended: string[] = [];
    const calls = ["first", "second", "third"].map((name) =>
      transport.putRecords({ stream, entries: [record(name)] }).then(
        (answer) => ended.push(`${name} ${answer.kind}`),
        (error: Error) => ended.push(`${name} ${error.message}`),
      ),
    );
    const [first, second, third] = transport.held;

    third?.answer();
    await calls[2];
    first?.answer(connectionLost());
    await calls[0];
    second?.reject(new Error("a bug"));
    await calls[1];

    expect(ended).toEqual(["third answered", "first failed", "second a bug"]);
    expect(transport.held).toEqual([]);
    expect(transport.inFlight).toBe(0);
    expect(transport.maxInFlight).toBe(3);
    expect(() => first?.answer()).toThrow(/already/);
  });

  it("records copies, so that a sender may reuse its buffers", async () => {
    const transport = new ScriptedTransport();
    const entry = { partitionKey: "a", data: Uint8Array.of(1) };
    const entries = [entry];

    await transport.putRecords({ stream, entries });
    entry.data[0] = 9;
    entries.length = 0;

    expect(transport.requests).toEqual([
      { index: 0, stream, entries: [{ partitionKey: "a", data: Uint8Array.of(1) }] },
    ]);
  });

  it.each([0, 501])("rejects a request of %i entries", async (count) => {
    const entries = Array.from({ length: count }, () => record("a"));

    await expect(new ScriptedTransport().putRecords({ stream, entries })).rejects.toThrow(RangeError);
  });

  it("rejects a request after close", async () => {
    const transport = new ScriptedTransport();
    transport.close();

    await expect(transport.putRecords({ stream, entries: [record("a")] })).rejects.toThrow(/after close/);
    expect(transport.closeCalls).toBe(1);
  });
});
