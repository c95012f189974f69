import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "vitest";

import type { RecordFailedError } from "../../../src/errors.js";
import type { UserRecord } from "../../../src/record.js";
import { readStoredTags } from "../../support/stored-tags.js";
import { virtualProducer, watch } from "../../support/virtual-producer.js";

const record: UserRecord = { partitionKey: "k", data: "x" };

describe("propagate", () => {
  test("runs within each call that hands over a record, where the caller's context is active", async () => {
    const caller = new AsyncLocalStorage<string>();
    const made = virtualProducer({ propagate: () => ({ caller: caller.getStore() ?? "none" }) });
    const { producer, clock, transport, start } = made;
    await start();

    caller.run("put", () => void producer.put(record));
    caller.run("tryPut", () => void producer.tryPut(record));
    caller.run("enqueue", () => void producer.enqueue(record));
    void producer.put(record);
    await clock.advanceAsync(100);

    expect(readStoredTags(transport)).toEqual([
      { caller: "put" },
      { caller: "tryPut" },
      { caller: "enqueue" },
      { caller: "none" },
    ]);
  });

  test("keeps the context of a put that waits for room", async () => {
    const caller = new AsyncLocalStorage<string>();
    const made = virtualProducer({ maxBufferedRecords: 1, propagate: () => ({ caller: caller.getStore() ?? "none" }) });
    const { producer, clock, transport, start } = made;
    await start();

    for (const name of ["first", "waits"]) caller.run(name, () => void producer.put(record));
    await clock.advanceAsync(1_000);

    expect(readStoredTags(transport)).toEqual([{ caller: "first" }, { caller: "waits" }]);
  });

  test("that throws rejects one promise, and the records around it are delivered", async () => {
    let calls = 0;
    const bug = new Error("hook's bug");
    const { producer, clock, put, start } = virtualProducer({
      propagate: () => {
        if (++calls === 2) throw bug;
        return undefined;
      },
    });
    await start();

    const watched = [put({}), put({}), put({})];
    await clock.advanceAsync(100);

    expect(watched.map(({ state }) => state)).toEqual(["resolved", "rejected", "resolved"]);
    expect(watched[1]?.error).toMatchObject({ code: "KP_INVALID_RECORD", cause: bug });
    expect(producer.stats().outstandingRecords).toBe(0);
  });

  test("that hands over a record has that record refused, in every way there is, and not its own", async () => {
    const refused: unknown[] = [];
    const made = virtualProducer({
      propagate: () => {
        for (const promise of [made.producer.put(record), made.producer.tryPut(record)])
          void promise?.catch(({ message }: RecordFailedError) => refused.push(message));
        try {
          made.producer.enqueue(record);
        } catch (error) {
          refused.push((error as RecordFailedError).message);
        }
        return undefined;
      },
    });
    const { producer, clock, start } = made;
    await start();

    const outer = watch(producer.put(record));
    await clock.advanceAsync(100);

    expect(outer.state).toBe("resolved");
    expect(refused).toEqual(Array(3).fill("the record was handed over within propagate()"));
  });

  test("that closes the producer has its record refused", async () => {
    const made = virtualProducer({
      propagate: () => {
        void made.producer.close();
        return undefined;
      },
    });
    await made.start();

    const outer = made.put({});
    await made.clock.advanceAsync(100);

    expect(outer.error).toMatchObject({ code: "KP_CLOSED" });
  });

  test("needs the envelope: on a stream that is found to be AUTO, records with its tags are refused, others not", async () => {
    let traced = false;
    const { clock, directory, put, start } = virtualProducer({
      propagate: () => (traced ? { traceparent: "00-a" } : undefined),
    });
    directory.setSummary({ recordDistribution: "AUTO" });
    await start();

    const plain = put({});
    traced = true;
    const tagged = put({});
    await clock.advanceAsync(100);

    expect(plain.state).toBe("resolved");
    expect(tagged.error).toMatchObject({ code: "KP_INVALID_RECORD", message: expect.stringContaining("envelope") });
  });
});
