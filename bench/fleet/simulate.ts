import { checkOptions } from "../../src/check-options.js";
import { SHARD_BYTES_PER_SECOND, SHARD_RECORDS_PER_SECOND } from "../../src/quotas.js";
import { seededRandom } from "../../src/testing/faults/seeded-random.js";
import type { WriteModel } from "../../src/testing/limits/limit-options.js";
import { FleetProducer, type Pacing } from "./fleet-producer.js";
import { FleetStream } from "./fleet-stream.js";
import { Recording } from "./recording.js";
import { Timeline } from "./timeline.js";

/** The settings of a simulation. */
export interface FleetOptions {
  readonly pacing: Pacing;
  readonly model: WriteModel;
  readonly producers: number;
  readonly shards: number;
  /** Offered share of the shards' capacity, by all producers together, in equal parts. */
  readonly offered: number;
  /** User records of 1 KiB, 50 in a Kinesis record; or of 100 bytes, each alone. */
  readonly records: "aggregated" | "raw";
  readonly durationMs: number;
  readonly seed: number;
  /** When every shard is split in two; by default never. The offered load doubles with the shards. */
  readonly reshardAtMs?: number;
  /** When a producer is present; by default from a moment of the first second on. */
  readonly presence?: (index: number) => readonly [startAt: number, stopAt: number];
}

/** Including its partition key. */
export const RAW_RECORD_BYTES = 101;

const AGGREGATED = {
  userRecordBytes: 1024,
  userRecordsPerKinesisRecord: Math.floor(checkOptions({ streamName: "fleet" }).values["aggregation.maxBytes"] / 1024),
};
const RAW = { userRecordBytes: 100, userRecordsPerKinesisRecord: 1 };
/** Limit of each producer, for each shard. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Simulates independent producers that write to one stream, in virtual time. */
export function simulateFleet(options: FleetOptions): Recording {
  const { pacing, model, producers, offered, durationMs } = options;
  const random = seededRandom(options.seed);
  const timeline = new Timeline();
  const stream = new FleetStream(model, options.shards);
  const recording = new Recording(durationMs, producers);
  const shape = options.records === "raw" ? RAW : AGGREGATED;
  const shardBytesPerSecond =
    options.records === "raw" ? SHARD_RECORDS_PER_SECOND * shape.userRecordBytes : SHARD_BYTES_PER_SECOND;
  const load = {
    ...shape,
    bytesPerMs: (offered * shardBytesPerSecond) / 1000 / producers,
    maxUserRecords: Math.ceil(MAX_WAITING_BYTES / shape.userRecordBytes),
  };
  const world = { timeline, stream, recording, random, pacing, load };
  for (let i = 0; i < producers; i++) {
    const [startAt, stopAt] = options.presence?.(i) ?? [random() * 1000, Number.POSITIVE_INFINITY];
    timeline.at(startAt, () => void new FleetProducer(world, i, startAt, stopAt));
  }
  if (options.reshardAtMs !== undefined) timeline.at(options.reshardAtMs, () => stream.splitAll());
  timeline.runUntil(durationMs);
  return recording;
}
