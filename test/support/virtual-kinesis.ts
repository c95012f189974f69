import type {
  EntryAnswer,
  EntryRefused,
  KinesisRecord,
  PutRecordsAnswer,
  PutRecordsRequest,
  RequestFailure,
  ShardDescription,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamRef,
  StreamSummary,
  Transport,
} from "../../src/core/ports.js";
import { hashPartitionKey, hashWordsToBigInt, newHashWords } from "../../src/core/shards/hash-key.js";
import { evenHashRanges } from "../../src/testing/even-shards.js";
import type { ManualClock } from "../../src/testing/manual-clock.js";

import { type RecreateStep, rangesOf, VirtualCreations, type VirtualShard } from "./virtual-creations.js";

export type { VirtualShard };

/** The result of one request. */
export interface Fate {
  /**
   * `lost`: stored, but never answered. `refused`: not stored, and answered so. `silent`: not stored, outcome unknown.
   */
  readonly kind: "answered" | "lost" | "refused" | "silent";
  readonly code?: string;
  /** Refuses entry i with the refusal at i modulo its length, if that is defined. */
  readonly refusals?: readonly (EntryRefused | undefined)[];
}

/** A request that the test has not answered yet. */
export interface HeldRequest {
  readonly at: number;
  readonly entries: readonly KinesisRecord[];
  /** Stores now. The answer follows when {@link answer} is called, whatever its fate. */
  answer(fate: Fate): void;
  /** Stores now. The answer follows when {@link answer} is called, with any fate. */
  store(fate: Fate): void;
}

/** A list of shards that the producer received. */
export interface ToldList {
  /** The creation of the stream that it shows. */
  readonly creation: number;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  readonly toldAt: number;
  /** `toldAt` in the clock's own milliseconds. */
  readonly toldAtNow: number;
  readonly shards: ReadonlySet<string>;
}

export interface HeldListing {
  readonly selection: ShardSelection;
  readonly version: number;
  /** Answers with the shards of an earlier moment: `lag` listings ago, at most as old as the stream. */
  answer(lag: number): void;
  fail(failure: RequestFailure): void;
}

const scratch = newHashWords();

function copyOf(entry: KinesisRecord): KinesisRecord {
  return { ...entry, data: Uint8Array.from(entry.data) };
}

function hashOf(entry: KinesisRecord): bigint {
  if (entry.explicitHashKey !== undefined) return BigInt(entry.explicitHashKey);
  hashPartitionKey(entry.partitionKey as string, scratch);
  return hashWordsToBigInt(scratch);
}

/** A stream with exact ranges that may be resharded at any moment. Its answers and listings wait for the test. */
export class VirtualKinesis implements Transport, StreamDirectory {
  readonly requests: HeldRequest[] = [];
  readonly listings: HeldListing[] = [];
  /** Answers at once. */
  isCalm = false;
  /** Ignores keys: an entry lands in any shard. */
  isAuto = false;
  /** Called for every Kinesis record that arrives, with the open shard of its hash key. */
  onArrival: (entry: KinesisRecord, shard: VirtualShard) => void = () => undefined;
  onRequest: (entries: readonly KinesisRecord[]) => void = () => undefined;
  readonly told: ToldList[] = [];
  /** Whether a listing failed, or returned shards of an earlier moment. */
  hasMisled = false;
  /** Duration of the slowest listing, by the clock's own time. */
  slowestListingMs = 0;
  summary: StreamSummary | RequestFailure = { kind: "summary", recordDistribution: "USER_PARTITION_KEY" };
  readonly readsAtOnce: boolean;
  readonly #clock: ManualClock;
  readonly #creations = new VirtualCreations();
  /** The open shards after each change, the first state first. */
  readonly #history: VirtualShard[][] = [];
  #sequence = 0;

  constructor(clock: ManualClock, shardCount: number, readsAtOnce: boolean) {
    this.#clock = clock;
    this.readsAtOnce = readsAtOnce;
    for (const { first, last } of evenHashRanges(shardCount)) this.#open(first, last, []);
    this.#remember();
  }

  /** The shards of the present stream. */
  get shards(): readonly VirtualShard[] {
    return this.#creations.shards;
  }

  /** The shards of every creation, the oldest first. */
  get everyShard(): readonly VirtualShard[] {
    return this.#creations.everyShard;
  }

  get open(): VirtualShard[] {
    return this.shards.filter((shard) => shard.isOpen).sort((a, b) => (a.first < b.first ? -1 : 1));
  }

  /** Splits the n-th open shard: in the middle, or so that `at` is the first hash key of the second child. */
  split(index: number, at?: bigint): void {
    const open = this.open;
    const shard = open[index % open.length] as VirtualShard;
    const middle = at !== undefined && at > shard.first && at <= shard.last ? at : (shard.first + shard.last + 1n) / 2n;
    if (middle <= shard.first) return;
    shard.isOpen = false;
    this.#open(shard.first, middle - 1n, [shard.shardId]);
    this.#open(middle, shard.last, [shard.shardId]);
    this.#remember();
  }

  /** Merges the n-th open shard with the next one. */
  merge(index: number): void {
    const open = this.open;
    if (open.length < 2) return;
    const at = index % (open.length - 1);
    const [left, right] = [open[at] as VirtualShard, open[at + 1] as VirtualShard];
    left.isOpen = false;
    right.isOpen = false;
    this.#open(left.first, right.last, [left.shardId, right.shardId]);
    this.#remember();
  }

