import { randomInt } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import type { _Record } from "@aws-sdk/client-kinesis";
import { ShardFamily } from "../core/shards/shard-family.js";
import { type DeaggregatedRecord, deaggregateAll } from "../deaggregate/index.js";
import { Backoff } from "./backoff.js";
import { BatchQueue } from "./batch-queue.js";
import type { ResolvedReadOptions, StreamRecord } from "./read-options.js";
import { waitBeforeRead } from "./read-pace.js";
import { ShardCursor } from "./shard-cursor.js";
import {
  filterFor,
  namedShards,
  positionIn,
  type ReadableShard,
  SHARD_BEGINNING,
  shardsToRead,
} from "./starting-position.js";
import { type ShardAnswer, StreamCalls } from "./stream-calls.js";

/** An answer of GetRecords that has records. */
interface Batch {
  readonly shard: ReadableShard;
  readonly records: readonly _Record[];
}

/**
 * How the reading of a shard ended: at the end of a closed shard, with the children in its last answer, or caught up.
 */
type ShardEnd = { readonly children: readonly ReadableShard[] } | "caught-up";

/** One iteration over a stream. */
export class StreamReading {
  readonly #options: ResolvedReadOptions;
  readonly #calls: StreamCalls;
  readonly #queue: BatchQueue<Batch>;
  readonly #family = new ShardFamily<ReadableShard>();
  /** Aborts calls and waits, at the caller's signal, the end of the iteration, or the first error. */
  readonly #end = new AbortController();
  readonly #startedAt: number = performance.now();
  #error: { readonly reason: unknown } | undefined;

  constructor(options: ResolvedReadOptions) {
    this.#options = options;
    this.#queue = new BatchQueue(options.readAhead);
    this.#calls = new StreamCalls(options.client, options.stream, this.#end.signal, options.requestTimeoutMs);
    // Every call and wait of every shard adds a listener.
    setMaxListeners(0, this.#end.signal);
  }

  async *records(): AsyncGenerator<StreamRecord, void, undefined> {
    const { signal, streamName } = this.#options;
    if (signal?.aborted) return;
    const stop = (): void => this.#stop();
    signal?.addEventListener("abort", stop, { once: true });
    const reading = this.#readFromStart();
    try {
      for (;;) {
        const batch = await this.#queue.take();
        if (batch === undefined || signal?.aborted) break;
        const place = { shardId: batch.shard.shardId, streamName };
        for (const record of this.#userRecords(batch)) {
          if (signal?.aborted) return;
          yield Object.assign(record, place);
        }
      }
      if (this.#error !== undefined && !signal?.aborted) throw this.#error.reason;
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#stop();
      await reading;
    }
  }

  #userRecords({ shard, records }: Batch): Iterable<DeaggregatedRecord> {
    const { deaggregate, verifyChecksum, maxDecompressedBytes, codecs, onDropped } = this.#options;
    if (!deaggregate) return records.map(kinesisRecord);
    return deaggregateAll(records, {
      shardRange: shard.range,
      verifyChecksum,
      maxDecompressedBytes,
      codecs,
      onDropped,
    });
  }

  #stop(): void {
    this.#end.abort();
    this.#queue.close();
  }

