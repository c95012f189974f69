import type { DeliveryBatch, KinesisProducer, StreamStats } from "kinesis-producer";
import type { FlightRecord } from "./data-set.js";

/** Which of the producer's ways in is used. */
export type How = "put" | "enqueue" | "many";

/** What happened while producing. */
export interface Produced {
  readonly seconds: number;
  readonly delivered: number;
  readonly failed: number;
  /** As the producer counts it. */
  readonly stats: StreamStats;
}

/** Outcomes of enqueued records, as `onDelivery` is told them. */
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
  // The connections and the shard map are not what is measured.
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
  /** A promise for every record, all at once: the producer lets them in as it has room. */
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