  /** Deletes the stream and creates another with its name. */
  recreate(step: RecreateStep): void {
    this.#creations.begin();
    for (const { first, last } of rangesOf(step)) this.#open(first, last, []);
    this.#remember();
  }

  /** Changes the distribution of records to AUTO. Later descriptions of the stream show it. */
  goAuto(): void {
    this.isAuto = true;
    if (this.summary.kind === "summary") this.summary = { kind: "summary", recordDistribution: "AUTO" };
  }

  putRecords(request: PutRecordsRequest): Promise<PutRecordsAnswer> {
    const entries = this.readsAtOnce ? request.entries.map(copyOf) : request.entries;
    this.onRequest(entries);
    for (const entry of entries) this.onArrival(entry, this.#shardOf(entry));
    if (this.isCalm) return Promise.resolve(this.#carryOut(entries, { kind: "answered" }));
    return new Promise((resolve) => {
      let early: PutRecordsAnswer | undefined;
      const held: HeldRequest = {
        at: this.#clock.now(),
        entries,
        store: (fate) => {
          early ??= this.#carryOut(entries, fate);
        },
        answer: (fate) => {
          remove(this.requests, held);
          resolve(early ?? this.#carryOut(entries, fate));
        },
      };
      this.requests.push(held);
    });
  }

  listShards(_: StreamRef, selection: ShardSelection): Promise<ShardsAnswer> {
    const askedAt = this.#clock.epochNow();
    const tell = (version: number): ShardsAnswer => {
      const answer = this.#list(selection, version);
      const shards = new Set(answer.shards.map(({ shardId }) => shardId));
      const [{ creation }] = this.#history[version] as [VirtualShard];
      const toldAt = this.#clock.epochNow();
      this.told.push({ creation, askedAt, toldAt, toldAtNow: this.#clock.now(), shards });
      if (version < this.#history.length - 1) this.hasMisled = true;
      return answer;
    };
    if (this.isCalm) return Promise.resolve(tell(this.#history.length - 1));
    const askedAtNow = this.#clock.now();
    return new Promise((resolve) => {
      const end = (): void => {
        remove(this.listings, held);
        this.slowestListingMs = Math.max(this.slowestListingMs, this.#clock.now() - askedAtNow);
      };
      const held: HeldListing = {
        selection,
        version: this.#history.length - 1,
        answer: (lag) => {
          end();
          resolve(tell(Math.max(0, this.#history.length - 1 - lag)));
        },
        fail: (failure) => {
          this.hasMisled = true;
          end();
          resolve(failure);
        },
      };
      this.listings.push(held);
    });
  }

  describeStream(): Promise<StreamSummary | RequestFailure> {
    return Promise.resolve(this.summary);
  }

  #shardOf(entry: KinesisRecord): VirtualShard {
    if (this.isAuto) {
      const { open } = this;
      return open[(this.#sequence * 7 + entry.data.length) % open.length] as VirtualShard;
    }
    const hash = hashOf(entry);
    return this.shards.find(({ isOpen, first, last }) => isOpen && hash >= first && hash <= last) as VirtualShard;
  }

  #carryOut(
    entries: readonly KinesisRecord[],
    { kind, code = "InternalFailure", refusals = [] }: Fate,
  ): PutRecordsAnswer {
    if (kind === "refused") return { kind: "failed", code, message: "refused", statusCode: 400, mayBeStored: false };
    if (kind === "silent") return { kind: "failed", code, message: "silent", statusCode: 503, mayBeStored: true };
    const answers = entries.map((entry, i): EntryAnswer => {
      const refusal = refusals[i % refusals.length];
      if (refusal !== undefined) return refusal;
      const shard = this.#shardOf(entry);
      const sequenceNumber = shard.numbering.at(++this.#sequence, this.#clock.epochNow());
      shard.stored.push({ entry: copyOf(entry), sequenceNumber });
      return { shardId: shard.shardId, sequenceNumber };
    });
    if (kind === "lost") return { kind: "failed", code: "ECONNRESET", message: "lost", mayBeStored: true };
    return { kind: "answered", entries: answers };
  }

  #open(first: bigint, last: bigint, parents: readonly string[]): void {
    this.#creations.open({ first, last, parents, epochMs: this.#clock.epochNow() });
  }

  #remember(): void {
    this.#history.push(this.open);
  }

  #list(selection: ShardSelection, version: number): Extract<ShardsAnswer, { kind: "shards" }> {
    const shown = this.#history[version] as VirtualShard[];
    const siblings = this.#creations.siblingsOf(shown[0] as VirtualShard);
    const newest = Math.max(...shown.map((shard) => siblings.indexOf(shard)));
    const all = selection === "open" ? shown : siblings.slice(0, newest + 1);
    return { kind: "shards", shards: all.map((shard) => this.#describe(shard, shown.includes(shard))) };
  }

  #describe({ shardId, first, last, parents, numbering }: VirtualShard, isShownOpen: boolean): ShardDescription {
    const [parentShardId, adjacentParentShardId] = parents;
    return {
      shardId,
      startingHashKey: String(first),
      endingHashKey: String(last),
      startingSequenceNumber: numbering.starting(),
      ...(parentShardId === undefined ? {} : { parentShardId }),
      ...(adjacentParentShardId === undefined ? {} : { adjacentParentShardId }),
      ...(isShownOpen ? {} : { endingSequenceNumber: numbering.ending(0) }),
    };
  }
}

function remove<T>(from: T[], item: T): void {
  const index = from.indexOf(item);
  if (index >= 0) from.splice(index, 1);
}
