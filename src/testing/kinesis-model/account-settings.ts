/** How long a commitment lasts at least. Source: "Choose the right mode for your stream", Developer Guide. */
const MIN_COMMITMENT_MS = 86_400_000;

/** The account's commitment to a minimum throughput. Times are milliseconds since the Unix epoch. */
export interface Commitment {
  readonly startedAt: number;
  /** When it ends, or ended; absent while nothing ends it. */
  readonly endsAt?: number;
}

/** The commitment with its state at one moment. */
export interface CommitmentState extends Commitment {
  readonly isInForce: boolean;
  readonly earliestEndAt: number;
}

/** The settings of the account. */
export class AccountSettings {
  readonly #changed: () => void;
  #commitment: Commitment | undefined;

  /** @param changed - called after each change */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The last commitment, as plain data. */
  get commitment(): Commitment | undefined {
    return this.#commitment;
  }

  restore(commitment: Commitment | undefined): void {
    this.#commitment = commitment;
  }

  /** The last commitment with its state; undefined when there never was one. */
  stateAt(now: number): CommitmentState | undefined {
    const commitment = this.#commitment;
    if (commitment === undefined) return undefined;
    const { startedAt, endsAt = Number.POSITIVE_INFINITY } = commitment;
    return { ...commitment, isInForce: now < endsAt, earliestEndAt: startedAt + MIN_COMMITMENT_MS };
  }

  /** Begins a commitment, or keeps the present one. */
  commit(now: number): void {
    const state = this.stateAt(now);
    this.#commitment = { startedAt: state?.isInForce === true ? state.startedAt : now };
    this.#changed();
  }

  /** Ends the commitment as early as it may end. */
  end(now: number): void {
    const state = this.stateAt(now);
    if (state === undefined || !state.isInForce || state.endsAt !== undefined) return;
    this.#commitment = { startedAt: state.startedAt, endsAt: Math.max(now, state.earliestEndAt) };
    this.#changed();
  }
}
