import { KinesisProducer } from "../../src/producer.js";
import { SHARD_BYTES_PER_SECOND } from "../../src/quotas.js";
import { seededRandom } from "../../src/testing/faults/seeded-random.js";
import type { WriteModel } from "../../src/testing/limits/limit-options.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { SimulatedKinesis } from "../../src/testing/simulated-kinesis.js";

/** A storm during a load by whole producers. */
export interface Storm {
  /**
   * - `neighbour`: another writer sends ten times the capacity of the shards, without pacing
   * - `throttle`: every Kinesis record is refused
   * - `outage`: every request fails
   */
  readonly kind: "neighbour" | "throttle" | "outage";
  readonly seconds: number;
  /** Bytes offered by all producers together, as a share of the shards' capacity. */
  readonly load: number;
  readonly producers: number;
  readonly shards: number;
  readonly recordBytes: number;
  readonly model: WriteModel;
  /** `unmapped`: ListShards is refused. `auto`: the service distributes the records. */
  readonly routing: "mapped" | "unmapped" | "auto";
  readonly recordTtlMs: number;
  readonly seed: number;
}

/** The cost of a storm. */
export interface StormResult {
  readonly sent: number;
  readonly lost: number;
  /**
   * Seconds from the end of the storm until less than half a second of the load waits; Infinity: not within three
   * minutes.
   */
  readonly clearedAfter: number;
  /** Refused share of the Kinesis records sent after the storm. */
  readonly throttledAfter: number;
}

const STREAM = "storm";
const CALM_SECONDS = 5;
const MOST_SECONDS_AFTER = 180;
const TICK_MS = 100;
const NEIGHBOUR_EVERY_MS = 10;
const NEIGHBOUR_RECORD_BYTES = 5_000;
const NEIGHBOUR_SHARE = 10;

/** Runs a storm over a fleet, in virtual time. */
export async function runStorm(storm: Storm, pace: "adaptive" | "fixed"): Promise<StormResult> {
  const clock = new ManualClock();
  const kinesis = newKinesis(storm, clock);
  const fleet = new StormFleet(storm, pace, clock, kinesis);
  await fleet.run(CALM_SECONDS);
  const end = begin(storm, clock, kinesis);
  await fleet.run(storm.seconds);
  end();
  const before = fleet.throttling();
  let clearedAfter = Number.POSITIVE_INFINITY;
  for (let second = 1; second <= MOST_SECONDS_AFTER && second <= clearedAfter + 5; second++) {
    await fleet.run(1);
    if (clearedAfter === Number.POSITIVE_INFINITY && fleet.waiting() < fleet.perSecond / 2) clearedAfter = second;
  }
  const after = fleet.throttling();
  const throttledAfter = (after.throttled - before.throttled) / Math.max(1, after.sent - before.sent);
  // Waiting records are lost or delivered within their time to live.
  fleet.close();
  return { sent: fleet.sent, lost: fleet.lost(), clearedAfter, throttledAfter };
}

function newKinesis({ shards, model, routing, seed }: Storm, clock: ManualClock): SimulatedKinesis {
  return new SimulatedKinesis({
    clock,
    streams: { [STREAM]: { shards, ...(routing === "auto" ? { recordDistribution: "AUTO" } : {}) } },
    limits: { write: { model }, read: false, calls: false },
    records: "count",
    latencyMs: { from: 8, to: 40 },
    seed,
    faults: routing === "unmapped" ? ["ListShards error code=AccessDeniedException status=400"] : [],
  });
}

/** Starts the storm. The returned function ends it. */
function begin({ kind, shards }: Storm, clock: ManualClock, kinesis: SimulatedKinesis): () => void {
  if (kind === "throttle") return kinesis.faults.add("PutRecords throttle-entry");
  if (kind === "outage") return kinesis.faults.add("PutRecords error code=ServiceUnavailable status=503");
  const bytes = (NEIGHBOUR_SHARE * shards * SHARD_BYTES_PER_SECOND * NEIGHBOUR_EVERY_MS) / 1000;
  const data = new Uint8Array(NEIGHBOUR_RECORD_BYTES);
  const entries = Array.from({ length: Math.ceil(bytes / data.length) }, (_, i) => ({ partitionKey: `n${i}`, data }));
  let isOver = false;
  const write = (): void => {
    if (isOver) return;
    void kinesis.putRecords({ stream: { streamName: STREAM }, entries });
    clock.setTimer(NEIGHBOUR_EVERY_MS, write);
  };
  write();
  return () => {
    isOver = true;
  };
}

