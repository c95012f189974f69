import { readToken, writeToken } from "../kinesis-model/opaque-token.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { consumerOutput } from "./consumer-input.js";
import { checkCreationBesideToken, type NamesCreation, requireCreation } from "./creation-time.js";
import { findStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** Consumers of one answer when the request has no limit. Source: "ListStreamConsumers", API Reference. */
const DEFAULT_MAX_RESULTS = 100;

interface Input extends NamesCreation {
  readonly StreamARN: string;
  readonly MaxResults?: number;
}

/** ListStreamConsumers: in the order of their names, page by page. */
export const listStreamConsumers: Operation<Input> = (input, { model, now }) => {
  const { MaxResults: maxResults = DEFAULT_MAX_RESULTS, NextToken: token } = input;
  checkCreationBesideToken(input);
  const resumed = token === undefined ? undefined : readToken(token, ["string"]);
  if (token !== undefined && resumed === undefined) throw invalidArgument("Invalid NextToken.");
  const after = resumed?.[0] as string | undefined;
  const stream = findStream(input, model);
  requireCreation(input, stream);
  const consumers = stream.consumers.all.filter(({ name }) => after === undefined || name > after);
  const page = consumers.slice(0, maxResults);
  return {
    Consumers: page.map((consumer) => consumerOutput(consumer, now)),
    NextToken: page.length < consumers.length ? writeToken([page.at(-1)?.name ?? ""]) : undefined,
  };
};
