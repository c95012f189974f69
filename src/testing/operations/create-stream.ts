import type { RecordDistribution } from "../../core/ports.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { type CapacityMode, MAX_SHARDS } from "../kinesis-model/stream-settings.js";
import type { Operation } from "./operation.js";
import { tooManyShards } from "./stream-changes.js";
import { checkTags, resourceText } from "./tag-rules.js";
import { requireCommitment } from "./warm-throughput.js";

interface Input {
  readonly StreamName: string;
  readonly ShardCount?: number;
  readonly StreamModeDetails?: { readonly StreamMode: CapacityMode };
  readonly Tags?: ReadonlyMap<string, string>;
  readonly WarmThroughputMiBps?: number;
  readonly MaxRecordSizeInKiB?: number;
  readonly RecordDistributionStrategy?: RecordDistribution;
}

/**
 * CreateStream: the stream is CREATING for the time in the model's timing. Without a mode and without a shard count it is
 * on demand.
 */
export const createStream: Operation<Input> = (input, { model, now }) => {
  const { StreamName: name, ShardCount: shards, MaxRecordSizeInKiB: maxRecordKib, Tags: tags = new Map() } = input;
  const { WarmThroughputMiBps: warmThroughputMiBps, RecordDistributionStrategy: recordDistribution } = input;
  const mode = input.StreamModeDetails?.StreamMode ?? (shards === undefined ? "ON_DEMAND" : "PROVISIONED");
  checkMode(input, mode);
  if (warmThroughputMiBps !== undefined) requireCommitment(model, now);
  checkTags(tags, resourceText("stream", name, model.options.accountId), new Map());
  model.createStreamLater(
    name,
    {
      mode,
      ...(shards === undefined ? {} : { shards }),
      ...(maxRecordKib === undefined ? {} : { maxRecordBytes: maxRecordKib * 1024 }),
      ...(recordDistribution === undefined ? {} : { recordDistribution }),
    },
    now,
  );
  const stream = model.stream(name);
  stream.labels.addTags(tags);
  stream.changeFeatures({ warmThroughputMiBps });
  return undefined;
};

function checkMode(input: Input, mode: CapacityMode): void {
  const { ShardCount: shards = 1, RecordDistributionStrategy: strategy, WarmThroughputMiBps: warm } = input;
  if (shards > MAX_SHARDS) throw tooManyShards(shards);
  if (mode === "ON_DEMAND") return;
  if (strategy !== undefined) {
    throw invalidArgument("RecordDistributionStrategy is supported for streams in the on-demand capacity mode only.");
  }
  if (warm !== undefined) {
    throw invalidArgument("WarmThroughputMiBps is supported for streams in the on-demand capacity mode only.");
  }
  if (input.ShardCount === undefined) {
    throw invalidArgument("ShardCount is required for a stream in the provisioned capacity mode.");
  }
}
