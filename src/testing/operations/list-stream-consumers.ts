import { readToken, writeToken } from "../kinesis-model/opaque-token.js";
import { invalidArgument } from "../kinesis-model/service-error.js";
import { consumerOutput } from "./consumer-input.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** Consumers of one answer when the request has no limit. Source: "ListStreamConsumers", API Reference. */
const DEFAULT_MAX_RESULTS = 100;

/** ListStreamConsumers: in the order of their names, page by page. */
export const listStreamConsumers: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const maxResults = fields.integer("MaxResults", { min: 1, max: 10_000 }) ?? DEFAULT_MAX_RESULTS;
  const token = fields.text("NextToken", { min: 1, max: 1_048_576 });
  fields.done();
  const resumed = token === undefined ? undefined : readToken(token, ["string"]);
  if (token !== undefined && resumed === undefined) throw invalidArgument("Invalid NextToken.");
  const after = resumed?.[0] as string | undefined;
  const consumers = named.findIn(model).consumers.all.filter(({ name }) => after === undefined || name > after);
  const page = consumers.slice(0, maxResults);
  return {
    Consumers: page.map((consumer) => consumerOutput(consumer, now)),
    NextToken: page.length < consumers.length ? writeToken([page.at(-1)?.name ?? ""]) : undefined,
  };
};
