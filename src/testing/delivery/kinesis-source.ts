import { setTimeout as delay } from "node:timers/promises";
import type { ReadStreamOptions, StreamRecord } from "../../reader/index.js";
import { show } from "../../wording/shown-value.js";
import { wholeNumberProblem } from "../../wording/whole-number.js";
import type { KinesisSourceRecord } from "./kpl-records.js";

/** The stream that a delivery stream reads. */
export interface StreamSource {
  /** A `KinesisClient` of the caller, who destroys it after `close`. For a `LocalKinesis`: its `clientConfig()`. */
  readonly client: ReadStreamOptions["client"];
  readonly streamName: string;
  /**
   * Where to begin: with the oldest record, with records that arrive after `start`, or with those of a time and later. Firehose
   * itself begins with new records, `LATEST`.
   * @defaultValue "TRIM_HORIZON"
   */
  readonly from?: "TRIM_HORIZON" | "LATEST" | { readonly timestamp: Date } | undefined;
  /**
   * Milliseconds between two passes over the shards, 200 to 60000. `idle` and `flush` do not wait for the next pass.
   * @defaultValue 1000
   */
  readonly pollMs?: number | undefined;
}

/** The longest pause after passes that failed. */
const MAX_PAUSE_MS = 10_000;

/** @throws RangeError that names the option, the limit and the value */
export function checkStreamSource(source: StreamSource): void {
  const { client, streamName, from = "TRIM_HORIZON", pollMs = 1_000, ...unknown } = source ?? {};
  for (const name of Object.keys(unknown)) {
    throw new RangeError(`source has no option ${show(name)}; known are client, streamName, from, pollMs`);
  }
  if (typeof client?.send !== "function")
    throw new RangeError(`source.client must be a KinesisClient, got ${show(client)}`);
  if (typeof streamName !== "string" || streamName === "") {
    throw new RangeError(`source.streamName must be the name of a stream, got ${show(streamName)}`);
  }
  const isPosition =
    typeof from === "object"
      ? from?.timestamp instanceof Date && !Number.isNaN(from.timestamp.getTime())
      : from === "TRIM_HORIZON" || from === "LATEST";
  if (!isPosition) {
    throw new RangeError(`source.from must be TRIM_HORIZON, LATEST or { timestamp }, got ${show(from)}`);
  }
  const problem = wholeNumberProblem("source.pollMs", pollMs, 200, 60_000);
  if (problem !== undefined) throw new RangeError(problem);
}

/** Receives what a source reads. */
export interface SourceSink {
  /** Takes one Kinesis record; the source waits for it. */
  take(record: KinesisSourceRecord): Promise<void>;
  /** A pass failed; the source goes on after a pause. */
  failed(error: unknown, attempt: number): void;
}

/**
 * Reads a stream in passes: each reads all shards to the end that they had when it began, with `readStream`, parents before
 * children, and goes on behind the records that were taken. So the end of a pass says that every record from before its
 * beginning was taken, and a pass that fails loses nothing.
 */
export class KinesisSource {
  readonly #source: StreamSource;
  readonly #sink: SourceSink;
  readonly #end = new AbortController();
  /** The sequence number of the last record that was taken, by shard. */
  readonly #taken: Record<string, string> = {};
  /** Records that arrived before are not wanted. */
  #notBefore: number | undefined;
  #passes: Promise<void> | undefined;
  #caughtUpWaiters: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] = [];
  #wake = new AbortController();

  constructor(source: StreamSource, sink: SourceSink) {
    this.#source = source;
    this.#sink = sink;
  }

  /** Begins. @param epochNow - `LATEST` is this moment */
  async start(epochNow: number): Promise<void> {
    const { from } = this.#source;
    if (from === "LATEST") this.#notBefore = epochNow;
    else if (typeof from === "object") this.#notBefore = Number(from.timestamp);
    // Loaded here, so that the other tools for tests do not load the SDK's client.
    const { readStream } = await import("../../reader/index.js");
    this.#passes = this.#readOn(readStream);
  }

  /** Resolves when all records that are in the stream now were taken; rejects when the source is stopped before. */
  caughtUp(): Promise<void> {
    if (this.#end.signal.aborted) return Promise.reject(this.#end.signal.reason);
    const promise = new Promise<void>((resolve, reject) => this.#caughtUpWaiters.push({ resolve, reject }));
    this.#wake.abort();
    return promise;
  }

  /** Stops reading. Resolves when no record will be handed over any more. */
  async stop(reason: Error): Promise<void> {
    this.#end.abort(reason);
    this.#wake.abort();
    await this.#passes;
    for (const { reject } of this.#caughtUpWaiters.splice(0)) reject(reason);
  }

  /** Never rejects. */
  async #readOn(readStream: (options: ReadStreamOptions) => AsyncIterable<StreamRecord>): Promise<void> {
    let failures = 0;
    while (!this.#end.signal.aborted) {
      this.#wake = new AbortController();
      const waiters = this.#caughtUpWaiters.splice(0);
      try {
        await this.#pass(readStream);
        failures = 0;
        if (!this.#end.signal.aborted) for (const { resolve } of waiters.splice(0)) resolve();
      } catch (error) {
        if (!this.#end.signal.aborted) this.#sink.failed(error, ++failures);
      }
      this.#caughtUpWaiters.unshift(...waiters);
      // A caller that waits hurries an ordinary pause, not the pause after a failure.
      if (failures === 0 && this.#caughtUpWaiters.length > 0) continue;
      await this.#pause(failures);
    }
  }

  async #pass(readStream: (options: ReadStreamOptions) => AsyncIterable<StreamRecord>): Promise<void> {
    const { client, streamName } = this.#source;
    const isFirst = Object.keys(this.#taken).length === 0;
    const from =
      isFirst && this.#notBefore !== undefined
        ? { timestamp: new Date(this.#notBefore) }
        : { after: { ...this.#taken } };
    const { signal } = this.#end;
    for await (const record of readStream({ client, streamName, from, signal, untilEnd: true, deaggregate: false })) {
      const taken = kinesisRecordOf(record);
      if (this.#isWanted(taken)) await this.#sink.take(taken);
      this.#taken[taken.shardId] = taken.sequenceNumber;
    }
  }

  /** After the first pass, a shard without records is read from its beginning again, which may be before the position. */
  #isWanted({ approximateArrivalTimestamp }: KinesisSourceRecord): boolean {
    return this.#notBefore === undefined || approximateArrivalTimestamp.getTime() >= this.#notBefore;
  }

  async #pause(failures: number): Promise<void> {
    const { pollMs = 1_000 } = this.#source;
    const ms = failures === 0 ? pollMs : Math.min(MAX_PAUSE_MS, pollMs * 2 ** Math.min(failures, 10));
    const signal = failures === 0 ? this.#wake.signal : this.#end.signal;
    await delay(ms, undefined, { signal }).catch(() => {});
  }
}

/** Every record that GetRecords returns has these members. */
function kinesisRecordOf(record: StreamRecord): KinesisSourceRecord {
  const { shardId, sequenceNumber = "", partitionKey = "", data, approximateArrivalTimestamp } = record;
  return {
    shardId,
    sequenceNumber,
    partitionKey,
    data,
    approximateArrivalTimestamp: approximateArrivalTimestamp ?? new Date(0),
  };
}
