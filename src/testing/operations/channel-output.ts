import type { Channel } from "../kinesis-model/channel-registry.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import type { JsonObject } from "./operation.js";

/** The common fields of a channel's description and summary. */
function stateOutput({ name, arn, id, createdAt, busyUntil, busyStatus }: Channel, now: number): JsonObject {
  return {
    ChannelName: name,
    ChannelARN: arn,
    ChannelId: id,
    ChannelStatus: now < busyUntil ? busyStatus : "ACTIVE",
    ChannelCreationTimestamp: createdAt / 1000,
  };
}

/** A stream of a channel, with the time of its creation while it exists. */
function streamOutput<Stream extends { readonly StreamARN: string }>(stream: Stream, model: KinesisModel): JsonObject {
  const { StreamARN: arn } = stream;
  const createdAt = model.find(arn.slice(arn.indexOf("/") + 1))?.identity.createdAt;
  return { ...stream, StreamCreationTimestamp: createdAt === undefined ? undefined : createdAt / 1000 };
}

/** The API's ChannelDescription structure, in its answer. */
export function channelDescriptionOutput(channel: Channel, model: KinesisModel, now: number): JsonObject {
  const { StreamConfigurationList: streams, ...rest } = channel.configuration;
  return {
    ChannelDescription: {
      ...stateOutput(channel, now),
      ...rest,
      StreamConfigurationList: streams.map((stream) => streamOutput(stream, model)),
    },
  };
}

/** The API's ChannelSummary structure. */
export function channelSummaryOutput(channel: Channel, model: KinesisModel, now: number): JsonObject {
  const { S3DestinationConfiguration: s3, StreamConfigurationList: streams } = channel.configuration;
  return {
    ...stateOutput(channel, now),
    ChannelDestinationType: s3 === undefined ? "S3_TABLES" : "S3",
    Streams: streams.map(({ StreamARN }) => streamOutput({ StreamARN }, model)),
  };
}
