import { createHash } from "node:crypto";
import type { ChannelConfiguration } from "../kinesis-model/channel-registry.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { channelDescriptionOutput } from "./channel-output.js";
import { checkFreshness, type NamesDestination, withFreshness } from "./channel-settings.js";
import type { Operation } from "./operation.js";
import { wrongMode } from "./stream-changes.js";
import { addTags, checkTags, resourceText } from "./tag-rules.js";

interface Input extends NamesDestination, Omit<ChannelConfiguration, keyof NamesDestination> {
  readonly ChannelName: string;
  readonly Tags?: ReadonlyMap<string, string>;
}

/** CreateChannel: a description of an on-demand stream's channel. It delivers nothing. */
export const createChannel: Operation<Input> = (input, { model, now }) => {
  const { ChannelName: name, Tags: tags = new Map(), ...given } = input;
  const configuration = configurationOf(given);
  checkStreams(configuration, model);
  const resource = resourceText("channel", name, model.options.accountId);
  checkTags(tags, resource, new Map());
  const { region, accountId } = model.options;
  const id = createHash("md5").update(`${region} ${accountId} ${name} ${now}`).digest("hex").slice(0, 20);
  const channel = model.channels.add({ name, id, createdAt: now, configuration }, now + model.timing.createMs);
  addTags(channel.labels, tags, resource);
  return channelDescriptionOutput(channel, model, now);
};

function configurationOf(given: Omit<Input, "ChannelName" | "Tags">): ChannelConfiguration {
  const { S3DestinationConfiguration: s3, S3TablesDestinationConfiguration: tables, ...rest } = given;
  if ((s3 === undefined) === (tables === undefined)) {
    throw invalidArgument(
      "Either S3DestinationConfiguration or S3TablesDestinationConfiguration must be provided, and not both.",
    );
  }
  for (const destination of [s3, tables]) checkFreshness(destination ?? {});
  return {
    ...rest,
    ...(s3 === undefined ? {} : { S3DestinationConfiguration: withFreshness(s3) }),
    ...(tables === undefined ? {} : { S3TablesDestinationConfiguration: withFreshness(tables) }),
  };
}

function checkStreams({ StreamConfigurationList: streams }: ChannelConfiguration, model: KinesisModel): void {
  if (streams.length > 1) throw invalidArgument(`A channel has one stream, got ${streams.length}.`);
  for (const { StreamARN } of streams) {
    const stream = model.usable(model.streamByArn(StreamARN));
    if (stream.settings.mode !== "ON_DEMAND") throw wrongMode(stream, "Provisioned");
  }
}
