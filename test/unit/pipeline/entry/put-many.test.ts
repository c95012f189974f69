import { describe, expect, test } from "vitest";

import type { PutOutcome } from "../../../../src/pipeline/entry/put-many.js";
import type { UserRecord } from "../../../../src/record.js";
import { evenShards } from "../../../../src/testing/even-shards.js";
import { acceptAll, refuseEntries, requestFailure } from "../../../../src/testing/scripted-answers.js";
import { STREAM, textsByRequest, virtualProducer, watch } from "../../../support/virtual-producer.js";

/** Counts what is taken from it and whether it was let go of. */
class Source implements Iterable<UserRecord> {
  pulled = 0;
  returned = 0;
  readonly #count: number;

  constructor(count = Number.POSITIVE_INFINITY) {
    this.#count = count;
  }

  [Symbol.iterator](): Iterator<UserRecord> {
    return {
      next: () => {
        if (this.pulled >= this.#count) return { done: true, value: undefined };
        return { done: false, value: { partitionKey: "k", data: `${this.pulled++}` } };
      },
      return: () => {
        this.returned++;
        return { done: true, value: undefined };
      },
    };
  }
}

function read(many: AsyncIterable<PutOutcome>) {
  const outcomes: PutOutcome[] = [];
  const all = async (): Promise<void> => {
    for await (const outcome of many) outcomes.push(outcome);
  };
  return { outcomes, end: watch(all()) };
}

const dataOf = ({ record }: PutOutcome): string => String(record.data);
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);

