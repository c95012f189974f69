import type { Operation } from "./operation.js";

/** Shards of an account in the largest regions. Source: "Quotas and limits", Developer Guide. */
const SHARD_LIMIT = 20_000;

/** On-demand streams of an account. Source: "Quotas and limits", Developer Guide. */
const ON_DEMAND_STREAM_LIMIT = 50;

/** Channels of an account. AWS has no number in its documents; this one is a guess. */
const CHANNEL_LIMIT = 100;

/** DescribeLimits: the limits of an account. Nothing here enforces them. */
export const describeLimits: Operation<object> = (_, { model }) => {
  const { streams, channels } = model;
  return {
    ShardLimit: SHARD_LIMIT,
    OpenShardCount: streams.reduce((sum, stream) => sum + stream.openShards.length, 0),
    OnDemandStreamCount: streams.filter(({ settings }) => settings.mode === "ON_DEMAND").length,
    OnDemandStreamCountLimit: ON_DEMAND_STREAM_LIMIT,
    ChannelCount: channels.all.length,
    ChannelCountLimit: CHANNEL_LIMIT,
  };
};
