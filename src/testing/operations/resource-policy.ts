import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { invalidArgument, notFound } from "../kinesis-model/service-error.js";
import { findResource, type NamedResource } from "./named-resource.js";
import type { Operation } from "./operation.js";

interface NamesResource {
  readonly ResourceARN: string;
}

/** GetResourcePolicy: `{}` where there is none. Source: moto. */
export const getResourcePolicy: Operation<NamesResource> = (input, { model }) => ({
  Policy: findHolder(input, model).labels.policy ?? "{}",
});

/** PutResourcePolicy: the policy is kept. Nothing obeys it. */
export const putResourcePolicy: Operation<NamesResource & { readonly Policy: string }> = (input, { model }) => {
  const { labels } = findHolder(input, model);
  if (!isJsonObject(input.Policy)) throw invalidArgument("Policy is not a JSON object.");
  labels.policy = input.Policy;
  return undefined;
};

/** DeleteResourcePolicy. The text is moto's. */
export const deleteResourcePolicy: Operation<NamesResource> = (input, { model }) => {
  const { labels } = findHolder(input, model);
  if (labels.policy === undefined) {
    throw notFound(`No resource policy found for resource ARN ${input.ResourceARN}.`);
  }
  labels.policy = undefined;
  return undefined;
};

/** Channels have no policy. Source: "PutResourcePolicy", API Reference. */
function findHolder({ ResourceARN: arn }: NamesResource, model: KinesisModel): NamedResource {
  const resource = findResource(arn, model);
  if (resource.kind === "channel") throw invalidArgument(`A channel has no resource policy: ${arn}`);
  return resource;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
