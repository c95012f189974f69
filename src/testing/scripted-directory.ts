import type {
  RequestFailure,
  ShardDescription,
  ShardSelection,
  ShardsAnswer,
  StreamDirectory,
  StreamRef,
  StreamSummary,
} from "../core/ports.js";
import { CallScript } from "./call-script.js";
import { evenShards } from "./even-shards.js";

/** A `listShards` call as it was made. */
export interface RecordedListShards {
  readonly stream: StreamRef;
  readonly selection: ShardSelection;
}

/** A `describeStream` call as it was made. */
export interface RecordedDescribeStream {
  readonly stream: StreamRef;
}

/** What a stream's summary says; fields that are not given keep their value. */
export type SummaryFields = Partial<Omit<StreamSummary, "kind">>;

/** What a {@link ScriptedDirectory} knows at first. */
export interface ScriptedDirectoryOptions {
  /** Open and closed shards; one open shard by default. */
  readonly shards?: readonly ShardDescription[];
  readonly summary?: SummaryFields;
}

/**
 * A {@link StreamDirectory} that answers as a test scripts it and records every call. Without a script it tells the
 * shards and the summary it was given, the same for every stream.
 *
 * @example
 * ```ts
 * const directory = new ScriptedDirectory({ shards: evenShards(2) });
 * directory.listings.next(requestFailure("LimitExceededException"), "hold");
 * directory.setShards(evenShards(4, 2));
 * directory.listings.held[0]?.answer(); // tells the four shards
 * ```
 */
export class ScriptedDirectory implements StreamDirectory {
  /** The script for `listShards`, and its calls. */
  readonly listings: CallScript<RecordedListShards, ShardsAnswer>;
  /** The script for `describeStream`, and its calls. */
  readonly summaries: CallScript<RecordedDescribeStream, StreamSummary | RequestFailure>;
  #shards: readonly ShardDescription[];
  #summary: StreamSummary;

  constructor({ shards = evenShards(1), summary = {} }: ScriptedDirectoryOptions = {}) {
    this.#shards = shards;
    this.#summary = { kind: "summary", recordDistribution: "USER_PARTITION_KEY", ...summary };
    this.listings = new CallScript(({ selection }) => ({
      kind: "shards",
      shards:
        selection === "all" ? this.#shards : this.#shards.filter((shard) => shard.endingSequenceNumber === undefined),
    }));
    this.summaries = new CallScript(() => this.#summary);
  }

  /** Sets the shards that later answers tell, also those to calls that are held now. */
  setShards(shards: readonly ShardDescription[]): this {
    this.#shards = shards;
    return this;
  }

  /** Changes the summary that later answers tell. */
  setSummary(summary: SummaryFields): this {
    this.#summary = { ...this.#summary, ...summary };
    return this;
  }

  listShards(stream: StreamRef, selection: ShardSelection): Promise<ShardsAnswer> {
    return this.listings.take({ stream: { ...stream }, selection });
  }

  describeStream(stream: StreamRef): Promise<StreamSummary | RequestFailure> {
    return this.summaries.take({ stream: { ...stream } });
  }
}
