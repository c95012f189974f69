import { describe, expect, it } from "vitest";
import type { RecordFailedError } from "../../../src/errors.js";
import type { ProducerOptions } from "../../../src/options.js";
import type { KinesisProducer } from "../../../src/producer.js";
import { textsByRequest, type VirtualProducer, virtualProducer, watch } from "../../support/virtual-producer.js";

interface Click {
  readonly page: string;
}

/** A producer in virtual time whose records are clicks. */
function clickProducer(
  serialize: (click: Click) => Uint8Array | string,
  options: Partial<ProducerOptions> = {},
): Omit<VirtualProducer, "producer"> & { readonly producer: KinesisProducer<unknown, Click> } {
  return virtualProducer({ ...options, serialize } as unknown as ProducerOptions) as never;
}

const home = { partitionKey: "k", data: { page: "/" } };

describe("serialize", () => {
  it("makes the data, in every way of handing records over", async () => {
    const { producer, clock, transport, start } = clickProducer(({ page }) => Buffer.from(page));
    await start();

    void producer.put({ partitionKey: "k", data: { page: "/put" } });
    void producer.tryPut({ partitionKey: "k", data: { page: "/tryPut" } });
    producer.enqueue({ partitionKey: "k", data: { page: "/enqueue" } });
    void producer.putMany([{ partitionKey: "k", data: { page: "/putMany" } }]);
    producer.writable().write({ partitionKey: "k", data: { page: "/writable" } });
    await clock.advanceAsync(100);

    expect(textsByRequest(transport)).toEqual([["/put", "/tryPut", "/enqueue", "/putMany", "/writable"]]);
  });

  it("may use its buffer again, also for a put that waits for room", async () => {
    const buffer = new Uint8Array(1);
    const made = clickProducer(
      ({ page }) => {
        buffer[0] = page.charCodeAt(0);
        return buffer;
      },
      { maxBufferedRecords: 1 },
    );
    const { producer, clock, transport, start } = made;
    await start();

    for (const page of ["a", "b", "c"]) void producer.put({ partitionKey: "k", data: { page } });
    await clock.advanceAsync(1_000);

    expect(textsByRequest(transport).flat()).toEqual(["a", "b", "c"]);
  });

  it("that throws fails its record alone, and the next one is delivered", async () => {
    const bug = new Error("no page");
    const failed: RecordFailedError[] = [];
    const made = clickProducer(
      ({ page }) => {
        if (page === "") throw bug;
        return page;
      },
      { onFailed: (error) => failed.push(error) },
    );
    const { producer, clock, start } = made;
    await start();
    const bad = { partitionKey: "k", data: { page: "" } };

    const watched = [producer.put(home), producer.put(bad), producer.put(home)].map((put) => watch(put));
    expect(() => producer.enqueue(bad)).toThrow("serialize() threw, so the record has no data to send");
    await clock.advanceAsync(100);

    expect(watched.map(({ state }) => state)).toEqual(["resolved", "rejected", "resolved"]);
    expect(watched[1]?.error).toMatchObject({ code: "KP_INVALID_RECORD", delivery: "none", cause: bug, record: bad });
    expect(failed.map(({ record }) => record)).toEqual([bad, bad]);
    expect(producer.stats().outstandingRecords).toBe(0);
  });

  it("that throws is an outcome of putMany, which goes on", async () => {
    const { producer, clock, start } = clickProducer(({ page }) => page.slice(0));
    await start();

    const summary = watch(
      Promise.resolve(producer.putMany([home, { partitionKey: "k", data: undefined as never }, home])),
    );
    await clock.advanceAsync(200);

    expect(summary.value).toEqual({ delivered: 2, failed: 1 });
  });

  it("that hands over a record has that record refused, and not its own", async () => {
    const refused: unknown[] = [];
    const made = clickProducer(({ page }) => {
      made.producer.put(home).catch(({ message }: RecordFailedError) => refused.push(message));
      return page;
    });
    await made.start();

    const outer = watch(made.producer.put(home));
    await made.clock.advanceAsync(100);

    expect(outer.state).toBe("resolved");
    expect(refused).toEqual(["the record was handed over within serialize()"]);
  });

  it("makes bytes that count for the size of the record", async () => {
    const { producer, clock, start } = clickProducer(() => new Uint8Array(2_000), { maxRecordBytes: 1_000 });
    await start();

    const put = watch(producer.put(home));
    await clock.advanceAsync(100);

    expect(put.error).toMatchObject({ code: "KP_RECORD_TOO_LARGE" });
  });

  it("is not called for a record that is no object", async () => {
    let calls = 0;
    const { producer, clock, start } = clickProducer(() => {
      calls++;
      return "";
    });
    await start();

    producer.put(5 as never).catch(() => undefined);
    await clock.advanceAsync(100);

    expect(calls).toBe(0);
  });
});
