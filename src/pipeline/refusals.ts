import type { TakenRecord } from "../core/collector.js";
import type { Lane } from "../core/lane.js";
import type { PendingKinesisRecord } from "../core/pending-kinesis-record.js";
import type { Router } from "./router.js";

/** What one answer says about a lane. */
interface LaneAnswer {
  throttled: number;
  refused: number;
  readonly returning: PendingKinesisRecord[];
}

/**
 * The refusals of one answer, lane by lane: however many entries were refused, a lane slows down and pauses once, and
 * what goes again returns in the order in which it was sent. Rules 13 and 15.
 */
export class Refusals {
  readonly #byLane: Map<Lane, LaneAnswer> = new Map();
  /** Kinesis records that go again. */
  returned = 0;

  /** An entry of the request was refused. */
  add(lane: Lane, isThrottled: boolean): void {
    const answer = this.#of(lane);
    answer.refused++;
    if (isThrottled) answer.throttled++;
  }

  /** A Kinesis record goes again. */
  giveBack({ record, lane }: TakenRecord): void {
    this.#of(lane).returning.push(record);
    this.returned++;
  }

  /** Slows down and pauses what refused, and gives everything back. */
  settle(startedAt: number, router: Router, now: number, recordTtlMs: number): void {
    for (const [lane, answer] of this.#byLane) {
      const { throttled, refused, returning } = answer;
      // One by one: the rate falls once, by how many they are. Where a lane feeds many shards, that is their share.
      for (let i = 0; i < throttled; i++) lane.limiter.onThrottled(startedAt, now);
      if (refused === 0) router.giveBack(lane, returning, now);
      else if (lane.shard === undefined) router.giveBackPaused(lane, returning, now);
      else {
        lane.pause.onFailure(startedAt, now, oldestAt(returning) + recordTtlMs);
        router.giveBack(lane, returning, now);
      }
    }
  }

  #of(lane: Lane): LaneAnswer {
    let answer = this.#byLane.get(lane);
    if (answer === undefined) {
      answer = { throttled: 0, refused: 0, returning: [] };
      this.#byLane.set(lane, answer);
    }
    return answer;
  }
}

/** When the oldest of them was accepted. */
function oldestAt(records: readonly PendingKinesisRecord[]): number {
  let at = Number.POSITIVE_INFINITY;
  for (const record of records) at = Math.min(at, record.oldestAt);
  return at;
}
