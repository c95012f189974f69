import { invalidArgument } from "../kinesis-model/service-error.js";
import { MAX_SHARDS } from "../kinesis-model/stream-settings.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { requireProvisioned, tooManyShards } from "./stream-changes.js";

/** UpdateShardCount: at most twice and at least half the open shards; complete after the time in the model's timing. */
export const updateShardCount: Operation<NamesStream & { readonly TargetShardCount: number }> = (
  input,
  { model, now },
) => {
  const { TargetShardCount: target } = input;
  const stream = findStream(input, model);
  requireProvisioned(stream);
  stream.requireActive();
  const current = stream.openShards.length;
  const counts = `Current open shard count: ${current} Target shard count: ${target}`;
  if (target > current * 2) {
    throw invalidArgument(`UpdateShardCount cannot scale up over double your current open shard count. ${counts}`);
  }
  if (target > MAX_SHARDS) throw tooManyShards(target);
  if (target < current / 2) {
    throw invalidArgument(`UpdateShardCount cannot scale down below half your current open shard count. ${counts}`);
  }
  model.reshardLater(stream, now, (at) => stream.updateShardCount(target, at));
  return {
    StreamName: stream.identity.name,
    StreamARN: stream.identity.arn,
    CurrentShardCount: current,
    TargetShardCount: target,
  };
};
