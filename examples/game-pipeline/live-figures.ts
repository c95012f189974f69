import type { DeliveryDestination } from "kinesis-producer/testing";
import { billsOfStreams } from "./bills.js";
import type { Bucket } from "./bucket.js";
import { hourAt } from "./day.js";
import type { Fleet } from "./fleet.js";
import type { DeliveredEvent } from "./game-event.js";
import type { LiveFrame, LiveShard } from "./live-frame.js";
import { type Pipeline, STREAMS } from "./pipeline.js";
import type { Day } from "./run-day.js";

/** Rates are over this time at most, and over two files for the files. */
const MOST_RATE_SECONDS = 2;
/** In a short day they are over this part of it. */
const RATE_PART = 0.06;
const SHARD_RECORDS = 1_000;
const SHARD_BYTES = 1024 * 1024;

/** Figures that grow, at a moment. */
interface Totals {
  readonly second: number;
  readonly put: number;
  readonly filtered: number;
  readonly written: number;
  /** Kinesis records and bytes by shard. */
  readonly shards: ReadonlyMap<string, { readonly records: number; readonly bytes: number }>;
}

/** Reads the figures for the page from the parts of the pipeline. */
export class LiveFigures {
  readonly #pipeline: Pipeline;
  readonly #fleet: Fleet;
  readonly #fileSeconds: number;
  readonly #fileLagMs: () => number;
  readonly #rateSeconds: number;
  readonly #past: Totals[] = [];

  constructor(
    pipeline: Pipeline,
    fleet: Fleet,
    {
      seconds,
      fileSeconds,
      fileLagMs,
    }: {
      /** Of the day. */
      readonly seconds: number;
      readonly fileSeconds: number;
      readonly fileLagMs: () => number;
    },
  ) {
    this.#rateSeconds = Math.min(MOST_RATE_SECONDS, RATE_PART * seconds);
    this.#pipeline = pipeline;
    this.#fleet = fleet;
    this.#fileSeconds = fileSeconds;
    this.#fileLagMs = fileLagMs;
  }

  /** @param second - since the beginning */
  frame(second: number, { part, wanted }: Day): LiveFrame {
    const { filter, delivery, kinesis } = this.#pipeline;
    const now = this.#totals(second);
    const { dropped, passed } = filter.book;
    const { recordsWritten: written, filesWritten: files } = delivery.stats();
    const rate = (of: "put" | "filtered" | "written", seconds: number): number => {
      const before = this.#before(second - seconds);
      return before === undefined ? 0 : Math.max(0, (now[of] - before[of]) / (second - before.second));
    };
    const frame: LiveFrame = {
      second,
      hour: hourAt(part),
      wanted,
      put: rate("put", this.#rateSeconds),
      filtered: rate("filtered", this.#rateSeconds),
      written: rate("written", 2 * this.#fileSeconds),
      totals: { put: now.put, dropped: dropped.size, passed: passed.size, written },
      files,
      servers: this.#fleet.servers.map(({ name, state }) => ({ name, state })),
      shards: this.#shards(now),
      filterLagMs: filter.lagMs,
      fileLagMs: this.#fileLagMs(),
      bill: billOf(billsOfStreams(kinesis, STREAMS, second)),
    };
    this.#past.push(now);
    return frame;
  }

  #totals(second: number): Totals {
    const { filter, delivery, kinesis } = this.#pipeline;
    return {
      second,
      put: this.#fleet.servers.reduce((sum, { figures }) => sum + figures.put, 0),
      filtered: filter.handled,
      written: delivery.stats().recordsWritten,
      shards: new Map(kinesis.oracle.shardCounts(STREAMS.events).map((count) => [count.shardId, count])),
    };
  }

  /** The last totals at or before a second; else the first ones. */
  #before(second: number): Totals | undefined {
    return this.#past.findLast((totals) => totals.second <= second) ?? this.#past[0];
  }

  #shards(now: Totals): LiveShard[] {
    const before = this.#before(now.second - this.#rateSeconds);
    const open = this.#pipeline.kinesis
      .shards(STREAMS.events)
      .filter(({ endingSequenceNumber }) => endingSequenceNumber === undefined);
    return open.map(({ shardId }) => {
      const seconds = now.second - (before?.second ?? 0);
      const { records = 0, bytes = 0 } = now.shards.get(shardId) ?? {};
      const old = before?.shards.get(shardId);
      const recordUse = (records - (old?.records ?? 0)) / SHARD_RECORDS;
      const byteUse = (bytes - (old?.bytes ?? 0)) / SHARD_BYTES;
      return { id: shardId.replace(/^shardId-0*(?=\d)/, "shard "), use: Math.max(recordUse, byteUse) / seconds };
    });
  }
}

function billOf({ events, premium }: ReturnType<typeof billsOfStreams>): number {
  return events.provisioned + premium.provisioned;
}

/** The bucket, and the lag of the last file that it took. */
export function watchedBucket(bucket: Bucket): { readonly bucket: Bucket; readonly lagMs: () => number } {
  let lagMs = 0;
  const destination: DeliveryDestination = {
    async put(file, options) {
      const answer = await bucket.destination.put(file, options);
      const text = Buffer.from(file.body).toString();
      const { at } = JSON.parse(text.slice(0, text.indexOf("\n"))) as Partial<DeliveredEvent>;
      if (at !== undefined) lagMs = Date.now() - Date.parse(at);
      return answer;
    },
  };
  return { bucket: { ...bucket, destination }, lagMs: () => lagMs };
}
