import { readToken, writeToken } from "../kinesis-model/opaque-token.js";
import { invalidArgument, ServiceError } from "../kinesis-model/service-error.js";
import { channelDescriptionOutput, channelSummaryOutput } from "./channel-output.js";
import { checkFreshness, type DestinationInput, type NamesDestination } from "./channel-settings.js";
import { requireCreation } from "./creation-time.js";
import type { Operation } from "./operation.js";

/** Channels of one answer, by default and at most. Source: "ListChannels", API Reference. */
const MAX_RESULTS = 100;

interface NamesChannel {
  readonly ChannelARN: string;
}

/** DescribeChannel. */
export const describeChannel: Operation<NamesChannel> = (input, { model, now }) =>
  channelDescriptionOutput(model.channels.find(input.ChannelARN), model, now);

/** DeleteChannel: the channel is gone when the answer comes. */
export const deleteChannel: Operation<NamesChannel> = (input, { model }) => {
  model.channels.remove(model.channels.find(input.ChannelARN));
  return undefined;
};

interface ListInput {
  readonly StreamFilter?: readonly { readonly StreamARN: string; readonly StreamCreationTimestamp?: number }[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** ListChannels: in the order of their names, page by page. */
export const listChannels: Operation<ListInput> = (input, { model, now }) => {
  const { StreamFilter: filter, MaxResults: maxResults = MAX_RESULTS, NextToken: token } = input;
  const resumed = token === undefined ? undefined : readToken(token, ["string"]);
  if (token !== undefined && resumed === undefined) throw invalidArgument("Invalid NextToken.");
  const after = resumed?.[0] as string | undefined;
  for (const stream of filter ?? []) requireCreation(stream, model.streamByArn(stream.StreamARN));
  const channels = model.channels.all.filter(
    ({ name, configuration }) =>
      (after === undefined || name > after) &&
      (filter === undefined ||
        configuration.StreamConfigurationList.some((own) => filter.some((by) => by.StreamARN === own.StreamARN))),
  );
  const page = channels.slice(0, Math.min(maxResults, MAX_RESULTS));
  return {
    ChannelSummaries: page.map((channel) => channelSummaryOutput(channel, model, now)),
    NextToken: page.length < channels.length ? writeToken([page.at(-1)?.name ?? ""]) : undefined,
  };
};

interface UpdateInput extends NamesChannel, NamesDestination {
  readonly LoggingConfiguration?: object;
}

/** UpdateChannel: the freshness and the logging; the destination itself stays. */
export const updateChannel: Operation<UpdateInput> = (input, { model, now }) => {
  const channel = model.channels.find(input.ChannelARN);
  const { name, busyUntil, configuration } = channel;
  if (now < busyUntil) throw new ServiceError("ResourceInUseException", `Channel ${name} is not ACTIVE.`);
  const changed = {
    ...changedDestination("S3DestinationConfiguration", input, configuration),
    ...changedDestination("S3TablesDestinationConfiguration", input, configuration),
    ...(input.LoggingConfiguration === undefined ? {} : { LoggingConfiguration: input.LoggingConfiguration }),
  };
  model.channels.update(channel, { ...configuration, ...changed }, now + model.timing.updateMs);
  return channelDescriptionOutput(channel, model, now);
};

function changedDestination(
  member: keyof NamesDestination,
  input: NamesDestination,
  present: { readonly [Name in keyof NamesDestination]?: object },
): NamesDestination {
  const change = input[member];
  if (change === undefined) return {};
  if (present[member] === undefined) throw invalidArgument(`The channel has another destination than ${member}.`);
  checkFreshness(change);
  return { [member]: { ...(present[member] as DestinationInput), ...change } };
}
