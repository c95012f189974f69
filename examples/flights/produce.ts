import type { DeliveryBatch, KinesisProducer, StreamStats } from "kinesis-producer";
import type { FlightRecord } from "./data-set.js";

/** The method of the producer: put(), enqueue() or putMany(). */
export type How = "put" | "enqueue" | "many";

/** The result of producing. */
export interface Produced {
  readonly seconds: number;
  readonly delivered: number;
  readonly failed: number;
  /** The producer's own counts. */
  readonly stats: StreamStats;
}

/** Counts the outcomes of enqueued records, as `onDelivery` gets them. */
export class OutcomeCounter {
  delivered = 0;
  failed = 0;

  readonly count = (batch: DeliveryBatch): void => {
    for (const { error } of batch) {
      if (error === undefined) this.delivered++;
      else this.failed++;
    }
  };
}

/** Sends all records and waits until each is settled. */
export async function produce(
  producer: KinesisProducer,
  records: readonly FlightRecord[],
  how: How,
  outcomes: OutcomeCounter,
): Promise<Produced> {
  // Connections and the shard map are ready before the measurement.
  await producer.ready();
  const begin = performance.now();
  const { delivered, failed } = await send[how](producer, records, outcomes);
  const seconds = (performance.now() - begin) / 1000;
  const stats = Object.values(producer.stats().streams)[0] as StreamStats;
  return { seconds, delivered, failed, stats };
}

type Send = (
  producer: KinesisProducer,
  records: readonly FlightRecord[],
  outcomes: OutcomeCounter,
) => Promise<{ readonly delivered: number; readonly failed: number }>;

const send: Readonly<Record<How, Send>> = {
  /** A promise for every record, all at once: the producer admits records when it has room. */
  async put(producer, records) {
    const results = await Promise.allSettled(records.map((record) => producer.put(record)));
    const delivered = results.filter(({ status }) => status === "fulfilled").length;
    return { delivered, failed: results.length - delivered };
  },

  /** No promises: the outcomes come in batches. */
  async enqueue(producer, records, outcomes) {
    for (const record of records) {
      while (!producer.enqueue(record)) await producer.ready();
    }
    await producer.flush();
    return outcomes;
  },

  /** The producer pulls. */
  async many(producer, records) {
    return await producer.putMany(records);
  },
};
