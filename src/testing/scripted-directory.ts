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
import { checkOptionsObject } from "./options-object.js";

/** A recorded `listShards` call. */
export interface RecordedListShards {
  readonly stream: StreamRef;
  readonly selection: ShardSelection;
}

/** A recorded `describeStream` call. */
export interface RecordedDescribeStream {
  readonly stream: StreamRef;
}

/** Fields of a stream's summary; absent fields keep their value. */
export type SummaryFields = Partial<Omit<StreamSummary, "kind">>;

/** Options of a {@link ScriptedDirectory}: its first answers. */
export interface ScriptedDirectoryOptions {
  /** Open and closed shards; one open shard by default. */
  readonly shards?: readonly ShardDescription[];
  readonly summary?: SummaryFields;
}

/**
 * A {@link StreamDirectory} that answers by the test's script and records every call. Without a script it returns its
 * shards and its summary, the same for every stream.
 *
 * @example
 * ```ts
 * const directory = new ScriptedDirectory({ shards: evenShards(2) });
 * directory.listings.next(requestFailure("LimitExceededException"), "hold");
 * directory.setShards(evenShards(4, 2));
 * directory.listings.held[0]?.answer(); // returns the four shards
 * ```
 */
export class ScriptedDirectory implements StreamDirectory {
  /** The script for `listShards`, and its calls. */
  readonly listings: CallScript<RecordedListShards, ShardsAnswer>;
  /** The script for `describeStream`, and its calls. */
  readonly summaries: CallScript<RecordedDescribeStream, StreamSummary | RequestFailure>;
  #shards: readonly ShardDescription[];
  #summary: StreamSummary;

  constructor(options: ScriptedDirectoryOptions = {}) {
    checkOptionsObject(options, "ScriptedDirectory");
    const { shards = evenShards(1), summary = {} } = options;
    this.#shards = shards;
    this.#summary = { kind: "summary", recordDistribution: "USER_PARTITION_KEY", ...summary };
    this.listings = new CallScript(({ selection }) => ({
      kind: "shards",
      shards:
        selection === "all" ? this.#shards : this.#shards.filter((shard) => shard.endingSequenceNumber === undefined),
    }));
    this.summaries = new CallScript(() => this.#summary);
  }

  /** Sets the shards of later answers, including those to calls that are held now. */
  setShards(shards: readonly ShardDescription[]): this {
    this.#shards = shards;
    return this;
  }

  /** Changes the summary of later answers. */
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
