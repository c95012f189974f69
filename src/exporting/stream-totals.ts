import type { ProducerStats, StreamStats } from "../stats.js";
import { hasBegunAgain } from "../stream-life.js";
import { grown, merged, mergeStreams } from "./merge-stats.js";

/** Fields that are not counters: they are read, not added up over time. */
type Gauges = Pick<
  StreamStats,
  "routing" | "bufferedRecords" | "bufferedBytes" | "waitingPuts" | "waitingBytes" | "oldestAgeMs" | "recent" | "shards"
>;
type Counters = Omit<StreamStats, keyof Gauges>;

/** A group of streams that stays when its last stream has left. */
export interface LastingGroup {
  readonly name: string;
  readonly has: (stream: string) => boolean;
}

/**
 * Adds up streams: those of one name in several producers, and whole groups of streams. A stream leaves `stats()` when it
 * was not used for some minutes, and begins again from 0. So the counters of a sum are not sums of counters, which would
 * fall, but sums of their growth.
 */
export class StreamTotals {
  /** By producer and stream. */
  #last = new Map<string, StreamStats>();
  /** By name of a stream or group. */
  readonly #totals = new Map<string, Counters>();
  readonly #lasting = new Set<string>();

  /**
   * The totals of now.
   *
   * @param isShown - whether a stream has its own total
   * @param group - one more total; undefined values of it are left out until it has a stream
   */
  read(
    snapshots: readonly ProducerStats[],
    isShown: (stream: string) => boolean,
    group: LastingGroup,
  ): Map<string, StreamStats> {
    const last = this.#last;
    this.#last = new Map();
    const present = new Map<string, StreamStats[]>();
    for (const [index, { streams }] of snapshots.entries()) {
      for (const [name, stats] of Object.entries(streams)) {
        const key = `${index} ${name}`;
        const growth = growthOf(stats, last.get(key));
        this.#last.set(key, stats);
        if (isShown(name)) this.#add(name, growth, stats, present);
        if (!group.has(name)) continue;
        this.#lasting.add(group.name);
        this.#add(group.name, growth, { ...stats, shards: shardsOf(name, stats) }, present);
      }
    }
    return this.#result(present);
  }

  #add(name: string, growth: Counters, stats: StreamStats, present: Map<string, StreamStats[]>): void {
    const total = this.#totals.get(name);
    this.#totals.set(name, total === undefined ? growth : merged(total, growth));
    const all = present.get(name) ?? [];
    all.push(stats);
    present.set(name, all);
  }

  #result(present: ReadonlyMap<string, StreamStats[]>): Map<string, StreamStats> {
    const result = new Map<string, StreamStats>();
    for (const [name, counters] of this.#totals) {
      const now = mergeStreams(present.get(name) ?? []);
      if (now === undefined && !this.#lasting.has(name)) this.#totals.delete(name);
      else result.set(name, { ...counters, ...gaugesOf(now ?? IDLE) });
    }
    return result;
  }
}

/** Gauges of no stream. */
const IDLE: Gauges = {
  routing: "waiting",
  bufferedRecords: 0,
  bufferedBytes: 0,
  waitingPuts: 0,
  waitingBytes: 0,
  oldestAgeMs: 0,
  recent: {
    seconds: 60,
    userRecordsDelivered: 0,
    userRecordsFailed: 0,
    userRecordsExpired: 0,
    latencyMs: { count: 0, sum: 0, min: 0, max: 0, p50: 0, p90: 0, p99: 0, buckets: [] },
  },
  shards: {},
};

function gaugesOf(s: Gauges): Gauges {
  const { routing, bufferedRecords, bufferedBytes, waitingPuts, waitingBytes, oldestAgeMs, recent, shards } = s;
  return { routing, bufferedRecords, bufferedBytes, waitingPuts, waitingBytes, oldestAgeMs, recent, shards };
}

/** A stream with fewer records or requests than before has begun again, also if the producer does not say so. */
function growthOf(stats: StreamStats, last: StreamStats | undefined): Counters {
  const counters = countersOf(stats);
  const isNew =
    last === undefined ||
    hasBegunAgain(stats, last) ||
    stats.userRecordsAccepted < last.userRecordsAccepted ||
    stats.requests < last.requests;
  return isNew ? counters : grown(counters, countersOf(last));
}

function countersOf(stats: StreamStats): Counters {
  const counters = { ...stats } as Partial<StreamStats> & Counters;
  for (const name of Object.keys(IDLE)) delete counters[name as keyof Gauges];
  return counters;
}

/** Shards of different streams have the same ids. */
function shardsOf(stream: string, { shards }: StreamStats): StreamStats["shards"] {
  return Object.fromEntries(Object.entries(shards).map(([id, stats]) => [`${stream} ${id}`, stats]));
}
