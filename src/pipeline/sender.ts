import type { TakenRecord } from "../core/lane/collector.js";
import type { Outflow } from "../core/outflow.js";
import type { Clock, Diagnostics, KinesisRecord, PutRecordsAnswer, StreamRef, Transport } from "../core/ports.js";
import { PendingKinesisRecord } from "../core/record/pending-kinesis-record.js";
import { checkedAnswer } from "./checked-answer.js";
import { requestFacts } from "./request-facts.js";
import type { Settlement } from "./settlement/settlement.js";
import { asFailure } from "./stream/shard-map-refresher.js";

/** A request that is in flight, or was answered. */
export interface SentRequest {
  readonly items: readonly TakenRecord[];
  /** In the clock's milliseconds. */
  readonly startedAt: number;
  /** The same moment, in milliseconds since the Unix epoch. */
  readonly startedAtEpoch: number;
}

/** The stream that sends a request and receives its answer. */
export interface RequestOwner {
  readonly stream: StreamRef;
  /** Undefined while unknown. */
  readonly streamArn: string | undefined;
  /** Whether a lone record that looks like an aggregate is wrapped. */
  readonly mayWrap: boolean;
  readonly settlement: Settlement;
  onAnswer(sent: SentRequest, answer: PutRecordsAnswer): void;
}

/** Why no request may start. */
export interface SlotsTaken {
  /** Requests in flight. */
  readonly requests: number;
  /** How long the oldest of them has no answer. */
  readonly oldestMs: number;
  /** The network has not taken the bodies of these requests. */
  readonly isNetworkFull: boolean;
}

/** Sends requests. The number in flight is bounded over all streams. */
export class Sender {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #maxInFlight: number;
  readonly #outflow: Outflow;
  readonly #diagnostics: Diagnostics;
  readonly #inFlight: Map<SentRequest, RequestOwner> = new Map();

  constructor(parts: {
    transport: Transport;
    clock: Clock;
    maxInFlight: number;
    outflow: Outflow;
    diagnostics: Diagnostics;
  }) {
    this.#transport = parts.transport;
    this.#clock = parts.clock;
    this.#maxInFlight = parts.maxInFlight;
    this.#outflow = parts.outflow;
    this.#diagnostics = parts.diagnostics;
  }

  /** Whether another request may start. */
  get hasSlot(): boolean {
    return this.#inFlight.size < this.#maxInFlight && !this.#outflow.isFull;
  }

  /** Why no request may start; undefined while one may. */
  slotsTaken(now: number): SlotsTaken | undefined {
    if (this.hasSlot) return undefined;
    const [oldest] = this.#inFlight.keys();
    const oldestMs = Math.round(now - (oldest?.startedAt ?? now));
    return { requests: this.#inFlight.size, oldestMs, isNetworkFull: this.#outflow.isFull };
  }

  /** Requests in flight, with their owners. */
  get inFlight(): ReadonlyMap<SentRequest, RequestOwner> {
    return this.#inFlight;
  }

  /** Starts a request. The answer reaches the owner in a later turn, never from within this call. */
  send(owner: RequestOwner, items: readonly TakenRecord[]): void {
    const sent: SentRequest = { items, startedAt: this.#clock.now(), startedAtEpoch: this.#clock.epochNow() };
    this.#inFlight.set(sent, owner);
    const entries = PendingKinesisRecord.sealAll(
      items.map(({ record }) => record),
      owner.mayWrap,
    );
    void this.#exchange(sent, owner, entries);
  }

  async #exchange(sent: SentRequest, owner: RequestOwner, entries: readonly KinesisRecord[]): Promise<void> {
    let answer: PutRecordsAnswer;
    try {
      answer = this.#diagnostics.hearsRequests
        ? await this.#sendTraced(sent, owner, entries)
        : checkedAnswer(await this.#transport.putRecords({ stream: owner.stream, entries }));
    } catch (error) {
      // The port rejects only because of a bug; the records must be settled even then.
      answer = asFailure(error);
    }
    this.#inFlight.delete(sent);
    owner.onAnswer(sent, answer);
  }

  /**
   * The same with messages about the request. Every lane and count is as it stays until the answer, so a subscriber may
   * call any method, like the code of a transport.
   */
  #sendTraced(sent: SentRequest, owner: RequestOwner, entries: readonly KinesisRecord[]): Promise<PutRecordsAnswer> {
    const facts = requestFacts(
      owner,
      sent.items.map(({ record }) => record),
    );
    const traced = this.#diagnostics.request(facts, async () =>
      checkedAnswer(await this.#transport.putRecords({ stream: owner.stream, entries })),
    );
    facts.end();
    return traced;
  }
}
