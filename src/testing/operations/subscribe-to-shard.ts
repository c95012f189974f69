import type { StreamConsumer } from "../kinesis-model/consumer-registry.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { systemTime } from "../system-time.js";
import { findConsumer } from "./consumer-input.js";
import { endDryRun, type MayBeDryRun } from "./dry-run.js";
import type { Operation } from "./operation.js";
import { ShardSubscription } from "./shard-subscription.js";
import { type PositionType, positionOf } from "./starting-position.js";

interface Input extends MayBeDryRun {
  readonly ConsumerARN: string;
  readonly ShardId: string;
  readonly StartingPosition: {
    readonly Type: PositionType;
    readonly SequenceNumber?: string;
    readonly Timestamp?: number;
  };
}

/**
 * SubscribeToShard: pushes the shard's present and future records from the position on, for five minutes
 * (`subscribeMs`).
 */
export const subscribeToShard: Operation<Input> = (input, { model, now, guard, time = systemTime }) => {
  const { ShardId: shardId, StartingPosition: start } = input;
  const { stream, consumer } = findConsumer(model, input.ConsumerARN);
  const shard = model.usable(stream).shard(shardId);
  requireActive(stream, consumer, now);
  stream.consumers.checkFree(consumer, shardId, now);
  const { Type: type, SequenceNumber: sequenceNumber, Timestamp: timestamp } = start;
  const position = positionOf(stream, shard, { type, sequenceNumber, timestamp, operation: "SubscribeToShard" }, now);
  endDryRun(input);
  const bytesPerSecond = guard?.beforeSubscribe(consumer, shard, now) ?? Number.POSITIVE_INFINITY;
  const subscription = new ShardSubscription({ model, stream, shard, position, now, time, bytesPerSecond });
  subscription.onceOver = stream.consumers.subscribe(consumer, shardId, subscription);
  return subscription;
};

/** The service's text. Source: awslabs/kinesis-hot-shard-advisor#37, which quotes it. */
function requireActive({ identity }: StreamModel, { name, createdAt, activeAt }: StreamConsumer, now: number): void {
  if (now >= activeAt) return;
  throw new ServiceError(
    "ResourceInUseException",
    `Consumer ${name} with creation timestamp ${Math.floor(createdAt / 1000)} under stream: ${identity.name} , account ${identity.accountId} is not in ACTIVE status.`,
  );
}
