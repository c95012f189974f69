/** Uses of the producer that must compile, and uses that must not. Compiled by `npm run check types`; never run. */
import type { KinesisClient } from "@aws-sdk/client-kinesis";

import {
  type DeliveryBatch,
  KinesisProducer,
  type ProducerOptions,
  type PutManySummary,
  type PutOutcome,
  type PutResult,
  type UserRecord,
} from "../../src/index.js";

declare const client: KinesisClient;
declare const records: AsyncIterable<UserRecord>;

export const byName: KinesisProducer = new KinesisProducer({ streamName: "clicks", region: "eu-west-1" });
export const byArn: KinesisProducer = new KinesisProducer({
  streamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks",
  client,
  aggregation: { maxBytes: 100_000 },
  shardLimits: { adaptive: false },
});

export async function uses(producer: KinesisProducer, signal: AbortSignal): Promise<PutManySummary> {
  const result: PutResult = await producer.put({ partitionKey: "a", data: "text" }, { signal });
  const maybe: Promise<PutResult> | undefined = producer.tryPut({ partitionKey: "a", data: new Uint8Array(1) });
  const isIn: boolean = producer.enqueue({ partitionKey: "a", explicitHashKey: 7n, data: "" }, { any: "context" });
  for await (const outcome of producer.putMany(records)) check(outcome);
  await using another = producer;
  another.writable({ destroyOnFailure: false }).write({ partitionKey: result.shardId, data: String(isIn) });
  void maybe?.then((delivered) => delivered.attempts.length);
  return producer.putMany([], { signal });
}

/** An outcome has a result or an error, never both. */
function check(outcome: PutOutcome): void {
  if (outcome.error === undefined) outcome.result.sequenceNumber.padStart(56);
  else outcome.error.attempts.at(0)?.errorCode?.trim();
  // @ts-expect-error the result may be absent
  outcome.result.sequenceNumber.padStart(56);
}

export function onDelivery(batch: DeliveryBatch): number {
  for (const { context, result, error } of batch) console.log(context, result?.shardId, error?.code);
  return batch.length;
}

interface Click {
  readonly id: number;
}

/** A type argument gives the contexts their type, in `enqueue` and in `onDelivery`. */
export function typedContexts(): number[] {
  const ids: number[] = [];
  const typed = new KinesisProducer<Click>({
    streamName: "clicks",
    onDelivery(batch) {
      for (const { context, error } of batch) {
        if (context !== undefined && error === undefined) ids.push(context.id);
        // @ts-expect-error a record may have been enqueued without a context
        ids.push(context.id);
      }
    },
  });
  typed.enqueue({ partitionKey: "a", data: "" }, { id: 1 });
  typed.enqueue({ partitionKey: "a", data: "" });
  // @ts-expect-error a context of another type
  typed.enqueue({ partitionKey: "a", data: "" }, { id: "1" });
  // A callback with a written type is enough.
  const inferred = new KinesisProducer({
    streamName: "clicks",
    onDelivery: (batch: DeliveryBatch<Click>) => batch.length,
  });
  inferred.enqueue({ partitionKey: "a", data: "" }, { id: 1 });
  // @ts-expect-error a context of another type
  inferred.enqueue({ partitionKey: "a", data: "" }, "1");
  // A function that takes any producer takes one with typed contexts.
  void uses(typed, new AbortController().signal);
  const options: ProducerOptions<Click> = { streamName: "clicks" };
  const withOptions: KinesisProducer<Click> = new KinesisProducer(options);
  withOptions.enqueue({ partitionKey: "a", data: "" }, { id: 2 });
  return ids;
}

/** Without a type argument a context may be anything, and stays unknown. */
export function untypedContexts(): void {
  const untyped = new KinesisProducer({
    streamName: "clicks",
    onDelivery(batch) {
      // @ts-expect-error the type of the context is unknown
      for (const { context } of batch) console.log(context.id);
    },
  });
  untyped.enqueue({ partitionKey: "a", data: "" }, 1);
  untyped.enqueue({ partitionKey: "a", data: "" }, { id: "any" });
}

// @ts-expect-error an option that does not exist
new KinesisProducer({ streamName: "clicks", lingerMillis: 5 });
new KinesisProducer({ streamName: "clicks", ordering: "shard", onOrderedFailure: "failKey" });
new KinesisProducer({ streamName: "clicks", aggregation: "reshard-safe" });
// @ts-expect-error there is no global order
new KinesisProducer({ streamName: "clicks", ordering: "stream" });
// @ts-expect-error data of a type without bytes
void byName.put({ partitionKey: "a", data: 5 });
// @ts-expect-error a number is not a hash key: it would lose digits
void byName.put({ partitionKey: "a", explicitHashKey: 5, data: "" });
// @ts-expect-error results are read-only
byName.stats().bufferedRecords = 0;

/** `serialize` gives the data of records its type, in every call that takes records. */
export async function typedValues(clicks: AsyncIterable<UserRecord<Click>>): Promise<void> {
  const typed = new KinesisProducer({ streamName: "clicks", serialize: (click: Click) => JSON.stringify(click.id) });
  await typed.put({ partitionKey: "a", data: { id: 1 } });
  void typed.tryPut({ partitionKey: "a", data: { id: 1 } });
  typed.enqueue({ partitionKey: "a", data: { id: 1 } }, "context");
  for await (const { record } of typed.putMany(clicks)) record.data.id.toFixed();
  // @ts-expect-error data of another type
  await typed.put({ partitionKey: "a", data: "text" });
}

export const both: KinesisProducer<string, Click> = new KinesisProducer<string, Click>({
  streamName: "clicks",
  serialize: (click) => new Uint8Array([click.id]),
});
// @ts-expect-error values of other types than bytes and text need serialize
new KinesisProducer<string, Click>({ streamName: "clicks" });
// @ts-expect-error a serializer returns bytes or text, and no promise
new KinesisProducer({ streamName: "clicks", serialize: async (click: Click) => JSON.stringify(click) });
