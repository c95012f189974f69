import type { PutRecordsAnswer, PutRecordsRequest, Transport } from "../core/ports.js";
import { MAX_REQUEST_RECORDS } from "../quotas.js";
import { CallScript, type HeldCall, type Step } from "./call-script.js";
import { shardIdOf } from "./even-shards.js";
import { acceptAll, type RecordedPutRecords } from "./scripted-answers.js";

/** One step of a {@link ScriptedTransport}'s script. */
export type TransportStep = Step<RecordedPutRecords, PutRecordsAnswer>;

/** A PutRecords call that waits for the test. */
export type HeldPutRecords = HeldCall<RecordedPutRecords, PutRecordsAnswer>;

/**
 * A {@link Transport} that answers by the test's script and records every request. Without a script it accepts
 * everything into `shardId-000000000000`.
 *
 * @example
 * ```ts
 * const transport = new ScriptedTransport(acceptByRange(evenShards(4)));
 * transport.next(requestFailure("ServiceUnavailable", { statusCode: 503, mayBeStored: true }), "hold");
 * // first call fails, the second waits:
 * transport.held[0]?.answer();
 * // every later one is accepted
 * ```
 */
export class ScriptedTransport implements Transport {
  readonly #script: CallScript<RecordedPutRecords, PutRecordsAnswer>;
  #inFlight = 0;
  #maxInFlight = 0;
  #closeCalls = 0;

  constructor(standing: Exclude<TransportStep, "hold"> = acceptAll(shardIdOf(0))) {
    this.#script = new CallScript(standing);
  }

  /** Every call, oldest first. */
  get requests(): readonly RecordedPutRecords[] {
    return this.#script.calls;
  }

  /** Calls that wait to be answered by hand, oldest first; answer them in any order. */
  get held(): readonly HeldPutRecords[] {
    return this.#script.held;
  }

  /** Calls without an answer yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** The highest number of calls that were without an answer at the same time. */
  get maxInFlight(): number {
    return this.#maxInFlight;
  }

  /** How often `close` was called. */
  get closeCalls(): number {
    return this.#closeCalls;
  }

  /** Adds steps for the next calls, one each. */
  next(...steps: readonly TransportStep[]): this {
    this.#script.next(...steps);
    return this;
  }

  /** Sets the step for every call that `next` does not cover. */
  always(step: TransportStep): this {
    this.#script.always(step);
    return this;
  }

  /** Rejects a request that breaks the port's contract: no entries, more than 500 entries, or a call after `close`. */
  async putRecords(request: PutRecordsRequest): Promise<PutRecordsAnswer> {
    const count = request.entries.length;
    if (this.#closeCalls > 0) throw new Error("putRecords was called after close");
    if (count < 1 || count > MAX_REQUEST_RECORDS) throw new RangeError(`a request of ${count} entries`);
    this.#inFlight++;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    try {
      return await this.#script.take({
        index: this.#script.calls.length,
        stream: { ...request.stream },
        entries: request.entries.map((entry) => ({ ...entry, data: Uint8Array.from(entry.data) })),
      });
    } finally {
      this.#inFlight--;
    }
  }

  close(): void {
    this.#closeCalls++;
  }
}
