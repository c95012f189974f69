import { describe, expect, test } from "vitest";

import type { RequestFailure, ShardDescription, StreamSummary } from "../../../../src/core/ports.js";
import type { CallTurns, FactsChange } from "../../../../src/pipeline/stream/facts-change.js";
import { StreamFacts } from "../../../../src/pipeline/stream/stream-facts.js";
import { evenShards } from "../../../../src/testing/even-shards.js";
import { requestFailure } from "../../../../src/testing/scripted-answers.js";
import { placed } from "../../core/placed-records.js";

const NO_QUEUE: CallTurns = { listingAt: Number.NEGATIVE_INFINITY, summaryAt: Number.NEGATIVE_INFINITY };
const SHARDS = evenShards(2);
const OTHERS = evenShards(2, 2);
const SUMMARY: StreamSummary = { kind: "summary", recordDistribution: "USER_PARTITION_KEY", maxRecordBytes: 1_048_576 };
const AUTO: StreamSummary = { kind: "summary", recordDistribution: "AUTO", maxRecordBytes: 1_048_576 };
const UNREACHABLE: RequestFailure = { kind: "failed", code: "ECONNREFUSED", message: "no", mayBeStored: false };
const DENIED = requestFailure("AccessDeniedException", { statusCode: 400 });
const UNKNOWN = requestFailure("ResourceNotFoundException", { statusCode: 400 });
const REASON = { code: "KP_RECORD_FAILED", message: "no stream" } as const;

function newFacts(): StreamFacts {
  return new StreamFacts({
    streamName: "s",
    packing: "shard",
    aggregate: { maxBytes: 51_200, maxCount: 500 },
    known: { maxRecordBytes: undefined, recordDistribution: undefined },
    isOrdered: false,
    shardMapTimeoutMs: 5_000,
  });
}

function list(facts: StreamFacts, shards: readonly ShardDescription[] | RequestFailure, askedAt = 0): FactsChange {
  const answer = "kind" in shards ? shards : ({ kind: "shards", shards } as const);
  return facts.takeListing(answer, askedAt, askedAt, NO_QUEUE);
}

/** Facts that a list and a summary have decided. */
function decidedFacts(): StreamFacts {
  const facts = newFacts();
  facts.onFirstUse(0, NO_QUEUE);
  facts.takeSummary(SUMMARY, NO_QUEUE);
  list(facts, SHARDS);
  return facts;
}

describe("the decision", () => {
  test("falls when both the list and the summary were answered, whichever comes last", () => {
    const facts = newFacts();
    facts.onFirstUse(0, NO_QUEUE);

    const first = facts.takeSummary(SUMMARY, NO_QUEUE);
    const second = list(facts, SHARDS);

    expect(first).toEqual({ isSummary: true });
    expect(second).toEqual({
      isListing: true,
      map: "replaced",
      mode: "mapped",
      decided: { trouble: undefined },
      again: false,
    });
    expect(facts.boundAt).toBe(Number.POSITIVE_INFINITY);
  });

  test("does not wait for a summary whose turn comes after the bound", () => {
    const facts = newFacts();
    facts.onFirstUse(0, NO_QUEUE);
    const answer = { kind: "shards", shards: SHARDS } as const;

    const inTime = facts.takeListing(answer, 0, 0, { ...NO_QUEUE, summaryAt: 5_000 });
    const tooLate = facts.takeListing(answer, 0, 0, { ...NO_QUEUE, summaryAt: 5_001 });

    expect([inTime.mode, tooLate.mode]).toEqual([undefined, "mapped"]);
  });

  test("falls at the bound without a map, and says why once", () => {
    const facts = newFacts();
    facts.onFirstUse(100, NO_QUEUE);
    list(facts, UNREACHABLE);

    const { mode, decided, warnings } = facts.decideWithout(NO_QUEUE);

    expect([mode, decided?.trouble]).toEqual(["unmapped", UNREACHABLE]);
    expect(warnings?.map(({ message }) => message)).toEqual([
      expect.stringContaining("going on without a shard map (ECONNREFUSED: "),
    ]);
    expect(list(facts, UNREACHABLE).warnings).toBeUndefined();
  });

  test("falls at once where the turn to ask comes after the bound, and nobody says that the stream is unreachable", () => {
    const facts = newFacts();

    const late = facts.onFirstUse(0, { ...NO_QUEUE, listingAt: 5_001 });

    expect(late).toEqual({ mode: "unmapped", isCrowded: true, decided: { trouble: undefined } });
    expect(newFacts().onFirstUse(0, { ...NO_QUEUE, listingAt: 5_000 })).toEqual({});
  });

  test("follows what is learnt after the bound at once, though the other of the two is not answered yet", () => {
    const [byList, bySummary] = [newFacts(), newFacts()];
    for (const facts of [byList, bySummary]) {
      facts.onFirstUse(0, NO_QUEUE);
      facts.decideWithout(NO_QUEUE);
    }

    expect(list(byList, SHARDS).mode).toBe("mapped");
    expect(bySummary.takeSummary(AUTO, NO_QUEUE).mode).toBe("auto");
    expect([byList.mode, bySummary.mode]).toEqual(["mapped", "auto"]);
  });

  test("is AUTO's whatever map there is", () => {
    const facts = decidedFacts();

    expect(facts.takeSummary(AUTO, NO_QUEUE)).toMatchObject({ isSummary: true, mode: "auto" });
  });
});

