import { keyNameOf, type PendingKinesisRecord } from "../../core/pending-kinesis-record.js";
import type { PlacedRecord } from "../../core/placed-record.js";
import type { SettlementLedger } from "../../core/settlement-ledger.js";
import { abortedBy, isAborted } from "../entry/aborts.js";
import type { FailureReason, Outcomes } from "../settlement/outcomes.js";
import type { Router } from "./router.js";

export interface CullingParts {
  readonly router: Router;
  readonly outcomes: Outcomes;
  readonly ledger: SettlementLedger;
  readonly recordTtlMs: number;
}

/** Why a record fails that is not at fault itself. */
const FOLLOWER: FailureReason = {
  code: "KP_RECORD_FAILED",
  message: "a record of the same key, accepted before it, has failed (onOrderedFailure: failKey)",
};

/**
 * Ends records in the queues: those whose time to live has passed, those whose caller has aborted them, and with
 * `onOrderedFailure: "failKey"` those that wait behind a record of their key that has failed. Records in flight, or held because
 * another shard took them, are not in a queue and are not touched. Rules 18 and 21.
 *
 * Nothing is tracked per record: one number says before which moment nothing queued was accepted. It may be older than
 * the oldest record, and then a sweep finds nothing. It is never younger.
 */
export class Culling {
  readonly #parts: CullingParts;
  /** Why an expired record fails. */
  readonly #expiry: FailureReason;
  #floor: number = Number.POSITIVE_INFINITY;
  /** Records whose caller has aborted them and that are not settled yet. */
  #aborted = 0;
  /** Keys that fail, up to a generation. Records that a callback hands over in answer to the failure are of a later one. */
  readonly #failedThrough: Map<string, number> = new Map();

  constructor(parts: CullingParts) {
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

  /** A record has failed, and its caller does not know yet. Only where its key fails with it. */
  onFailed(record: PlacedRecord, { code, message }: FailureReason): void {
    // The caller has given these up.
    if (code === "KP_ABORTED" || code === "KP_CLOSED" || message === FOLLOWER.message) return;
    this.#failedThrough.set(keyNameOf(record), this.#parts.ledger.closeGeneration());
  }

  /** Ends expired and aborted records in every queue, if there can be any. */
  maybeSweep(now: number): void {
    if (this.#aborted === 0 && this.nextAt > now) return;
    const expiredBefore = now - this.#parts.recordTtlMs;
    this.#sweep(
      (record) => {
        this.#endOld(record, expiredBefore);
      },
      this.#aborted > 0 ? Number.POSITIVE_INFINITY : expiredBefore,
    );
    this.#floor = this.oldestAt();
  }

  /**
   * Fails the records that wait behind the failures since the last call. Before the callers of those failures can hand over more.
   */
  failFollowers(): void {
    if (this.#failedThrough.size === 0) return;
    const { outcomes } = this.#parts;
    const reasonFor = (record: PlacedRecord): FailureReason | undefined => {
      const through = this.#failedThrough.get(keyNameOf(record));
      return through !== undefined && record.generation <= through ? FOLLOWER : undefined;
    };
    this.#sweep((record) => {
      outcomes.failWhere(record, reasonFor);
    }, Number.POSITIVE_INFINITY);
    this.#failedThrough.clear();
  }

  /** Shows waiting Kinesis records to `visit`, which may settle them; passes over lanes with nothing accepted by `acceptedBy`. */
  #sweep(visit: (record: PendingKinesisRecord) => void, acceptedBy: number): void {
    const { router } = this.#parts;
    for (const lane of router.lanes()) {
      if (lane.queue.expiryFloor > acceptedBy) continue;
      lane.queue.sweep(visit);
      router.reschedule(lane);
    }
  }

  /** When the oldest record in a queue was accepted, or a little before; Infinity when none is. */
  oldestAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const lane of this.#parts.router.lanes()) at = Math.min(at, lane.queue.expiryFloor);
    return at;
  }

  #endOld(record: PendingKinesisRecord, expiredBefore: number): void {
    // Reading records back is dear, and what makes us look may be in another record.
    const hasSomeAborted = this.#aborted > 0 && hasAborted(record);
    if (record.oldestAt > expiredBefore && !hasSomeAborted) return;
    const { outcomes } = this.#parts;
    if (record.youngestAt <= expiredBefore && !hasSomeAborted) outcomes.failed(record, this.#expiry);
    else outcomes.failWhere(record, (placed) => this.#reasonToEnd(placed, expiredBefore));
  }

  #reasonToEnd({ settler, acceptedAt }: PlacedRecord, expiredBefore: number): FailureReason | undefined {
    if (isAborted(settler)) return abortedBy(settler.signal);
    return acceptedAt > expiredBefore ? undefined : this.#expiry;
  }
}

function hasAborted(record: PendingKinesisRecord): boolean {
  for (let i = 0; i < record.count; i++) if (isAborted(record.settlerAt(i))) return true;
  return false;
}
