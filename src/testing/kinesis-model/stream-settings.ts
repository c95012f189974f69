import type { RecordDistribution } from "../../core/ports.js";
import { DEFAULT_MAX_RECORD_BYTES, MAX_RECORD_BYTES } from "../../quotas.js";
import { wholeNumberProblem } from "../../wording/whole-number.js";

/** The capacity mode of a stream. */
export type CapacityMode = "ON_DEMAND" | "PROVISIONED";

/** Hours that a stream keeps its records: at least, and by default. Source: "IncreaseStreamRetentionPeriod", API Reference. */
export const MIN_RETENTION_HOURS = 24;

/** Most hours that a stream keeps its records. Source: "IncreaseStreamRetentionPeriod", API Reference. */
export const MAX_RETENTION_HOURS = 8760;

/** Most shards of one stream. Source: "UpdateShardCount", API Reference. */
export const MAX_SHARDS = 10_000;

/** Shards of an on-demand stream that was created without a number. Source: "Choose the right mode for your stream". */
const ON_DEMAND_SHARDS = 4;

/** Options of a new stream. */
export interface StreamOptions {
  /** Open shards at first; 1 by default, 4 in on-demand mode. */
  readonly shards?: number;
  /** `"PROVISIONED"` by default; `"ON_DEMAND"` when the record distribution is `"AUTO"`, which needs it. */
  readonly mode?: CapacityMode;
  /** Most bytes of a record, partition key and data: whole KiB up to 10 MiB. 1 MiB by default. */
  readonly maxRecordBytes?: number;
  /** `"AUTO"`: keys are ignored and records go to the open shards in turn. `"USER_PARTITION_KEY"` by default. */
  readonly recordDistribution?: RecordDistribution;
  /** How long records can be read, in hours: 24 to 8,760. 24 by default. */
  readonly retentionHours?: number;
}

/** {@link StreamOptions} with all defaults filled in. */
export type StreamSettings = Required<StreamOptions>;

/**
 * Fills in the defaults.
 *
 * @throws RangeError when an option is out of range or contradicts another one
 */
export function resolveStreamSettings(options: StreamOptions): StreamSettings {
  const { recordDistribution = "USER_PARTITION_KEY", maxRecordBytes = DEFAULT_MAX_RECORD_BYTES } = options;
  const { mode = recordDistribution === "AUTO" ? "ON_DEMAND" : "PROVISIONED" } = options;
  const { retentionHours = MIN_RETENTION_HOURS } = options;
  const { shards = mode === "ON_DEMAND" ? ON_DEMAND_SHARDS : 1 } = options;
  checkWholeNumber("shards", shards, 1, MAX_SHARDS);
  if (maxRecordBytes % 1024 !== 0 || maxRecordBytes < 1024 || maxRecordBytes > MAX_RECORD_BYTES) {
    throw new RangeError(`maxRecordBytes must be whole KiB, 1,024 to ${MAX_RECORD_BYTES}, got ${maxRecordBytes}`);
  }
  if (recordDistribution === "AUTO" && mode !== "ON_DEMAND") {
    throw new RangeError("recordDistribution AUTO needs an on-demand stream");
  }
  checkWholeNumber("retentionHours", retentionHours, MIN_RETENTION_HOURS, MAX_RETENTION_HOURS);
  return { shards, mode, maxRecordBytes, recordDistribution, retentionHours };
}

function checkWholeNumber(name: string, value: number, min: number, max: number): void {
  const problem = wholeNumberProblem(name, value, min, max);
  if (problem !== undefined) throw new RangeError(problem);
}
