import type { Attempt } from "../../record.js";

/**
 * Attempts that are kept at each end of a long history. An outage of an hour has hundreds of attempts for every record
 * in the buffer, and the middle ones add no information.
 */
const KEPT_AT_EITHER_END = 25;

/** The attempts so far to deliver a Kinesis record; all user records in it share them. */
export interface DeliveryHistory {
  /**
   * Oldest first. The `delayMs` of the first attempt differs by user record: it is `firstStartedAt` less the record's
   * acceptance.
   */
  readonly attempts: readonly Attempt[];
  /** When the first request began, in the clock's milliseconds. */
  readonly firstStartedAt: number;
  /** When the last attempt's answer was known. */
  readonly lastEndedAt: number;
  /** All attempts; {@link attempts} may lack some in the middle. */
  readonly made: number;
  /** Attempts that count against `maxAttempts`. */
  readonly counted: number;
  /** Whether a copy may be stored where some reader may see it. */
  readonly mayBeStored: boolean;
  /**
   * Present when the last attempt used a connection that had died while idle: the next attempt goes without a pause.
   */
  readonly wentAtOnce?: true;
}

/** The history of a record that was never sent. One object, so that histories can be compared by identity. */
export const NEVER_SENT: DeliveryHistory = {
  attempts: [],
  firstStartedAt: 0,
  lastEndedAt: 0,
  made: 0,
  counted: 0,
  mayBeStored: false,
};

/** When an attempt was made, and how often the transport sent it. */
export interface AttemptFacts {
  /** In the clock's milliseconds. */
  readonly startedAt: number;
  /** The same moment, since the Unix epoch. */
  readonly startedAtEpoch: number;
  readonly endedAt: number;
  /** Above 1 if the transport itself has retried: the outcome of the earlier tries is unknown. Rule 26. */
  readonly tries: number;
}

/** The outcome of an attempt, without its times. */
export type AttemptOutcome = Pick<Attempt, "shardId" | "sequenceNumber" | "errorCode" | "errorMessage">;

/** The effect of an attempt on later attempts. */
export interface AttemptEffect {
  /** 1 if the attempt counts against `maxAttempts`. */
  readonly counted: 0 | 1;
  /** Whether a copy may be stored that the outcome does not show. */
  readonly mayBeStored: boolean;
}

/** The record's history with one attempt more. */
export function withAttempt(
  record: { readonly history: DeliveryHistory; readonly oldestAt: number },
  facts: AttemptFacts,
  outcome: AttemptOutcome,
  effect: AttemptEffect,
): DeliveryHistory {
  const { history } = record;
  const { startedAt, startedAtEpoch, endedAt, tries } = facts;
  const isFirst = history.attempts.length === 0;
  const attempt: Attempt = {
    startedAt: startedAtEpoch,
    delayMs: Math.max(0, startedAt - (isFirst ? record.oldestAt : history.lastEndedAt)),
    durationMs: endedAt - startedAt,
    ...(tries > 1 ? { tries } : {}),
    ...outcome,
  };
  return {
    attempts: bounded([...history.attempts, attempt]),
    firstStartedAt: isFirst ? startedAt : history.firstStartedAt,
    lastEndedAt: endedAt,
    made: history.made + 1,
    counted: history.counted + effect.counted,
    mayBeStored: history.mayBeStored || effect.mayBeStored || tries > 1,
  };
}

function bounded(attempts: readonly Attempt[]): readonly Attempt[] {
  if (attempts.length <= 2 * KEPT_AT_EITHER_END) return attempts;
  return [...attempts.slice(0, KEPT_AT_EITHER_END), ...attempts.slice(-KEPT_AT_EITHER_END)];
}

/**
 * The history of a record whose last attempt left a copy where some reader may not see it.
 *
 * @param errorMessage - why not
 */
export function asMisplaced(history: DeliveryHistory, errorMessage: string): DeliveryHistory {
  const last = history.attempts.at(-1) as Attempt;
  return {
    ...history,
    attempts: [...history.attempts.slice(0, -1), { ...last, errorCode: "WrongShard", errorMessage }],
    mayBeStored: true,
  };
}