describe("putMany", () => {
  test("starts by itself, and gives the outcomes in input order, whatever the order of the answers", async () => {
    const two = evenShards(2);
    const { producer, clock, transport, start } = virtualProducer({ aggregation: false, maxRequestRecords: 1 }, two);
    await start();
    transport.always("hold");
    const many = producer.putMany(new Source(3));
    await clock.advanceAsync(100);
    expect(transport.requests).toHaveLength(3);
    const { outcomes, end } = read(many);

    transport.held[2]?.answer();
    transport.held[1]?.answer();
    await clock.settle();
    expect(outcomes).toEqual([]);
    transport.held[0]?.answer();
    await clock.settle();

    expect(outcomes.map(dataOf)).toEqual(["0", "1", "2"]);
    expect(end.state).toBe("resolved");
  });

  test("a failed record, or a bad one, is an outcome and not an end", async () => {
    const { producer, clock, transport, start } = virtualProducer({ aggregation: false });
    await start();
    const refusal = { errorCode: "KMSAccessDeniedException", errorMessage: "" };
    transport.next(refuseEntries([0], refusal, acceptAll("shardId-000000000000")));
    const records = [
      { partitionKey: "k", data: "fails" },
      { partitionKey: "", data: "bad" },
      { partitionKey: "k", data: "good" },
    ];

    const { outcomes, end } = read(producer.putMany(records));
    await clock.advanceAsync(100);

    expect(outcomes.map(({ error, result }) => error?.code ?? result?.streamName)).toEqual([
      "KP_RECORD_FAILED",
      "KP_INVALID_RECORD",
      STREAM,
    ]);
    expect(outcomes[0]?.record).toBe(records[0]);
    expect(end.state).toBe("resolved");
  });

  test("awaited gives the numbers, and keeps no outcomes: more than the window go through", async () => {
    const { producer, clock, start } = virtualProducer({ lingerMs: 1 });
    await start();

    const summary = watch(producer.putMany(new Source(25_000)));
    await clock.advanceAsync(1_000);

    expect(summary.value).toEqual({ delivered: 25_000, failed: 0 });
  });

  test("unread it takes 10,000 records and no more, and holds up neither flush nor close", async () => {
    const { producer, clock, start } = virtualProducer({ lingerMs: 1 });
    await start();
    const source = new Source();
    producer.putMany(source);
    await clock.advanceAsync(1_000);
    expect(source.pulled).toBe(10_000);

    const flush = watch(producer.flush());
    await clock.settle();
    expect(flush.state).toBe("resolved");
    const close = watch(producer.close());
    await clock.settle();

    expect(close.value).toEqual({ delivered: 10_000, failed: 0 });
    expect(source.returned).toBe(1);
    expect(clock.isRefed).toBe(false);
  });

  test("each outcome that is read lets one more in", async () => {
    const { producer, clock, start } = virtualProducer({ lingerMs: 1 });
    await start();
    const source = new Source();
    const iterator = producer.putMany(source)[Symbol.asyncIterator]();
    await clock.advanceAsync(1_000);

    for (let i = 0; i < 10; i++) await iterator.next();
    await clock.advanceAsync(100);

    expect(source.pulled).toBe(10_010);
  });

  test("goes at the stream's pace, and takes one waiting place at most", async () => {
    const { producer, clock, transport, start } = virtualProducer({ maxBufferedRecords: 10 });
    await start();
    transport.next("hold");
    const source = new Source(100);
    const summary = watch(producer.putMany(source));
    await clock.advanceAsync(1_000);

    expect(source.pulled).toBe(11);
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(1);
    transport.held[0]?.answer();
    await clock.advanceAsync(1_000);

    expect(summary.value).toEqual({ delivered: 100, failed: 0 });
    expect(textsByRequest(transport).flat()).toEqual(numbers(100));
  });

  test("break stops the pulling and lets go of the source; what was taken goes on", async () => {
    const { producer, clock, start } = virtualProducer({ lingerMs: 1 });
    await start();
    const source = new Source();
    const loop = async (): Promise<void> => {
      for await (const _ of producer.putMany(source)) break;
    };

    const looped = watch(loop());
    await clock.advanceAsync(1_000);
    expect(looped.state).toBe("resolved");
    const { pulled } = source;
    await clock.advanceAsync(10_000);

    expect(source.pulled).toBe(pulled);
    expect(source.returned).toBe(1);
    expect(producer.stats().streams[STREAM]?.userRecordsDelivered).toBe(pulled);
    expect(clock.isRefed).toBe(false);
  });

  test("close ends it: no more is pulled, what was taken is given out, then KP_CLOSED", async () => {
    const { producer, clock, transport, start } = virtualProducer({ maxBufferedRecords: 5 });
    await start();
    transport.next("hold");
    const source = new Source();
    const { outcomes, end } = read(producer.putMany(source));
    await clock.advanceAsync(100);
    expect(source.pulled).toBe(6);

    const close = watch(producer.close());
    await clock.settle();
    expect(end.state).toBe("pending");
    transport.held[0]?.answer();
    await clock.settle();

    expect(source.pulled).toBe(6);
    expect(source.returned).toBe(1);
    expect(outcomes.map(({ error }) => error?.code)).toEqual([...Array(5).fill(undefined), "KP_CLOSED"]);
    expect(end.error?.code).toBe("KP_CLOSED");
    expect(close.state).toBe("resolved");
  });

  test("its signal ends it with KP_ABORTED; what was accepted goes on", async () => {
    const { producer, clock, transport, start } = virtualProducer({ maxBufferedRecords: 5 });
    await start();
    transport.next("hold");
    const source = new Source();
    const controller = new AbortController();
    const { outcomes, end } = read(producer.putMany(source, { signal: controller.signal }));
    await clock.advanceAsync(100);

    controller.abort(new Error("enough"));
    await clock.settle();
    transport.held[0]?.answer();
    await clock.settle();

    expect(source.returned).toBe(1);
    expect(outcomes.map(({ error }) => error?.code)).toEqual([...Array(5).fill(undefined), "KP_ABORTED"]);
    expect(end.error).toMatchObject({ code: "KP_ABORTED", cause: controller.signal.reason });
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(0);
    expect(clock.isRefed).toBe(false);
  });

  test("a signal that has fired before: nothing is pulled", async () => {
    const { producer, clock } = virtualProducer();
    const source = new Source();

    const summary = watch(producer.putMany(source, { signal: AbortSignal.abort() }));
    await clock.settle();

    expect(summary.error?.code).toBe("KP_ABORTED");
    expect(source.pulled).toBe(0);
  });

  test("aborted in the turn in which its place in the queue came up, it leaves no ghost in the queue", async () => {
    const { producer, clock, transport, put, start } = virtualProducer({ maxBufferedRecords: 1 });
    await start();
    transport.next("hold");
    put({});
    const controller = new AbortController();
    const summary = watch(producer.putMany(new Source(), { signal: controller.signal }));
    await clock.advanceAsync(100);
    // Its turn has come, and it has not heard of it yet.
    let turns = 0;
    const abortLater = (): void => {
      if (turns++ === 1) controller.abort();
      else clock.defer(abortLater);
    };
    transport.held[0]?.answer();
    clock.defer(abortLater);
    await clock.settle();
    expect(summary.error?.code).toBe("KP_ABORTED");

    transport.next("hold");
    put({});
    await clock.advanceAsync(100);
    const waits = put({});
    await clock.settle();

    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(1);
    expect(producer.tryPut({ partitionKey: "k", data: "" })).toBeUndefined();
    expect(waits.state).toBe("pending");
  });

  test("a source that throws ends it with that error, after what was taken", async () => {
    const { producer, clock, start } = virtualProducer();
    await start();
    const bug = new Error("the source's bug");
    function* source(): Generator<UserRecord> {
      yield { partitionKey: "k", data: "0" };
      throw bug;
    }

    const { outcomes, end } = read(producer.putMany(source()));
    const summary = watch(producer.putMany(source()));
    await clock.advanceAsync(100);

    expect(outcomes.map(dataOf)).toEqual(["0"]);
    expect(end.error).toBe(bug);
    expect(summary.error).toBe(bug);
  });

  test("a source that closes the producer while it runs, or cannot be let go of, breaks nothing", async () => {
    const { producer, clock, start } = virtualProducer();
    await start();
    let close: { state: string } | undefined;
    function* source(): Generator<UserRecord> {
      yield { partitionKey: "k", data: "0" };
      // The generator is running: its return() throws.
      close = watch(producer.close());
      yield { partitionKey: "k", data: "1" };
    }

    const { outcomes, end } = read(producer.putMany(source()));
    await clock.advanceAsync(100);

    expect(outcomes.map(dataOf)[0]).toBe("0");
    expect(end.error?.code).toBe("KP_CLOSED");
    expect(close?.state).toBe("resolved");
  });

  test("an async source is awaited, also one whose promises are not Promises", async () => {
    const { producer, clock, start } = virtualProducer();
    await start();
    let pulled = 0;
    const thenable = (value: IteratorResult<UserRecord>): PromiseLike<IteratorResult<UserRecord>> => ({
      // biome-ignore lint/suspicious/noThenProperty: promises of another library are what is tested
      then: (onFulfilled) => Promise.resolve(value).then(onFulfilled),
    });
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () =>
          thenable(
            pulled < 3
              ? { done: false, value: { partitionKey: "k", data: `${pulled++}` } }
              : { done: true, value: undefined },
          ) as Promise<IteratorResult<UserRecord>>,
      }),
    };

    const { outcomes, end } = read(producer.putMany(source));
    await clock.advanceAsync(100);

    expect(outcomes.map(dataOf)).toEqual(["0", "1", "2"]);
    expect(end.state).toBe("resolved");
  });

  test("an async source that never answers keeps neither the signal nor close waiting", async () => {
    const { producer, clock } = virtualProducer();
    const controller = new AbortController();
    const never = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }) };
    const many = watch(producer.putMany(never, { signal: controller.signal }));
    const other = watch(producer.putMany(never));
    await clock.settle();

    controller.abort();
    await clock.settle();
    expect(many.error?.code).toBe("KP_ABORTED");
    const close = watch(producer.close());
    await clock.settle();

    expect(other.error?.code).toBe("KP_CLOSED");
    expect(close.state).toBe("resolved");
  });

  test("the record in hand when the loop is left was never accepted: onFailed hears so", async () => {
    const failures: string[] = [];
    const { producer, clock, transport, start } = virtualProducer({
      maxBufferedRecords: 2,
      onFailed: ({ code, message }) => void failures.push(`${code}: ${message}`),
    });
    await start();
    transport.always(acceptAll("shardId-000000000000"));
    const iterator = producer.putMany(new Source())[Symbol.asyncIterator]();
    await clock.advanceAsync(0);
    await iterator.next();
    transport.always("hold");
    await clock.advanceAsync(100);

    await iterator.return?.();
    await clock.settle();

    expect(failures).toEqual([expect.stringContaining("KP_ABORTED: the loop")]);
    expect(producer.stats().streams[STREAM]?.waitingPuts).toBe(0);
  });

  test("close's timeout fails what it took, and gives that out", async () => {
    const { producer, clock, transport, start } = virtualProducer({ maxBufferedRecords: 2 });
    await start();
    transport.always(requestFailure("ServiceUnavailable", { statusCode: 503 }));
    const { outcomes, end } = read(producer.putMany(new Source()));
    await clock.advanceAsync(100);

    const close = watch(producer.close({ timeoutMs: 100 }));
    await clock.advanceAsync(100);

    expect(outcomes.map(({ error }) => error?.code)).toEqual(["KP_CLOSED", "KP_CLOSED", "KP_CLOSED"]);
    expect(end.error?.code).toBe("KP_CLOSED");
    expect(close.state).toBe("resolved");
  });
});
