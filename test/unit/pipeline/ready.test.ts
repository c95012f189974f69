import { describe, expect, test } from "vitest";

import type { RequestFailure } from "../../../src/core/ports.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { connectionLost, requestFailure } from "../../../src/testing/scripted-answers.js";
import {
  STREAM,
  textsByRequest,
  type VirtualProducer,
  virtualProducer,
  watch,
} from "../../support/virtual-producer.js";

/** No request can be made: the SDK has no region. */
const UNUSABLE: RequestFailure = {
  kind: "failed",
  code: "UnusableConfiguration",
  message: "Region is missing",
  mayBeStored: false,
  isFinal: true,
  isConfiguration: true,
};

/** A producer whose calls about the stream never reach the service. */
function unreachable(): VirtualProducer {
  const made = virtualProducer();
  made.directory.listings.always(connectionLost("ECONNREFUSED"));
  made.directory.summaries.always(connectionLost("ECONNREFUSED"));
  return made;
}

const record = { partitionKey: "k", data: "" };

describe("ready", () => {
  test("on a fresh producer waits for the shard map", async () => {
    const { producer, clock, directory } = virtualProducer();
    directory.listings.next("hold");

    const ready = watch(producer.ready());
    await clock.advanceAsync(50);
    expect(ready.state).toBe("pending");
    directory.listings.held[0]?.answer();
    await clock.settle();

    expect(ready.state).toBe("resolved");
    expect(clock.isRefed).toBe(false);
  });

  test("never resolves in the same tick, not even when there is room", async () => {
    const { producer, clock, start } = virtualProducer();
    await start();

    const ready = watch(producer.ready());
    for (let i = 0; i < 100; i++) await Promise.resolve();
    expect(ready.state).toBe("pending");
    await clock.settle();

    expect(ready.state).toBe("resolved");
  });

  test("holds the room it was given until the end of that turn, against a put that comes first", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();
    transport.next("hold");
    put({ data: "a" });
    expect(producer.enqueue({ ...record, data: "mine" })).toBe(false);
    let accepted: boolean | undefined;
    void producer.ready().then(() => {
      accepted = producer.enqueue({ ...record, data: "mine" });
    });
    await clock.settle();
    const waits = put({ data: "waits" });

    transport.held[0]?.answer();
    await clock.advanceAsync(200);

    expect(accepted).toBe(true);
    expect(waits.state).toBe("resolved");
    expect(textsByRequest(transport).flat()).toEqual(["a", "mine", "waits"]);
  });

  test("gives the room back when nobody comes for it", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();
    transport.next("hold");
    put({});
    producer.enqueue(record);
    const ready = watch(producer.ready());
    const waits = put({});
    await clock.settle();

    transport.held[0]?.answer();
    await clock.advanceAsync(200);

    expect(ready.state).toBe("resolved");
    expect(waits.state).toBe("resolved");
    expect(producer.stats()).toMatchObject({ bufferedRecords: 0, bufferedBytes: 0 });
  });

  test("waits for as much room as the record last refused needs", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedBytes: 1_024, aggregation: false });
    await start();
    transport.always("hold");
    put({ data: "x".repeat(400) });
    await clock.advanceAsync(100);
    put({ data: "y".repeat(400) });
    await clock.advanceAsync(100);
    const large = { partitionKey: "k", data: "z".repeat(600) };
    expect(producer.enqueue(large)).toBe(false);
    const ready = watch(producer.ready());
    await clock.settle();
    expect(ready.state).toBe("pending");

    transport.held[0]?.answer();
    await clock.settle();

    expect(ready.state).toBe("resolved");
  });

  test("`while (!enqueue(r)) await ready()` neither spins nor starves, for several at once", async () => {
    const { producer, clock, outcomes, start } = virtualProducer({ maxBufferedRecords: 3, lingerMs: 10 });
    await start();
    let refusals = 0;
    const loop = async (name: string): Promise<void> => {
      for (let i = 0; i < 20; i++) {
        while (!producer.enqueue({ partitionKey: name, data: `${i}` }, `${name} ${i}`)) {
          refusals++;
          await producer.ready();
        }
      }
    };

    const loops = ["a", "b", "c"].map((name) => watch(loop(name)));
    await clock.advanceAsync(2_000);

    expect(loops.map(({ state }) => state)).toEqual(["resolved", "resolved", "resolved"]);
    expect(outcomes).toHaveLength(60);
    // Each refusal is followed by a place in the queue; a spin would show as thousands.
    expect(refusals).toBeLessThan(130);
    expect(clock.isRefed).toBe(false);
  });

  test("gets its turn among the puts that wait before and behind it", async () => {
    const { producer, clock, put, start } = virtualProducer({ maxBufferedRecords: 1, lingerMs: 10 });
    await start();
    for (let i = 0; i < 5; i++) put({ data: `before ${i}` });
    const ready = watch(producer.ready(), clock);
    for (let i = 0; i < 5; i++) put({ data: `after ${i}` });

    await clock.advanceAsync(1_000);

    expect(ready.state).toBe("resolved");
    expect(producer.stats().streams[STREAM]?.userRecordsDelivered).toBe(10);
  });

  test("rejects with the cause when the endpoint cannot be reached in time", async () => {
    const { producer, clock, directory } = virtualProducer({ shardMapTimeoutMs: 1_000 });
    const cause = new Error("connect ECONNREFUSED 127.0.0.1:4567");
    directory.listings.always({ ...connectionLost("ECONNREFUSED"), cause });
    directory.summaries.always(connectionLost("ECONNREFUSED"));

    const ready = watch(producer.ready(), clock);
    await clock.advanceAsync(1_000);

    expect(ready.error).toMatchObject({ code: "KP_STREAM_UNREACHABLE", cause });
    expect(ready.error?.message).toContain("ECONNREFUSED");
    expect(ready.settledAt).toBe(2_000);
    expect(clock.isRefed).toBe(false);
  });

  test("keeps rejecting while the stream cannot be reached, and resolves when it was reached", async () => {
    const { producer, clock, directory } = unreachable();
    const codes: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const ready = watch(producer.ready());
      await clock.advanceAsync(5_000);
      codes.push(ready.error?.code);
    }

    directory.listings.always({ kind: "shards", shards: evenShards(1) });
    const ready = watch(producer.ready(), clock);
    await clock.advanceAsync(1_000);

    expect(codes).toEqual(Array(3).fill("KP_STREAM_UNREACHABLE"));
    expect(ready.state).toBe("resolved");
    await clock.settle();
    expect(clock.isRefed).toBe(false);
  });

  test("of a stream that could not be reached waits for an answer of ListShards, no longer than shardMapTimeoutMs", async () => {
    const { producer, clock, directory } = unreachable();
    void watch(producer.ready());
    await clock.advanceAsync(5_000);
    directory.listings.always("hold");
    directory.summaries.always("hold");
    const calls = directory.listings.calls.length;

    const ready = watch(producer.ready(), clock);
    const startedAt = clock.now();
    await clock.advanceAsync(1_000);
    expect(directory.listings.calls.length).toBe(calls + 1);
    expect(ready.state).toBe("pending");
    await clock.advanceAsync(4_000);

    expect(ready.error?.code).toBe("KP_STREAM_UNREACHABLE");
    expect(ready.settledAt).toBe(startedAt + 5_000);
    expect(clock.isRefed).toBe(false);
  });

  test("resolves when a PutRecords was answered, though ListShards still cannot be reached", async () => {
    const { producer, clock, put } = unreachable();
    void watch(producer.ready());
    await clock.advanceAsync(5_000);
    const waits = watch(producer.ready());
    const record = put({});
    await clock.advanceAsync(200);

    expect(record.state).toBe("resolved");
    expect(waits.state).toBe("resolved");
  });

  test("does not reject in an outage of a stream that was reached: back pressure is no error", async () => {
    const { producer, clock, directory, start, transport } = virtualProducer();
    await start();
    directory.listings.always(connectionLost("ECONNREFUSED"));
    transport.always(connectionLost("ECONNREFUSED"));
    producer.enqueue(record);
    await clock.advanceAsync(10_000);

    const ready = watch(producer.ready());
    await clock.settle();

    expect(ready.state).toBe("resolved");
  });

  test("ends with KP_CLOSED when the producer is closed while it waits for an unreachable stream", async () => {
    const { producer, clock } = unreachable();
    void watch(producer.ready());
    await clock.advanceAsync(5_000);
    const ready = watch(producer.ready());

    const closed = watch(producer.close());
    await clock.settle();

    expect(ready.error?.code).toBe("KP_CLOSED");
    expect(closed.state).toBe("resolved");
    expect(watch(producer.ready())).toMatchObject({ state: "pending" });
    expect(clock.isRefed).toBe(false);
  });

  test("rejects with KP_INVALID_OPTION, at once and again, when no request can be made", async () => {
    const { producer, clock, directory } = virtualProducer();
    directory.listings.always(UNUSABLE);
    directory.summaries.always(UNUSABLE);

    const first = watch(producer.ready());
    await clock.settle();
    const second = watch(producer.ready());
    await clock.advanceAsync(1_000);

    expect(first.error).toMatchObject({ code: "KP_INVALID_OPTION", name: "ProducerError" });
    expect(first.error?.message).toBe("no request can be made with the SDK's configuration: Region is missing");
    expect(second.error?.code).toBe("KP_INVALID_OPTION");
  });

  test("keeps rejecting while there is no such stream", async () => {
    const { producer, clock, directory } = virtualProducer();
    directory.listings.always(requestFailure("ResourceNotFoundException"));
    const codes: unknown[] = [];

    for (let i = 0; i < 3; i++) {
      const ready = watch(producer.ready());
      await clock.advanceAsync(6_000);
      codes.push(ready.error?.code);
    }

    expect(codes).toEqual(Array(3).fill("KP_STREAM_UNREACHABLE"));
  });

  test("rejects at once when there is no such stream", async () => {
    const { producer, clock, directory } = virtualProducer();
    directory.listings.always(requestFailure("ResourceNotFoundException"));

    const ready = watch(producer.ready());
    await clock.settle();

    expect(ready.error?.message).toContain("ResourceNotFoundException");
  });

  test("resolves when ListShards is refused: the producer goes on without a map", async () => {
    const { producer, clock, directory } = virtualProducer();
    directory.listings.always(requestFailure("AccessDeniedException"));

    const ready = watch(producer.ready());
    await clock.settle();

    expect(ready.state).toBe("resolved");
  });

  test("resolves when ListShards is only throttled until the bound: the service can be reached", async () => {
    const { producer, clock, directory } = virtualProducer({ shardMapTimeoutMs: 1_000 });
    directory.listings.always(requestFailure("LimitExceededException"));

    const ready = watch(producer.ready(), clock);
    await clock.advanceAsync(1_000);

    expect(ready.state).toBe("resolved");
    expect(ready.settledAt).toBe(2_000);
  });

  test("without a stream of the producer's own needs a name", async () => {
    const { producer, clock } = virtualProducer({ streamName: undefined as unknown as string });

    const nameless = watch(producer.ready());
    const named = watch(producer.ready("named"));
    const wrong = watch(producer.ready("no name!"));
    await clock.settle();

    expect(nameless.error?.code).toBe("KP_INVALID_OPTION");
    expect(named.state).toBe("resolved");
    expect(wrong.error?.code).toBe("KP_INVALID_OPTION");
  });
});
