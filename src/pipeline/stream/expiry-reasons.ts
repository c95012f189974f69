import type { Lane } from "../../core/lane/lane.js";
import { type DeliveryHistory, NEVER_SENT } from "../../core/record/delivery-history.js";
import type { FailureReason } from "../settlement/settlement-parts.js";
import { causeOf, failureWords } from "./failure-reasons.js";
import type { Hindrance } from "./hindrances.js";

export interface ExpiryReasonsParts {
  readonly recordTtlMs: number;
  readonly hindrances: { of(lane: Lane, now: number): Hindrance };
}

/**
 * Why expired records fail: the failure of their last attempt, or the hindrance of their lane if they were never sent.
 *
 * Records expire by the hundred thousand, so records of one lane that have the same history share one reason: a reason
 * for each record would cost as much as its error, and a telling joins only records with the same reason.
 */
export class ExpiryReasons {
  readonly #parts: ExpiryReasonsParts;
  readonly #prefix: string;
  #lane: Lane | undefined;
  #now = 0;
  #neverSent: FailureReason | undefined;
  /** By the words about the attempts. */
  readonly #attempted: Map<string, FailureReason> = new Map();

  constructor(parts: ExpiryReasonsParts) {
    this.#parts = parts;
    this.#prefix = `not delivered within recordTtlMs (${parts.recordTtlMs} ms)`;
  }

  /** The records that follow are in the queue of this lane. */
  begin(lane: Lane, now: number): void {
    this.#lane = lane;
    this.#now = now;
    this.#neverSent = undefined;
    this.#attempted.clear();
  }

  /** Why a record with this history fails. */
  of(history: DeliveryHistory): FailureReason {
    return history === NEVER_SENT ? this.#ofNeverSent() : this.#ofAttempts(history);
  }

  #ofNeverSent(): FailureReason {
    this.#neverSent ??= this.#reasonOf(this.#hindrance, "never sent, because ");
    return this.#neverSent;
  }

  #ofAttempts(history: DeliveryHistory): FailureReason {
    const last = history.attempts.at(-1);
    if (last?.errorCode === undefined) return this.#ofNeverSent();
    const failure = { code: last.errorCode, message: last.errorMessage ?? "" };
    const of = history.made === 1 ? "its only attempt failed" : `the last of ${history.made} attempts failed`;
    const why = `${of}: ${failureWords(failure)}`;
    let reason = this.#attempted.get(why);
    if (reason === undefined) {
      const since =
        this.#lane !== undefined && this.#lane.limiter.adaptedFactor < 1 ? `; then ${this.#hindrance.why}` : "";
      reason = this.#reasonOf({ why: why + since, cause: causeOf(failure) }, "");
      this.#attempted.set(why, reason);
    }
    return reason;
  }

  get #hindrance(): Hindrance {
    return this.#parts.hindrances.of(this.#lane as Lane, this.#now);
  }

  #reasonOf({ why, cause }: Hindrance, how: string): FailureReason {
    return {
      code: "KP_RECORD_EXPIRED",
      message: `${this.#prefix}: ${how}${why}`,
      ...(cause === undefined ? {} : { cause }),
    };
  }
}
