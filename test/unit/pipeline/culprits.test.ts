import { describe, expect, test } from "vitest";

import { acceptAll, type RecordedPutRecords, requestFailure } from "../../../src/testing/scripted-answers.js";
import { textsByRequest, textsOf, virtualProducer } from "../../support/virtual-producer.js";

const REFUSED = requestFailure("ValidationException", { message: "something is wrong somewhere" });
const isBad = ({ entries }: RecordedPutRecords): boolean => entries.some((entry) => textsOf(entry).includes("bad"));

describe("a request refused for one of its entries", () => {
  test("which the message names, by its place from 1: that one fails alone, the rest goes again together", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false });
    await start();
    transport.next(
      requestFailure("ValidationException", {
        message: "1 validation error detected: Value at 'records.2.member.partitionKey' failed to satisfy constraint",
      }),
    );
    const records = ["a", "bad", "c"].map((data) => put({ data }));

    await clock.advanceAsync(100);

    expect(textsByRequest(transport)).toEqual([
      ["a", "bad", "c"],
      ["a", "c"],
    ]);
    expect(records.map(({ state }) => state)).toEqual(["resolved", "rejected", "resolved"]);
    expect(records[1]?.error).toMatchObject({ serviceCode: "ValidationException", delivery: "none" });
  });

  test.each(["ValidationException", "InvalidArgumentException", "RequestEntityTooLarge"])(
    "without a name (%s) is halved until it stands alone",
    async (code) => {
      const { clock, transport, put, start } = virtualProducer({ aggregation: false });
      await start();
      transport.always((call) => (isBad(call) ? { ...REFUSED, code } : acceptAll("shardId-000000000000")(call)));
      const records = ["a", "b", "c", "d", "bad", "f", "g"].map((data) => put({ data }));

      await clock.advanceAsync(100);

      expect(records.map(({ state }) => state)).toEqual([
        "resolved",
        "resolved",
        "resolved",
        "resolved",
        "rejected",
        "resolved",
        "resolved",
      ]);
      expect(records.map(({ value }) => value?.mayBeDuplicate)).not.toContain(true);
      expect(transport.requests.length).toBeLessThanOrEqual(7);
    },
  );

  test("finds several culprits", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false });
    await start();
    transport.always((call) => (isBad(call) ? REFUSED : acceptAll("shardId-000000000000")(call)));
    const records = ["bad", "b", "bad", "bad", "e"].map((data) => put({ data }));

    await clock.advanceAsync(100);

    expect(records.map(({ state }) => state)).toEqual(["rejected", "resolved", "rejected", "rejected", "resolved"]);
  });

  test("does not count against maxAttempts of the innocent", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false, maxAttempts: 1 });
    await start();
    transport.always((call) => (isBad(call) ? REFUSED : acceptAll("shardId-000000000000")(call)));
    const records = ["a", "b", "c", "bad"].map((data) => put({ data }));

    await clock.advanceAsync(100);

    expect(records.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved", "rejected"]);
  });

  test("a place that does not exist is no place: halved", async () => {
    const { clock, transport, put, start } = virtualProducer({ aggregation: false });
    await start();
    const message = "Value at 'records.99.member.data' failed to satisfy constraint";
    transport.always((call) => (isBad(call) ? { ...REFUSED, message } : acceptAll("shardId-000000000000")(call)));
    const records = ["a", "bad"].map((data) => put({ data }));

    await clock.advanceAsync(100);

    expect(records.map(({ state }) => state)).toEqual(["resolved", "rejected"]);
  });

  test("what was isolated and waits for a free slot still expires, and still can be aborted", async () => {
    const { clock, transport, put, start } = virtualProducer({
      aggregation: false,
      maxInFlightRequests: 1,
      recordTtlMs: 1_000,
      lingerMs: 0,
    });
    await start();
    transport.always("hold");
    const controller = new AbortController();
    put({ data: "a" });
    put({ data: "b" });
    const aborted = put({ data: "c" }, { signal: controller.signal });
    const expires = put({ data: "d" });
    await clock.settle();
    transport.held[0]?.answer(REFUSED);
    await clock.settle();
    expect(textsByRequest(transport)[1]).toEqual(["a", "b"]);

    controller.abort();
    await clock.settle();
    expect(aborted.error?.code).toBe("KP_ABORTED");
    await clock.advanceAsync(1_000);

    expect(expires.error?.code).toBe("KP_RECORD_EXPIRED");
    expect(expires.settledAt).toBe(2_000);
  });
});
