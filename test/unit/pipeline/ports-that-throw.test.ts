import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Transport } from "../../../src/core/ports.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import { acceptAll, requestFailure } from "../../../src/testing/scripted-answers.js";
import { ScriptedTransport } from "../../../src/testing/scripted-transport.js";
import { virtualProducer } from "../../support/virtual-producer.js";

const DENIED = requestFailure("AccessDeniedException");
const [SHARD] = evenShards(1);

let warned: string[];
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);

beforeEach(() => {
  warned = [];
  unhandled.length = 0;
  vi.spyOn(process, "emitWarning").mockImplementation((text) => void warned.push(String(text)));
  process.on("unhandledRejection", onUnhandled);
});

afterEach(() => {
  process.off("unhandledRejection", onUnhandled);
  vi.restoreAllMocks();
});

describe("a logger that fails", () => {
  test.each<[string, () => unknown]>([
    [
      "by throwing",
      () => {
        throw new Error("disk full");
      },
    ],
    ["by rejecting", () => Promise.reject(new Error("disk full"))],
    [
      "by throwing what is no error",
      () => {
        throw "disk full";
      },
    ],
  ])("%s loses no warning, and ends nothing", async (_, warn) => {
    const { clock, directory, producer, put } = virtualProducer({ logger: { warn: warn as () => void } });
    directory.listings.always(DENIED);
    directory.summaries.always(DENIED);
    const record = put({ data: "a" });
    await clock.advanceAsync(10_000);

    expect(record.state).toBe("resolved");
    expect(producer.stats().streams.virtual?.routing).toBe("unmapped");
    expect(warned).toEqual([
      expect.stringMatching(/^virtual: kinesis:DescribeStreamSummary is refused .*\(logger\.warn failed: disk full\)$/),
      expect.stringMatching(/^virtual: going on without a shard map .*\(logger\.warn failed: disk full\)$/),
    ]);
    expect(unhandled).toEqual([]);
  });
});

describe("a directory of the caller's own", () => {
  test.each([
    [undefined],
    [null],
    ["shards"],
    [{ kind: "shards" }],
    [{ kind: "shards", shards: [null] }],
    [{ kind: "shards", shards: [{}] }],
    [{ kind: "shards", shards: [{ ...SHARD, endingHashKey: "" }] }],
    [{ kind: "shards", shards: [{ ...SHARD, startingHashKey: 0n }] }],
  ])("that answers %o to ListShards is asked again, and delivers all the same", async (answer) => {
    const { clock, directory, producer, put } = virtualProducer();
    directory.listings.next((() => answer) as never);
    const record = put({ data: "a" });
    await clock.advanceAsync(10_000);

    expect(record.state).toBe("resolved");
    expect(directory.listings.calls.length).toBeGreaterThan(1);
    expect(producer.stats().streams.virtual?.routing).toBe("mapped");
    expect(unhandled).toEqual([]);
  });

  test.each([[undefined], [null], [7], [{}]])(
    "that answers %o to DescribeStreamSummary is asked again, and delivers all the same",
    async (answer) => {
      const { clock, directory, put } = virtualProducer();
      directory.summaries.next((() => answer) as never);
      const record = put({ data: "a" });
      await clock.advanceAsync(10_000);

      // With the next record: nothing is asked while nobody waits for anything.
      put({ data: "b" });
      await clock.advanceAsync(10_000);

      expect(record.state).toBe("resolved");
      expect(directory.summaries.calls.length).toBeGreaterThan(1);
      expect(unhandled).toEqual([]);
    },
  );
});

describe("a transport of the caller's own", () => {
  const own = (more: Partial<Transport>): Transport => {
    const scripted = new ScriptedTransport(acceptAll("shardId-000000000000"));
    return Object.assign({ putRecords: (request: never) => scripted.putRecords(request) }, more) as Transport;
  };
  const failing = (): never => {
    throw new Error("broken");
  };

  test.each<[string, () => unknown]>([
    ["throws", failing],
    ["rejects", async () => failing()],
  ])("whose close() %s does not keep close() from its report", async (_, close) => {
    const warnings: string[] = [];
    const transport = own({ close: close as () => void });
    const { clock, producer, put } = virtualProducer({
      transport,
      logger: { warn: (_, text) => void warnings.push(text) },
    });
    put({ data: "a" });
    const closing = producer.close({ timeoutMs: 60_000 });
    await clock.advanceAsync(1_000);

    expect(await closing).toEqual({ delivered: 1, failed: 0 });
    expect(clock.pendingTimers).toBe(0);
    expect(warnings).toEqual(["the transport did not close: broken"]);
    expect(unhandled).toEqual([]);
  });

  test("whose describe() throws does not keep stats() from telling the rest", () => {
    const { producer } = virtualProducer({ transport: own({ describe: failing }) });

    expect(producer.stats()).toMatchObject({
      outstandingRecords: 0,
      transport: "the caller's transport; describe() threw: Error: broken",
    });
  });

  test.each<[string, () => unknown]>([
    ["throws at once", failing],
    ["rejects", async () => failing()],
    ["answers nothing", () => undefined],
  ])("whose putRecords() %s once: its records go again, and may be stored twice", async (_, once) => {
    let calls = 0;
    const scripted = new ScriptedTransport(acceptAll("shardId-000000000000"));
    const transport = own({
      putRecords: (request) => (calls++ === 0 ? (once() as never) : scripted.putRecords(request)),
    });
    const { clock, put } = virtualProducer({ transport });
    const record = put({ data: "a" });
    await clock.advanceAsync(10_000);

    expect(record.value).toMatchObject({ mayBeDuplicate: true });
  });
});
