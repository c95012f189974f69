import { describe, expect, test } from "vitest";

import type { PutRecordsAnswer } from "../../../src/core/ports.js";
import { checkedAnswer, withTexts } from "../../../src/pipeline/checked-answer.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, virtualProducer } from "../../support/virtual-producer.js";

const ACCEPTED = { shardId: "shardId-000000000000", sequenceNumber: "17" };
const REFUSED = { errorCode: "InternalFailure", errorMessage: "" };

test("an answer without a fault is passed on as it is", () => {
  const answers = [{ kind: "answered", entries: [ACCEPTED, REFUSED] }, requestFailure("ServiceUnavailable")];

  expect(answers.map(checkedAnswer).every((checked, i) => checked === answers[i])).toBe(true);
});

test("texts that are missing are empty, and other values are shown by their type", () => {
  const failure = { ...requestFailure("X"), code: undefined, message: Symbol("m") } as never;

  expect(withTexts(failure)).toMatchObject({ code: "UnreadableAnswer", message: "Symbol(m)" });
});

test.each([
  ["without a message", { errorCode: "InternalFailure" }, REFUSED],
  ["with empty fields of an acceptance", { shardId: undefined, sequenceNumber: undefined, ...REFUSED }, REFUSED],
  ["without anything", {}, { errorCode: "UnreadableAnswer", errorMessage: "" }],
  ["without its shard", { sequenceNumber: "17" }, { errorCode: "UnreadableAnswer", errorMessage: "" }],
])("an entry %s was refused; the others keep their outcomes", (_, entry, checked) => {
  const answer = { kind: "answered", entries: [ACCEPTED, entry] };

  expect(checkedAnswer(answer)).toEqual({ kind: "answered", entries: [ACCEPTED, checked] });
});

describe("records fail, and do not wait for ever, if the caller's code has no text for", () => {
  test.each<[string, object]>([
    ["a failed request", { kind: "failed", mayBeStored: false }],
    ["a refused entry", { kind: "answered", entries: [{ errorCode: "KMSDisabledException" }] }],
  ])("%s", async (_, answer) => {
    const { clock, transport, put, start } = virtualProducer({ maxAttempts: 2 });
    await start();
    transport.always(answer as PutRecordsAnswer);

    const watched = put({ data: "a" });
    await clock.advanceAsync(5_000);

    expect(watched.error).toMatchObject({ code: "KP_RECORD_FAILED" });
  });

  test.each<[string, unknown]>([
    ["an error of the transport", Object.assign(new Error(), { message: undefined })],
    ["a thrown object that is no text", Object.create(null)],
  ])("%s", async (_, thrown) => {
    const { clock, transport, put, start } = virtualProducer({ maxAttempts: 2 });
    await start();
    transport.always(() => {
      throw thrown;
    });

    const watched = put({ data: "a" });
    await clock.advanceAsync(5_000);

    expect(watched.error).toMatchObject({ code: "KP_RECORD_FAILED" });
  });

  test("ListShards: ready() rejects", async () => {
    const { producer, clock, directory } = virtualProducer({}, evenShards(1));
    const failed = { kind: "failed", mayBeStored: false } as never;
    directory.listings.always(failed);
    directory.summaries.always(failed);

    const ready = producer.ready().catch((error: unknown) => error);
    await clock.advanceAsync(30_000);

    expect(await ready).toMatchObject({ code: "KP_STREAM_UNREACHABLE" });
    expect(producer.health().streams[STREAM]?.status).toBe("degraded");
  });
});
