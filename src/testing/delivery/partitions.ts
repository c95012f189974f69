import type { FileLane } from "./file-buffers.js";
import type { SourceRecord } from "./kpl-records.js";
import { partitionKeysOf } from "./partition-keys.js";
import { MAX_PREFIX_CHARACTERS } from "./prefix-expression.js";
import type { DeliverySettings } from "./resolve-delivery-options.js";
import type { RecordFailure } from "./transform-answer.js";

/** A record whose partition is to be found. */
export interface PlacedRecord {
  readonly source: SourceRecord;
  /** After the transform, without a delimiter. */
  readonly data: Uint8Array;
  /** `metadata.partitionKeys` of the transform's result. */
  readonly fromLambda: Readonly<Record<string, unknown>>;
}

/** Why a record has no partition. */
export interface PartitionFailure extends RecordFailure {
  readonly errorOutputType: "processing-failed" | "activePartitionExceeded";
}

/** The lane of all records without dynamic partitioning. */
const ONLY_LANE: FileLane = { id: "files", keyValues: [] };

/** Finds the partition of a record: the lane of those with the same values of the keys in the prefix. */
export class Partitions {
  readonly #settings: Pick<DeliverySettings, "prefix" | "partitioning">;
  readonly #isActive: (laneId: string) => boolean;
  readonly #activeCount: () => number;

  /**
   * @param isActive - whether a lane has data that is not written
   * @param activeCount - how many such lanes there are
   */
  constructor(
    settings: Pick<DeliverySettings, "prefix" | "partitioning">,
    isActive: (laneId: string) => boolean,
    activeCount: () => number,
  ) {
    this.#settings = settings;
    this.#isActive = isActive;
    this.#activeCount = activeCount;
  }

  laneFor({ source, data, fromLambda }: PlacedRecord): FileLane | PartitionFailure {
    const { prefix, partitioning } = this.#settings;
    if (partitioning === undefined) return ONLY_LANE;
    const { partitionKey, approximateArrivalTimestamp } = source;
    const record = { data, partitionKey, approximateArrivalTimestamp };
    const keyValues = partitionKeysOf(prefix.keys, record, partitioning.query, fromLambda);
    if ("problem" in keyValues) return extractionFailed(keyValues.problem);
    const facts = { oldestArrival: approximateArrivalTimestamp, keyValues, errorOutputType: "", random: () => 0 };
    const { length } = prefix.evaluate(facts);
    if (length > MAX_PREFIX_CHARACTERS) {
      return extractionFailed(`the prefix has ${length} characters, and at most ${MAX_PREFIX_CHARACTERS} are allowed`);
    }
    const id = `partition ${JSON.stringify(keyValues)}`;
    if (!this.#isActive(id) && this.#activeCount() >= partitioning.maxActivePartitions) {
      return {
        errorOutputType: "activePartitionExceeded",
        errorCode: "DynamicPartitioning.ActivePartitionsLimitExceeded",
        errorMessage: `The number of active partitions has reached its limit, ${partitioning.maxActivePartitions}.`,
      };
    }
    return { id, keyValues };
  }
}

function extractionFailed(errorMessage: string): PartitionFailure {
  return {
    errorOutputType: "processing-failed",
    errorCode: "DynamicPartitioning.MetadataExtractionFailed",
    errorMessage,
  };
}
