import { checkOptions } from "../../src/check-options.js";
import { COMPANIONS } from "../../src/core/lane/collector.js";
import { type BackoffLimits, Pause } from "../../src/core/pacing/retry-policy.js";
import type { Random } from "../../src/core/ports.js";
import { FleetLane, type ShardPause } from "./fleet-lane.js";
import type { FleetStream } from "./fleet-stream.js";
import { type FleetRecord, LaneLoad, type LoadShape } from "./lane-load.js";
import type { Pacer } from "./pacer.js";
import type { Recording } from "./recording.js";
import type { Happening, Timeline } from "./timeline.js";

/** The pacing of producers. */
export interface Pacing {
  readonly newPacer: (now: number) => Pacer;
  /** The pause of a shard after a refusal; absent: no pause. */
  readonly backoff?: BackoffLimits;
}

/** Facts that the producers of a fleet share. */
export interface FleetWorld {
  readonly timeline: Timeline;
  readonly stream: FleetStream;
  readonly recording: Recording;
  readonly random: Random;
  readonly pacing: Pacing;
  /** The load of one shard, for one producer. */
  readonly load: LoadShape;
}

const {
  lingerMs: LINGER_MS,
  maxRequestRecords: MAX_REQUEST_RECORDS,
  maxRequestBytes: MAX_REQUEST_BYTES,
  maxInFlightRequests: MAX_IN_FLIGHT,
} = checkOptions({ streamName: "fleet" }).values;
/** Largest delay of a timer. */
const TIMER_MS = 1;
/** From the first answer of an unknown shard to the new map. */
const REFRESH_MS = 60;
const NO_PAUSE: ShardPause = { until: Number.NEGATIVE_INFINITY, onFailure: () => {}, onSuccess: () => {} };

interface SentRecord {
  readonly record: FleetRecord;
  readonly lane: FleetLane;
  isAccepted: boolean;
}

/** One producer: lanes, requests, answers. A small model of `core/lane/collector` and `pipeline/`. */
export class FleetProducer implements Happening {
  heapIndex = -1;
  deadline = 0;
  readonly #world: FleetWorld;
  readonly #index: number;
  readonly #stopAt: number;
  #lanes: FleetLane[];
  #version: number;
  #heldUntil: number = Number.NEGATIVE_INFINITY;
  #inFlight = 0;

  constructor(world: FleetWorld, index: number, startAt: number, stopAt: number) {
    this.#world = world;
    this.#index = index;
    this.#stopAt = stopAt;
    this.#version = world.stream.version;
    const shards = world.stream.shardCount;
    const gapMs = world.load.userRecordBytes / world.load.bytesPerMs;
    this.#lanes = Array.from({ length: shards }, (_, i) => {
      const firstAt = startAt + world.random() * gapMs;
      return this.#newLane(i / shards, 1 / shards, new LaneLoad(world.load, firstAt, stopAt), [], startAt);
    });
    world.timeline.set(this, startAt);
  }

  /** Sends due records, and sets a timer for the next ones. */
  happen(now: number): void {
    if (now >= this.#stopAt) return;
    if (now >= this.#heldUntil) {
      while (this.#inFlight < MAX_IN_FLIGHT && this.#sendOne(now)) {}
    }
    let nextAt = Number.POSITIVE_INFINITY;
    if (this.#inFlight < MAX_IN_FLIGHT)
      for (const lane of this.#lanes) nextAt = Math.min(nextAt, lane.nextAt(LINGER_MS));
    if (nextAt === Number.POSITIVE_INFINITY) return;
    const at = Math.max(now, nextAt, this.#heldUntil);
    this.#world.timeline.set(this, at + this.#world.random() * TIMER_MS);
  }

  #sendOne(now: number): boolean {
    const { random } = this.#world;
    const items: SentRecord[] = [];
    let bytes = 0;
    const lanes = [...this.#lanes].sort((a, b) => a.nextAt(LINGER_MS) - b.nextAt(LINGER_MS));
    for (const lane of lanes) {
      while (items.length < MAX_REQUEST_RECORDS) {
        const horizon = items.length === 0 ? now : now + LINGER_MS * COMPANIONS;
        const room = items.length === 0 ? Number.POSITIVE_INFINITY : MAX_REQUEST_BYTES - bytes;
        const record = lane.tryTake(now, horizon, LINGER_MS, room, random);
        if (record === undefined) break;
        items.push({ record, lane, isAccepted: false });
        bytes += record.bytes;
      }
    }
    if (items.length === 0) return false;
    this.#inFlight++;
    const latency = latencyMs(random);
    this.#world.timeline.at(now + latency / 2, (arrival) => this.#arrive(items, arrival));
    this.#world.timeline.at(now + latency, (end) => this.#settle(items, now, end));
    return true;
  }

  #arrive(items: readonly SentRecord[], now: number): void {
    const { stream, recording } = this.#world;
    for (const item of items) {
      item.isAccepted = stream.admit(item.record.place, item.record.bytes, now);
      recording.onRecord(this.#index, item.record.bytes, item.isAccepted, now);
    }
  }

  #settle(items: readonly SentRecord[], startedAt: number, now: number): void {
    this.#inFlight--;
    const returning = new Map<FleetLane, FleetRecord[]>();
    for (const { record, lane, isAccepted } of items) {
      if (isAccepted) {
        lane.pause.onSuccess(startedAt);
        lane.pacer.onAccepted?.(now);
        continue;
      }
      lane.pacer.onThrottled(startedAt, now);
      lane.pause.onFailure(startedAt, now);
      const back = returning.get(lane);
      if (back === undefined) returning.set(lane, [record]);
      else back.push(record);
    }
    for (const [lane, records] of returning) this.#giveBack(lane, records);
    const { stream, timeline } = this.#world;
    if (this.#version < stream.version && items.some(({ isAccepted }) => isAccepted)) {
      this.#version = stream.version;
      this.#heldUntil = now + REFRESH_MS;
      timeline.at(this.#heldUntil, (at) => this.#splitLanes(at));
    }
    timeline.set(this, now);
  }

  #giveBack(lane: FleetLane, records: FleetRecord[]): void {
    if (this.#lanes.includes(lane)) {
      lane.giveBack(records);
      return;
    }
    for (const record of records) {
      this.#lanes.find(({ first, size }) => record.place >= first && record.place < first + size)?.giveBack([record]);
    }
  }

  #splitLanes(now: number): void {
    this.#lanes = this.#lanes.flatMap((lane) => {
      const size = lane.size / 2;
      return [0, 1].map((half) => {
        const first = lane.first + half * size;
        const returned = lane.returned.filter(({ place }) => place >= first && place < first + size);
        return this.#newLane(first, size, lane.load.half(now), returned, now);
      });
    });
  }

  #newLane(first: number, size: number, load: LaneLoad, returned: FleetRecord[], now: number): FleetLane {
    const { pacing, random } = this.#world;
    const pause = pacing.backoff === undefined ? NO_PAUSE : new Pause(pacing.backoff, random);
    return new FleetLane(first, size, load, pacing.newPacer(now), pause, returned);
  }
}

/** 8 ms plus a tail: half of the answers come within 16 ms, and one in a hundred takes longer than 60 ms. */
function latencyMs(random: Random): number {
  return 8 - 12 * Math.log(1 - random());
}
