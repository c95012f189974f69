import type { StreamConsumer } from "../kinesis-model/consumer-registry.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { systemTime } from "../system-time.js";
import { findConsumer } from "./consumer-input.js";
import { InputFields, NAME_RULE } from "./input-fields.js";
import type { Operation } from "./operation.js";
import { ShardSubscription } from "./shard-subscription.js";
import { positionOf, readStartingPosition } from "./starting-position.js";

/**
 * SubscribeToShard: pushes the shard's present and future records from the position on, for five minutes
 * (`subscribeMs`).
 */
export const subscribeToShard: Operation = (input, { model, now, guard, time = systemTime }) => {
  const fields = new InputFields(input);
  const arn = fields.requiredText("ConsumerARN", { min: 1, max: 2048 });
  const shardId = fields.requiredText("ShardId", NAME_RULE);
  const startFields = fields.requiredMember("StartingPosition");
  const start = readStartingPosition(startFields, { type: "Type", sequenceNumber: "SequenceNumber" });
  fields.done();
  const { stream, consumer } = findConsumer(model, arn);
  const shard = model.usable(stream).shard(shardId);
  requireActive(stream, consumer, now);
  stream.consumers.checkFree(consumer, shardId, now);
  const position = positionOf(shard, start, now);
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
