import type { PendingKinesisRecord } from "../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../core/placed-record.js";
import { abortedBy } from "./caller-signal.js";
import type { FailureReason, Outcomes } from "./outcomes.js";
import type { Router } from "./router.js";
import { AbortableSettler } from "./settler.js";

export interface SweeperParts {
  readonly router: Router;
  readonly outcomes: Outcomes;
  readonly recordTtlMs: number;
}

/**
 * Ends records in the queues on their own account: those whose time to live has passed, and those whose caller has aborted
 * them. What is in flight, or held for judgement, is not in a queue and is not touched. Rule 18.
 *
 * Nothing is tracked per record: one number says before which moment nothing queued was accepted. It may be older than
 * the oldest record, which costs a sweep in vain now and then, and never younger.
 */
export class Sweeper {
  readonly #parts: SweeperParts;
  /** Why what has expired fails. */
  readonly #expiry: FailureReason;
  #floor: number = Number.POSITIVE_INFINITY;
  /** Records whose caller has aborted them and that are not settled yet. */
  #aborted = 0;

  constructor(parts: SweeperParts) {
    this.#parts = parts;
    const message = `not delivered within recordTtlMs (${parts.recordTtlMs} ms)`;
    this.#expiry = { code: "KP_RECORD_EXPIRED", message };
  }

  /** When the first record may expire. */
  get nextAt(): number {
    return this.#floor + this.#parts.recordTtlMs;
  }

  /** A record that was accepted then is in a queue, for the first time or again; returns whether it is the oldest. */
  onQueued(acceptedAt: number): boolean {
    if (acceptedAt >= this.#floor) return false;
    this.#floor = acceptedAt;
    return true;
  }

  onAborted(): void {
    this.#aborted++;
  }

  /** A record whose caller had aborted it is settled. */
  onAbortedSettled(): void {
    this.#aborted--;
  }

  /** Settles what has expired or was aborted, in every queue, if there can be any. */
  maybeSweep(now: number): void {
    if (this.#aborted === 0 && this.nextAt > now) return;
    const { router, recordTtlMs } = this.#parts;
    const sweepRecord = (record: PendingKinesisRecord): void => {
      this.#sweepRecord(record, now - recordTtlMs);
    };
    for (const lane of router.lanes()) {
      if (this.#aborted === 0 && lane.queue.expiryFloor + recordTtlMs > now) continue;
      lane.queue.sweep(sweepRecord);
      router.reschedule(lane);
    }
    this.#floor = this.oldestAt();
  }

  /** When the oldest record in a queue was accepted, or a little before; Infinity when none is. */
  oldestAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const lane of this.#parts.router.lanes()) at = Math.min(at, lane.queue.expiryFloor);
    return at;
  }

  #sweepRecord(record: PendingKinesisRecord, expiredBefore: number): void {
    // Reading records back is dear, and what makes us look may be in another record.
    const hasSomeAborted = this.#aborted > 0 && hasAborted(record);
    if (record.oldestAt > expiredBefore && !hasSomeAborted) return;
    const { outcomes } = this.#parts;
    if (record.youngestAt <= expiredBefore && !hasSomeAborted) outcomes.failed(record, this.#expiry);
    else outcomes.failWhere(record, (placed) => this.#reasonToEnd(placed, expiredBefore));
  }

  #reasonToEnd({ settler, acceptedAt }: PlacedRecord, expiredBefore: number): FailureReason | undefined {
    if (AbortableSettler.is(settler) && settler.isAborted) return abortedBy(settler.signal);
    return acceptedAt > expiredBefore ? undefined : this.#expiry;
  }
}

function hasAborted(record: PendingKinesisRecord): boolean {
  for (let i = 0; i < record.count; i++) {
    const settler = record.settlerAt(i);
    if (AbortableSettler.is(settler) && settler.isAborted) return true;
  }
  return false;
}