/** The producers, with equal offered loads. */
class StormFleet {
  readonly #clock: ManualClock;
  readonly #producers: readonly KinesisProducer[];
  readonly #data: Uint8Array;
  /** User records a second, over all producers. */
  readonly perSecond: number;
  sent = 0;
  #owed = 0;
  #refused = 0;

  constructor(storm: Storm, pace: "adaptive" | "fixed", clock: ManualClock, kinesis: SimulatedKinesis) {
    this.#clock = clock;
    this.#data = new Uint8Array(storm.recordBytes);
    this.perSecond = (storm.load * storm.shards * SHARD_BYTES_PER_SECOND) / storm.recordBytes;
    this.#producers = Array.from(
      { length: storm.producers },
      (_, i) =>
        new KinesisProducer({
          streamName: STREAM,
          clock,
          random: seededRandom(storm.seed * 1_000 + i),
          transport: kinesis,
          directory: kinesis,
          logger: { warn: () => {} },
          onFailed: () => {},
          recordTtlMs: storm.recordTtlMs,
          maxBufferedBytes: 256 * 1024 * 1024,
          maxBufferedRecords: 1_000_000,
          ...(storm.routing === "unmapped" ? { recordDistribution: "USER_PARTITION_KEY" as const } : {}),
          shardLimits: { adaptive: pace === "adaptive" },
        }),
    );
  }

  async run(seconds: number): Promise<void> {
    for (let tick = 0; tick < (seconds * 1000) / TICK_MS; tick++) {
      for (this.#owed += (this.perSecond * TICK_MS) / 1000; this.#owed >= 1; this.#owed--) this.#offer();
      await this.#clock.advanceAsync(TICK_MS);
    }
  }

  #offer(): void {
    const producer = this.#producers[this.sent % this.#producers.length] as KinesisProducer;
    if (!producer.enqueue({ partitionKey: `key ${this.sent}`, data: this.#data })) this.#refused++;
    this.sent++;
  }

  waiting(): number {
    return this.#producers.reduce((sum, producer) => sum + producer.stats().bufferedRecords, 0);
  }

  throttling(): { readonly sent: number; readonly throttled: number } {
    let [sent, throttled] = [0, 0];
    for (const producer of this.#producers) {
      const stats = producer.stats().streams[STREAM];
      sent += stats?.kinesisRecordsSent ?? 0;
      throttled += stats?.kinesisRecordsThrottled ?? 0;
    }
    return { sent, throttled };
  }

  lost(): number {
    return this.#producers.reduce((sum, p) => sum + (p.stats().streams[STREAM]?.userRecordsFailed ?? 0), this.#refused);
  }

  close(): void {
    for (const producer of this.#producers) void producer.close({ timeoutMs: 0 });
  }
}

/** Draws a storm: 1 to 30 s, over a fleet that offers 5 to 65 % of the shards' capacity. */
export function drawStorm(seed: number): Storm {
  const random = seededRandom(seed * 77);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  return {
    kind: pick(["neighbour", "throttle", "outage"]),
    seconds: Math.ceil(random() * 30),
    load: 0.05 + random() * 0.6,
    producers: 1 + Math.floor(random() * 8),
    shards: pick([1, 1, 2, 3]),
    recordBytes: pick([2_000, 10_000, 10_000, 50_000, 200_000, 1_000_000]),
    model: pick(["bucket", "window", "burst"]),
    routing: pick(["mapped", "mapped", "unmapped", "auto"]),
    recordTtlMs: 30_000,
    seed,
  };
}
