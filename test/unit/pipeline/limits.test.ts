import { describe, expect, test } from "vitest";

import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, textsOf, virtualProducer } from "../../support/virtual-producer.js";

const MIB = 1024 * 1024;

describe("records that are accepted before the stream's limits are known", () => {
  test("a large one fails alone when the stream takes less; the others of its lane go", async () => {
    const { clock, transport, put } = virtualProducer();
    const before = put({ data: "a" });
    const large = put({ data: "x".repeat(MIB) });
    const after = put({ data: "b" });
    expect(large.state).toBe("pending");

    await clock.advanceAsync(100);

    expect(large.error).toMatchObject({ code: "KP_RECORD_TOO_LARGE", delivery: "none", attempts: [] });
    expect(large.error?.message).toContain(`${MIB + 1} bytes`);
    expect([before, after].map(({ state }) => state)).toEqual(["resolved", "resolved"]);
    expect(transport.requests.flatMap(({ entries }) => entries.flatMap(textsOf)).sort()).toEqual(["a", "b"]);
  });

  test("a large one goes when the stream takes it", async () => {
    const { clock, directory, put } = virtualProducer();
    directory.setSummary({ maxRecordBytes: 2 * MIB });
    const large = put({ data: "x".repeat(MIB) });

    await clock.advanceAsync(1_000);

    expect(large.state).toBe("resolved");
  });

  test("one without a key fails alone when the keys choose the shard", async () => {
    const { producer, clock, put } = virtualProducer();
    const keyless = producer.put({ data: "x" });
    const error = keyless.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const other = put({ data: "a" });

    await clock.advanceAsync(100);

    expect(await error).toMatchObject({ code: "KP_INVALID_RECORD", delivery: "none" });
    expect(other.state).toBe("resolved");
  });

  test("with a limit that is given, a large one is refused at once", async () => {
    const { clock, put } = virtualProducer({ maxRecordBytes: 100 });

    const fits = put({ data: "x".repeat(99) });
    const large = put({ data: "x".repeat(100) });
    await clock.settle();
    await clock.advanceAsync(100);

    expect(large.error?.code).toBe("KP_RECORD_TOO_LARGE");
    expect(fits.state).toBe("resolved");
  });

  test("where the summary is not permitted the default limit holds", async () => {
    const { clock, directory, put, start } = virtualProducer();
    directory.summaries.always(requestFailure("AccessDeniedException"));
    await start();

    const fits = put({ data: "x".repeat(MIB - 1) });
    const large = put({ data: "x".repeat(MIB) });
    await clock.advanceAsync(2_000);

    expect(fits.state).toBe("resolved");
    expect(large.error?.code).toBe("KP_RECORD_TOO_LARGE");
  });
});

describe("a stream that distributes its records itself (AUTO), known from its summary", () => {
  test("takes everything raw, records without key included, and never an aggregate", async () => {
    const { producer, clock, directory, transport, put } = virtualProducer();
    directory.setSummary({ recordDistribution: "AUTO" });
    const records = [put({ data: "a" }), put({ data: "b" })];
    const keyless = producer.put({ data: "c" });

    await clock.advanceAsync(100);

    expect(transport.requests[0]?.entries.map(textsOf)).toEqual([["a"], ["b"], ["c"]]);
    expect(transport.requests[0]?.entries[2]).toEqual({ data: Uint8Array.from(Buffer.from("c")) });
    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
    expect(await keyless).toMatchObject({ streamName: STREAM, subSequenceNumber: 0 });
    expect(producer.stats().streams[STREAM]?.routing).toBe("auto");
  });
});

describe("a bad record", () => {
  test.each([
    ["a key that is empty", { partitionKey: "" }, "partitionKey"],
    ["a key of 257 code units", { partitionKey: "x".repeat(257) }, "257"],
    ["an explicit hash key with a leading zero", { explicitHashKey: "01" }, "explicitHashKey"],
    ["an explicit hash key of 2^128", { explicitHashKey: 2n ** 128n }, "explicitHashKey"],
    ["data of another kind", { data: 7 as unknown as string }, "data"],
    ["a stream name with a blank", { streamName: "no name" }, "streamName"],
  ])("%s is refused alone, with name and value, before it is buffered", async (_, wrong, word) => {
    const { producer, clock, put } = virtualProducer();

    const bad = put(wrong);
    const good = put({});
    await clock.advanceAsync(100);

    expect(bad.error).toMatchObject({ code: "KP_INVALID_RECORD", delivery: "none", attempts: [] });
    expect(bad.error?.message).toContain(word);
    expect(good.state).toBe("resolved");
    expect(() => producer.enqueue({ partitionKey: "k", data: "", ...wrong })).toThrow(word);
  });

  test("the bytes are copied when it is accepted", async () => {
    const { producer, clock, transport, start } = virtualProducer();
    await start();
    const data = Buffer.from("before");
    producer.enqueue({ partitionKey: "k", data });

    data.write("after!");
    await clock.advanceAsync(100);

    expect(transport.requests[0]?.entries.map(textsOf)).toEqual([["before"]]);
  });
});
