import { readToken, writeToken } from "../kinesis-model/opaque-token.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import type { Operation } from "./operation.js";
import { streamSummaryOutput } from "./stream-output.js";

/** Streams of one answer when the request has no limit. Source: "ListStreams", API Reference. */
const DEFAULT_LIMIT = 100;

interface Input {
  readonly Limit?: number;
  readonly ExclusiveStartStreamName?: string;
  readonly NextToken?: string;
}

/** ListStreams: in the order of their names, page by page. */
export const listStreams: Operation<Input> = (input, { model }) => {
  const { Limit: limit = DEFAULT_LIMIT, ExclusiveStartStreamName: startAfter, NextToken: token } = input;
  const resumed = token === undefined ? undefined : readToken(token, ["string"]);
  if (token !== undefined && resumed === undefined) throw invalidArgument("Invalid NextToken.");
  const after = (resumed?.[0] ?? startAfter) as string | undefined;
  const streams = model.streams.filter(({ identity }) => after === undefined || identity.name > after);
  const page = streams.slice(0, limit);
  const names = page.map(({ identity }) => identity.name);
  const hasMore = streams.length > limit;
  return {
    StreamNames: names,
    StreamSummaries: page.map(streamSummaryOutput),
    HasMoreStreams: hasMore,
    NextToken: hasMore ? writeToken([names.at(-1) as string]) : undefined,
  };
};
