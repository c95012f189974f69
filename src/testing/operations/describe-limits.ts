import { InputFields } from "./input-fields.js";
import type { Operation } from "./operation.js";

/** Shards of an account in the largest regions. Source: "Quotas and limits", Developer Guide. */
const SHARD_LIMIT = 20_000;

/** On-demand streams of an account. Source: "Quotas and limits", Developer Guide. */
const ON_DEMAND_STREAM_LIMIT = 50;

/** DescribeLimits: the limits of an account. Nothing here enforces them. */
export const describeLimits: Operation = (input, { model }) => {
  new InputFields(input).done();
  const { streams } = model;
  return {
    ShardLimit: SHARD_LIMIT,
    OpenShardCount: streams.reduce((sum, stream) => sum + stream.openShards.length, 0),
    OnDemandStreamCount: streams.filter(({ settings }) => settings.mode === "ON_DEMAND").length,
    OnDemandStreamCountLimit: ON_DEMAND_STREAM_LIMIT,
  };
};
