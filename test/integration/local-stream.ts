import { type DeaggregatedRecord, deaggregateAll } from "../../src/deaggregate/index.js";
import { KinesisProducer, type ProducerOptions, type UserRecord } from "../../src/index.js";
import type { ControlHook, LocalKinesis } from "../../src/testing/index.js";

/** The default stream of the tests. */
export const STREAM = "clicks";

/** The transport of the project of this test run (vitest.config.ts); by default the default one. */
export const TRANSPORT: Pick<ProducerOptions, "transport" | "protocol"> =
  process.env.KP_TRANSPORT === "sdk"
    ? { transport: "sdk" }
    : process.env.KP_TRANSPORT === "cbor"
      ? { protocol: "cbor" }
      : {};

/** A producer for a local stream, with a short linger. */
export function newProducer(kinesis: LocalKinesis, options: ProducerOptions = {}): KinesisProducer {
  return new KinesisProducer({ streamName: STREAM, ...kinesis.clientConfig(), lingerMs: 5, ...TRANSPORT, ...options });
}

/** A stream as a reader sees it. */
export interface SeenStream {
  readonly records: readonly DeaggregatedRecord[];
  /** The data as texts, sorted. */
  readonly texts: readonly string[];
  /** User records that the KCL drops with their aggregates. */
  readonly dropped: number;
}

/** All records of the stream in the KCL's view: shard by shard, with its filter by the range of the shard. */
export function readAll(kinesis: LocalKinesis, stream: string = STREAM): SeenStream {
  const ranges = new Map(kinesis.shards(stream).map((shard) => [shard.shardId, shard]));
  let dropped = 0;
  const records = kinesis.records(stream).flatMap((stored) => [
    ...deaggregateAll([stored], {
      shardRange: ranges.get(stored.shardId),
      onDropped: ({ userRecords }) => {
        dropped += userRecords;
      },
    }),
  ]);
  return { records, dropped, texts: records.map(textOf).sort() };
}

/** The data of a record, as text. */
export function textOf({ data }: { readonly data: Uint8Array }): string {
  return new TextDecoder().decode(data);
}

/** This many records, each with its own key and text. */
export function manyRecords(count: number, keys = 50): (UserRecord & { readonly data: string })[] {
  return Array.from({ length: count }, (_, i) => ({
    partitionKey: `key ${i % keys}`,
    data: `record ${String(i).padStart(6, "0")}`,
  }));
}

/** A promise with its resolve function. */
export interface Signal {
  readonly promise: Promise<void>;
  readonly fire: () => void;
}

export function newSignal(): Signal {
  let fire = (): void => {};
  const promise = new Promise<void>((resolve) => {
    fire = resolve;
  });
  return { promise, fire };
}

/** A hook that acts on the first `count` calls, and lets the others pass. */
export function forFirst(count: number, hook: ControlHook): ControlHook {
  let calls = 0;
  return (call) => (calls++ < count ? hook(call) : undefined);
}

/** Waits turns of the event loop until a condition holds. The bound is the time limit of the test. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
