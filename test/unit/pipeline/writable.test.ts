import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, test } from "vitest";

import type { UserRecord } from "../../../src/record.js";
import { acceptAll, refuseEntries, requestFailure } from "../../../src/testing/scripted-answers.js";
import { STREAM, textsByRequest, virtualProducer, watch } from "../../support/virtual-producer.js";

const records = (count: number): UserRecord[] =>
  Array.from({ length: count }, (_, i) => ({ partitionKey: "k", data: `${i}` }));

describe("writable", () => {
  test("ends a pipeline: it has finished when everything is delivered", async () => {
    const { producer, clock, transport, start } = virtualProducer({ maxBufferedRecords: 7 });
    await start();

    const done = watch(pipeline(Readable.from(records(50)), producer.writable()));
    await clock.advanceAsync(5_000);

    expect(done.state).toBe("resolved");
    expect(textsByRequest(transport).flat()).toEqual(records(50).map(({ data }) => data));
    expect(producer.stats().streams[STREAM]?.userRecordsDelivered).toBe(50);
  });

  test("takes no more than there is room for", async () => {
    const { producer, clock, transport, start } = virtualProducer({ maxBufferedRecords: 5 });
    await start();
    transport.always("hold");

    void pipeline(Readable.from(records(1_000)), producer.writable()).catch(() => undefined);
    await clock.advanceAsync(1_000);

    expect(producer.stats()).toMatchObject({ bufferedRecords: 5 });
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(1);
  });

  test("a record that fails destroys it, the last one included", async () => {
    const { producer, clock, transport, start } = virtualProducer({ aggregation: false });
    await start();
    const refusal = { errorCode: "KMSAccessDeniedException", errorMessage: "" };
    transport.next(refuseEntries([2], refusal, acceptAll("shardId-000000000000")));

    const done = watch(pipeline(Readable.from(records(3)), producer.writable()));
    await clock.advanceAsync(1_000);

    expect(done.error).toMatchObject({ code: "KP_RECORD_FAILED", serviceCode: "KMSAccessDeniedException" });
  });

  test("with destroyOnFailure off it goes on, and onFailed hears of the failure", async () => {
    const failures: string[] = [];
    const { producer, clock, transport, start } = virtualProducer({
      aggregation: false,
      maxRequestRecords: 1,
      onFailed: ({ code }) => void failures.push(code),
    });
    await start();
    transport.next(requestFailure("AccessDeniedException"));

    const done = watch(pipeline(Readable.from(records(3)), producer.writable({ destroyOnFailure: false })));
    await clock.advanceAsync(1_000);

    expect(done.state).toBe("resolved");
    expect(failures).toEqual(["KP_RECORD_FAILED"]);
    expect(producer.stats().streams[STREAM]?.userRecordsDelivered).toBe(2);
  });

  test("ends with KP_CLOSED when the producer is closed under it", async () => {
    const { producer, clock, transport, start } = virtualProducer({ maxBufferedRecords: 2 });
    await start();
    transport.next("hold");
    const done = watch(pipeline(Readable.from(records(10)), producer.writable()));
    await clock.advanceAsync(100);

    const close = watch(producer.close());
    await clock.settle();
    transport.held[0]?.answer();
    await clock.settle();

    expect(done.error?.code).toBe("KP_CLOSED");
    expect(close.state).toBe("resolved");
  });
});
