import { type DeaggregatedRecord, deaggregateAll } from "../../src/deaggregate/index.js";
import { KinesisProducer, type ProducerOptions, type UserRecord } from "../../src/index.js";
import type { ControlHook, LocalKinesis } from "../../src/testing/index.js";

/** The stream that the tests use when they need no other. */
export const STREAM = "clicks";

/** The way of PutRecords that the project of this test run is for (vitest.config.ts): the default one, unless told. */
export const TRANSPORT: Pick<ProducerOptions, "transport" | "protocol"> =
  process.env.KP_TRANSPORT === "sdk"
    ? { transport: "sdk" }
    : process.env.KP_TRANSPORT === "cbor"
      ? { protocol: "cbor" }
      : {};

/** A producer for a local stream that does not wait long for company. */
export function newProducer(kinesis: LocalKinesis, options: ProducerOptions = {}): KinesisProducer {
  return new KinesisProducer({ streamName: STREAM, ...kinesis.clientConfig(), lingerMs: 5, ...TRANSPORT, ...options });
}

/** What a reader sees of a stream. */
export interface SeenStream {
  readonly records: readonly DeaggregatedRecord[];
  /** The data as texts, sorted. */
  readonly texts: readonly string[];
  /** User records that the KCL drops, with the aggregates they are in. */
  readonly dropped: number;
}

/** Everything in the stream as the KCL shows it: shard by shard, with its filter by the range of the shard. */
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

/** So many records with keys and texts of their own. */
export function manyRecords(count: number, keys = 50): (UserRecord & { readonly data: string })[] {
  return Array.from({ length: count }, (_, i) => ({
    partitionKey: `key ${i % keys}`,
    data: `record ${String(i).padStart(6, "0")}`,
  }));
}

/** A promise, and what resolves it. */
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

/** A hook that decides about the first `count` calls, and lets the others through. */
export function forFirst(count: number, hook: ControlHook): ControlHook {
  let calls = 0;
  return (call) => (calls++ < count ? hook(call) : undefined);
}

/** Turns of the event loop until something is so; the test's time limit is its bound. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
