/**
 * A producer in virtual time: no sockets, no real timers, every answer scripted.
 *
 * @module
 */
import type { KinesisRecord, LogEntry, ShardDescription } from "../../src/core/ports.js";
import { deaggregate } from "../../src/deaggregate/index.js";
import type { RecordFailedError } from "../../src/errors.js";
import type { ProducerOptions } from "../../src/options.js";
import type { DeliveryOutcome } from "../../src/pipeline/settlement/delivery-batch.js";
import { KinesisProducer } from "../../src/producer.js";
import type { PutResult, UserRecord } from "../../src/record.js";
import { evenShards } from "../../src/testing/even-shards.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { acceptByRange } from "../../src/testing/scripted-answers.js";
import { ScriptedDirectory } from "../../src/testing/scripted-directory.js";
import { ScriptedTransport } from "../../src/testing/scripted-transport.js";

export const STREAM = "virtual";

/** The state of a promise. */
export interface Watched<T> {
  state: "pending" | "resolved" | "rejected";
  value?: T;
  error?: RecordFailedError;
  /** The clock's milliseconds when it was settled. */
  settledAt?: number;
}

/** Watches a promise without awaiting it. */
export function watch<T>(promise: PromiseLike<T> | undefined, clock?: ManualClock): Watched<T> {
  if (promise === undefined) throw new Error("nothing was accepted");
  const watched: Watched<T> = { state: "pending" };
  const end = (): void => {
    if (clock !== undefined) watched.settledAt = clock.now();
  };
  promise.then(
    (value) => {
      end();
      Object.assign(watched, { state: "resolved", value });
    },
    (error: unknown) => {
      end();
      Object.assign(watched, { state: "rejected", error });
    },
  );
  return watched;
}

export interface VirtualProducer {
  readonly producer: KinesisProducer;
  readonly clock: ManualClock;
  readonly transport: ScriptedTransport;
  readonly directory: ScriptedDirectory;
  /** Lines of the log. */
  readonly lines: LogEntry[];
  /** Messages of the lines that are warnings. */
  readonly warnings: string[];
  /** Every outcome that reached `onDelivery`, in order. */
  readonly outcomes: DeliveryOutcome[];
  put(record: Partial<UserRecord> & { readonly data?: string }, options?: { signal?: AbortSignal }): Watched<PutResult>;
  /** Lets the first map arrive. */
  start(): Promise<void>;
}

/** One open shard, and every record accepted by range, unless the script says otherwise. */
export function virtualProducer(
  options: Partial<ProducerOptions> = {},
  shards: readonly ShardDescription[] = evenShards(1),
): VirtualProducer {
  const clock = new ManualClock();
  const transport = new ScriptedTransport(acceptByRange(shards));
  const directory = new ScriptedDirectory({ shards });
  const lines: LogEntry[] = [];
  const warnings: string[] = [];
  const outcomes: DeliveryOutcome[] = [];
  const producer = new KinesisProducer({
    streamName: STREAM,
    clock,
    transport,
    directory,
    random: () => 0.5,
    logger: (level, fields, message) => {
      lines.push({ level, fields, message });
      if (level === "warn") warnings.push(message);
    },
    onDelivery: (batch) => void outcomes.push(...batch),
    ...options,
  });
  return {
    producer,
    clock,
    transport,
    directory,
    lines,
    warnings,
    outcomes,
    put: (record, putOptions) => watch(producer.put({ partitionKey: "k", data: "", ...record }, putOptions), clock),
    start: async () => {
      const ready = producer.ready();
      await clock.settle();
      await ready;
      await clock.settle();
    },
  };
}

/** The user records' data of an entry, as text. */
export function textsOf(entry: KinesisRecord): string[] {
  const { partitionKey, data } = entry;
  return Array.from(deaggregate({ data, ...(partitionKey === undefined ? {} : { partitionKey }) }), (user) =>
    Buffer.from(user.data).toString(),
  );
}

/** The user records' data of each request, as text. */
export function textsByRequest(transport: ScriptedTransport): string[][] {
  return transport.requests.map(({ entries }) => entries.flatMap(textsOf));
}
