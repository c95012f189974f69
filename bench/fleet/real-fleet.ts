import type { Transport } from "../../src/core/ports.js";
import { KinesisProducer } from "../../src/producer.js";
import { SHARD_BYTES_PER_SECOND } from "../../src/quotas.js";
import { seededRandom } from "../../src/testing/faults/seeded-random.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { SimulatedKinesis } from "../../src/testing/simulated-kinesis.js";
import { capacityBytes, type Measures, measure } from "./measures.js";
import { Recording } from "./recording.js";

const STREAM = "fleet";
/** Five fit into an aggregate. */
const DATA = new Uint8Array(10_230);

/** A fleet of whole producers. */
export interface RealFleetOptions {
  readonly producers: number;
  /** Offered share of the shard's limit. */
  readonly offered: number;
  readonly recordTtlMs: number;
  /** Limit of waiting bytes in each producer. At the limit the application waits. */
  readonly maxBufferedBytes: number;
}

/** Of whole producers. */
export interface RealFleetResult extends Measures {
  /** Of the Kinesis records sent in the first two minutes. */
  readonly throttledAtFirst: number;
}

const FIRST_SECONDS = 120;

/**
 * Runs whole producers, not their small models, against a simulated Kinesis in virtual time, to check the simulation.
 * One shard, the service's bucket, full aggregates.
 *
 * @param from - measured from this second on
 */
export async function runRealFleet(fleetOptions: RealFleetOptions, from: number, to: number): Promise<RealFleetResult> {
  const { producers, offered, recordTtlMs, maxBufferedBytes } = fleetOptions;
  const clock = new ManualClock({ now: 0 });
  const random = seededRandom(1);
  const recording = new Recording(to * 1000, producers);
  const kinesis = new SimulatedKinesis({
    clock,
    streams: { [STREAM]: { shards: 1 } },
    limits: { write: { model: "bucket" }, read: false, calls: false },
    records: "count",
    latencyMs: { from: 8, to: 40 },
  });
  const fleet = Array.from(
    { length: producers },
    (_, i) =>
      new KinesisProducer({
        streamName: STREAM,
        clock,
        random,
        directory: kinesis,
        transport: recorded(kinesis, (bytes, isAccepted) => recording.onRecord(i, bytes, isAccepted, clock.now())),
        maxBufferedBytes,
        recordTtlMs,
        onFailed: () => {},
      }),
  );
  const gapMs = (DATA.length / ((offered * SHARD_BYTES_PER_SECOND) / producers)) * 1000;
  const nextAt = fleet.map(() => random() * 1000);
  while (clock.now() < to * 1000) {
    for (const [i, producer] of fleet.entries()) {
      for (let at = nextAt[i] as number; at <= clock.now(); at += gapMs) {
        // A record without room is not sent, as by an application that waits for room.
        void producer.tryPut({ partitionKey: "k", data: DATA });
        nextAt[i] = at + gapMs;
      }
    }
    await clock.advanceAsync(Math.max(0.5, Math.min(...nextAt) - clock.now()));
  }
  const capacity = capacityBytes("aggregated", 1);
  const { throttled: throttledAtFirst } = measure(recording, 0, FIRST_SECONDS, capacity);
  return { ...measure(recording, from, to, capacity), throttledAtFirst };
}

function recorded(transport: Transport, onRecord: (bytes: number, isAccepted: boolean) => void): Transport {
  return {
    async putRecords(request) {
      const sizes = request.entries.map(({ data, partitionKey = "" }) => data.length + partitionKey.length);
      const answer = await transport.putRecords(request);
      if (answer.kind === "answered") {
        for (const [i, entry] of answer.entries.entries()) onRecord(sizes[i] as number, "sequenceNumber" in entry);
      }
      return answer;
    },
  };
}