  /** Never rejects: the iteration ends with the first error. */
  async #readFromStart(): Promise<void> {
    await this.#untilError(async () => {
      const { from, shardIds } = this.#options;
      const listed = await this.#retrying(() => this.#calls.listShards(filterFor(from)));
      const all = shardsToRead(from, listed);
      const shards = shardIds === undefined ? all : namedShards(shardIds, all);
      this.#family.add(shards);
      const atStart = new Set(shards.map(({ shardId }) => shardId));
      await this.#readReady(atStart);
    });
    this.#queue.close();
  }

  async #untilError(read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (reason) {
      if (!this.#end.signal.aborted) this.#error = { reason };
      this.#stop();
    }
  }

  /** Reads the shards that may be read now, and then the shards that become ready when they end. */
  async #readReady(atStart: ReadonlySet<string>): Promise<void> {
    const reads = this.#family.takeReady().map((shard) =>
      this.#untilError(async () => {
        const end = await this.#readShard(shard, atStart.has(shard.shardId));
        // This shard was left before its end, so its children may not be read: their records would come too early.
        if (end === "caught-up") return;
        if (this.#options.shardIds === undefined) await this.#adopt(shard, end.children);
        this.#family.markRead(shard.shardId);
        await this.#readReady(atStart);
      }),
    );
    await Promise.all(reads);
  }

  async #readShard(shard: ReadableShard, isFromStart: boolean): Promise<ShardEnd> {
    const { from, maxRecordsPerCall, maxAttempts, pollMs, untilEnd } = this.#options;
    const position = isFromStart ? positionIn(shard.shardId, from) : SHARD_BEGINNING;
    const cursor = new ShardCursor(this.#calls, shard.shardId, position, maxRecordsPerCall);
    await this.#retrying(() => cursor.open());
    const backoff = new Backoff(maxAttempts);
    while (await this.#queue.reserve()) {
      const startedAt = performance.now();
      let answer: ShardAnswer;
      try {
        answer = await cursor.read();
      } catch (error) {
        // Other shards may read while this one waits.
        this.#queue.release();
        await this.#wait(backoff.waitAfter(error, random));
        continue;
      }
      backoff.reset();
      const { records, millisBehind, nextIterator, children } = answer;
      if (records.length === 0) this.#queue.release();
      else this.#queue.push({ shard, records });
      const isEnd = nextIterator === undefined;
      if (isEnd && (children.length > 0 || (await this.#isParent(shard)))) return { children };
      if (!isEnd && untilEnd && this.#isPastStart(millisBehind, startedAt)) return "caught-up";
      const facts = {
        startedAt,
        answeredAt: performance.now(),
        bytes: bytesOf(records),
        isCaughtUp: isEnd || millisBehind === 0,
      };
      await this.#wait(waitBeforeRead(facts, pollMs, random()));
    }
    return "caught-up";
  }

  /**
   * Whether a shard has children; only then it has really ended. An answer may have lost its iterator in transit, and
   * some emulators return no children at the end.
   */
  async #isParent({ shardId }: ReadableShard): Promise<boolean> {
    const listed = await this.#retrying(() => this.#calls.listShards(undefined));
    return listed.some(({ parentShardIds }) => parentShardIds.includes(shardId));
  }

  /**
   * Whether all unread records arrived after the start. Both values are spans, so the clocks need not agree. The
   * service measures its span after the call began, and cuts it to whole milliseconds.
   */
  #isPastStart(millisBehind: number | undefined, callStartedAt: number): boolean {
    if (millisBehind === undefined) return false;
    return millisBehind === 0 || millisBehind + 1 <= callStartedAt - this.#startedAt;
  }

  /**
   * Adds the children of an ended shard to the family, together with their other parents that are still to be read.
   * After a merge, such a parent may be a shard that no answer has named yet: a child of a shard that is being read.
   *
   * A closed shard has children. A listing without them is stale, and is requested again.
   */
  async #adopt({ shardId }: ReadableShard, told: readonly ReadableShard[]): Promise<void> {
    const knowsParents = told.every(({ parentShardIds }) => parentShardIds.every((id) => this.#family.has(id)));
    if (told.length > 0 && knowsParents) return this.#family.add(told);
    for (;;) {
      const listed = await this.#retrying(() => this.#calls.listShards(undefined));
      const isKnown =
        told.length > 0
          ? told.every((child) => listed.some((shard) => shard.shardId === child.shardId))
          : listed.some(({ parentShardIds }) => parentShardIds.includes(shardId));
      if (isKnown) return this.#family.addDescendants(listed);
      await this.#wait(this.#options.pollMs);
    }
  }

  async #retrying<Result>(call: () => Promise<Result>): Promise<Result> {
    const backoff = new Backoff(this.#options.maxAttempts);
    for (;;) {
      try {
        return await call();
      } catch (error) {
        await this.#wait(backoff.waitAfter(error, random));
      }
    }
  }

  /** @throws the abort reason, when the end comes first */
  #wait(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.#end.signal });
  }
}

function kinesisRecord(record: _Record): DeaggregatedRecord {
  const { Data, PartitionKey, SequenceNumber, ApproximateArrivalTimestamp } = record;
  return {
    data: Data ?? new Uint8Array(),
    subSequenceNumber: 0,
    aggregated: false,
    ...(PartitionKey === undefined ? {} : { partitionKey: PartitionKey }),
    ...(SequenceNumber === undefined ? {} : { sequenceNumber: SequenceNumber }),
    ...(ApproximateArrivalTimestamp === undefined ? {} : { approximateArrivalTimestamp: ApproximateArrivalTimestamp }),
  };
}

function bytesOf(records: readonly _Record[]): number {
  return records.reduce((sum, { Data, PartitionKey }) => sum + (Data?.length ?? 0) + (PartitionKey?.length ?? 0), 0);
}

/** Only for spreading calls. */
function random(): number {
  return randomInt(1024) / 1024;
}
