import { backoffMs, REFRESH_BACKOFF } from "../../core/pacing/retry-policy.js";
import type {
  Clock,
  Random,
  RequestFailure,
  ShardSelection,
  ShardsAnswer,
  StreamRef,
  StreamSummary,
} from "../../core/ports.js";
import { show } from "../../wording/shown-value.js";
import { withTexts } from "../checked-answer.js";
import type { PacedDirectory } from "../paced-directory.js";
import { checkedShards, checkedSummary } from "./directory-answers.js";

/** An answer of the service about the stream. */
export type RefreshAnswer =
  /** The open shards, asked for at `askedAt` of the clock. They say nothing about evidence that came later. */
  | { readonly of: "open-shards"; readonly shards: ShardsAnswer; readonly askedAt: number }
  /** Closed shards too. */
  | { readonly of: "all-shards"; readonly shards: ShardsAnswer }
  | { readonly of: "summary"; readonly summary: StreamSummary | RequestFailure };

/** The next question. */
export interface FollowUp {
  /** Ask the same again, after a backoff. */
  readonly again: boolean;
  /** Closed shards first: an answer has named a shard that no list has shown yet. */
  readonly allShards: boolean;
}

export interface RefresherParts {
  readonly stream: StreamRef;
  readonly directory: PacedDirectory;
  readonly clock: Clock;
  readonly random: Random;
  readonly asksForSummary: boolean;
  /** Receives an answer; returns the next question. */
  readonly receive: (answer: RefreshAnswer) => FollowUp;
}

/**
 * Asks for the shard map: on evidence and by age, one request at a time, with backoff and jitter between attempts.
 * Driven by the drain loop; it has no timer.
 */
export class ShardMapRefresher {
  readonly #parts: RefresherParts;
  #isBusy = false;
  #isDescribing = false;
  #isWanted = false;
  #notBefore: number = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #endedAt: number = Number.NEGATIVE_INFINITY;
  /** When the last summary was answered, or refused. */
  #describedAt: number = Number.NEGATIVE_INFINITY;

  constructor(parts: RefresherParts) {
    this.#parts = parts;
  }

  /** When the last successful refresh ended; -Infinity before the first. */
  get refreshedAt(): number {
    return this.#endedAt;
  }

  /** Whether a refresh is under way or wanted. */
  get isPending(): boolean {
    return this.#isBusy || this.#isWanted;
  }

  /** The moment at which {@link maybeStart} has something to do. */
  get nextAt(): number {
    return this.#isWanted && !this.#isBusy ? this.#notBefore : Number.POSITIVE_INFINITY;
  }

  /**
   * Requests a refresh that starts from now on. A refresh that is under way began before the evidence, and its answer
   * may be older too, so another one follows.
   */
  request(): void {
    this.#isWanted = true;
  }

  /** Starts a refresh if one is wanted and due. */
  maybeStart(now: number): void {
    if (this.#isBusy || !this.#isWanted || now < this.#notBefore) return;
    this.#isBusy = true;
    this.#isWanted = false;
    void this.#refresh(now);
  }

  /** A caller waits for the next refresh: it starts at this moment at the latest. */
  hasten(at: number): void {
    if (!this.isPending) this.request();
    this.#notBefore = Math.min(this.#notBefore, at);
  }

  /** Asks for the summary alone if the last one is older than this; the first one comes with the first map. */
  maybeDescribe(now: number, maxAgeMs: number): void {
    const isOld = this.#describedAt !== Number.NEGATIVE_INFINITY && now - this.#describedAt > maxAgeMs;
    if (isOld && !this.#isDescribing) void this.#describe();
  }

  async #refresh(askedAt: number): Promise<void> {
    const { asksForSummary, receive } = this.#parts;
    if (asksForSummary && !this.#isDescribing) void this.#describe();
    let { again, allShards } = receive({ of: "open-shards", shards: await this.#listShards("open"), askedAt });
    if (allShards) again = receive({ of: "all-shards", shards: await this.#listShards("all") }).again || again;
    this.#end(again);
  }

  #end(again: boolean): void {
    const now = this.#parts.clock.now();
    this.#isBusy = false;
    if (again) {
      this.#isWanted = true;
      this.#failures++;
    } else {
      this.#failures = 0;
      this.#endedAt = now;
      this.#notBefore = now;
    }
    // Continuous evidence must not cause a storm of refreshes.
    if (this.#isWanted) this.#backOff(now);
  }

  /** The port rejects only because of a bug; that bug must not stop the stream. */
  async #listShards(selection: ShardSelection): Promise<ShardsAnswer> {
    const { stream, directory } = this.#parts;
    try {
      return checkedShards(await directory.listShards(stream, selection, this.#endedAt !== Number.NEGATIVE_INFINITY));
    } catch (error) {
      return asFailure(error);
    }
  }

  /** Runs beside the listing, which does not wait for it: a summary that hangs must not delay the map. Rule 7. */
  async #describe(): Promise<void> {
    const { stream, directory, receive, clock } = this.#parts;
    this.#isDescribing = true;
    let summary: StreamSummary | RequestFailure;
    try {
      summary = checkedSummary(await directory.describeStream(stream));
    } catch (error) {
      summary = asFailure(error);
    }
    this.#isDescribing = false;
    this.#describedAt = clock.now();
    if (!receive({ of: "summary", summary }).again || this.#isWanted) return;
    this.#isWanted = true;
    this.#failures++;
    this.#backOff(clock.now());
  }

  #backOff(now: number): void {
    this.#notBefore = now + backoffMs(REFRESH_BACKOFF, Math.max(1, this.#failures), this.#parts.random);
  }
}

/** Converts a port's rejection to the failure that it should have resolved with. */
export function asFailure(error: unknown): RequestFailure {
  const { name, message } = error instanceof Error ? error : { name: "Error", message: textOf(error) };
  return withTexts({ kind: "failed", code: name, message, mayBeStored: true, cause: error });
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return show(thrown);
  }
}