describe("a stream that the service does not know", () => {
  test("fails what waits when it never answered", () => {
    const facts = decidedFacts();

    expect(facts.takeNoStream(REASON, 50)).toEqual({ noStream: REASON });
    expect(facts.mode).toBe("mapped");
    expect(list(facts, UNKNOWN)).toMatchObject({ noStream: { code: "KP_RECORD_FAILED" }, again: true });
  });

  test("is waited for when it has answered: its map is forgotten, and another bound begins", () => {
    const facts = decidedFacts();
    facts.hasAnswered = true;

    expect(facts.takeNoStream(REASON, 50)).toEqual({ mode: "waiting", isStale: true });
    expect([facts.mode, facts.map, facts.boundAt]).toEqual(["waiting", undefined, 5_050]);
  });

  test("tells those who wait for the decision", () => {
    const facts = newFacts();
    facts.onFirstUse(0, NO_QUEUE);

    expect(list(facts, UNKNOWN).decided).toEqual({ trouble: UNKNOWN });
  });
});

describe("a summary", () => {
  test("that is refused leaves the defaults, says so once, and is not asked for again", () => {
    const facts = newFacts();

    const [first, second] = [facts.takeSummary(DENIED, NO_QUEUE), facts.takeSummary(DENIED, NO_QUEUE)];

    expect([first.again, first.warnings?.length, second.warnings]).toEqual([false, 1, undefined]);
    expect([facts.hasSummary, facts.maxRecordBytes]).toEqual([true, 1_048_576]);
  });

  test("that failed is asked for again, unless one was answered before", () => {
    const facts = newFacts();

    expect(facts.takeSummary(UNREACHABLE, NO_QUEUE).again).toBe(true);
    facts.takeSummary(SUMMARY, NO_QUEUE);
    expect(facts.takeSummary(UNREACHABLE, NO_QUEUE).again).toBe(false);
    expect(facts.recordDistribution).toBe("USER_PARTITION_KEY");
  });

  test("changes the bounds of an aggregate where the stream takes less of one record than was set", () => {
    const facts = newFacts();

    expect(facts.takeSummary({ ...SUMMARY, maxRecordBytes: 10_001 }, NO_QUEUE).limits).toBe(true);
    expect(facts.aggregateLimits).toEqual({ maxBytes: 10_000, maxCount: 500 });
  });
});

test("a record with tags is refused where keys may be ignored, and only then", () => {
  const facts = decidedFacts();
  const tagged = placed({ key: "k", tags: { a: "b" } });

  expect(facts.refusalOf(tagged, false)).toBeUndefined();
  expect(facts.refusalOf(tagged, true)?.message).toContain("tags and record ids need the envelope");
  expect(facts.refusalOf(placed({ key: "k" }), true)).toBeUndefined();
});

test("a list that is no map is trouble, and decides nothing about what was answered before it", () => {
  const facts = decidedFacts();

  const change = list(facts, SHARDS.slice(1), 70);

  expect(change).toMatchObject({ again: true, mode: "mapped" });
  expect(change.map).toBeUndefined();
  expect(facts.askedAt).toBe(0);
});

describe("an answer of another creation of the stream", () => {
  test("without it a list of the stream that is known satisfies", () => {
    expect(list(decidedFacts(), SHARDS)).toMatchObject({ map: "unchanged", again: false });
  });

  test("is believed through eleven lists that contradict it; the twelfth refutes it, once with a warning", () => {
    const facts = decidedFacts();
    facts.onOtherCreation(100);

    const changes = Array.from({ length: 12 }, (_, i) => list(facts, SHARDS, 100 + i));

    const told = changes.map(({ map, again }) => [map, again]);
    expect(told).toEqual([...Array.from({ length: 11 }, () => ["unchanged", true]), ["believed", false]]);
    expect(changes.flatMap(({ warnings = [] }) => warnings.map(({ message }) => message))).toEqual([
      expect.stringMatching(/^sequence numbers in answers say that the stream was created again/),
    ]);
    expect(list(facts, SHARDS, 112)).toMatchObject({ map: "unchanged", again: false });
  });

  test("is not contradicted by a list that was asked for before it", () => {
    const facts = decidedFacts();
    facts.onOtherCreation(100);

    for (let i = 0; i < 50; i++) expect(list(facts, SHARDS, 99)).toMatchObject({ map: "unchanged", again: true });
  });

  test("that comes more than once does not begin the count again; another map does", () => {
    const facts = decidedFacts();
    facts.onOtherCreation(100);
    for (let i = 0; i < 11; i++) {
      facts.onOtherCreation(200);
      list(facts, SHARDS, 100);
    }
    expect(list(facts, SHARDS, 100).map).toBe("believed");

    facts.onOtherCreation(300);
    expect(list(facts, OTHERS, 300)).toMatchObject({ map: "replaced", again: false });
    facts.onOtherCreation(400);

    expect(list(facts, OTHERS, 300).map).toBe("unchanged");
    for (let i = 0; i < 11; i++) expect(list(facts, OTHERS, 400).map).toBe("unchanged");
    expect(list(facts, OTHERS, 400).map).toBe("believed");
  });
});
