import { ServiceError } from "../kinesis-model/service-error.js";
import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** DeleteStream: the stream is DELETING for the time in the model's timing; then it is gone with its records. */
export const deleteStream: Operation<NamesStream & { readonly EnforceConsumerDeletion?: boolean }> = (
  input,
  { model, now },
) => {
  const stream = findStream(input, model);
  const { name, arn, accountId } = stream.identity;
  const refuse = (what: string): never => {
    throw new ServiceError("ResourceInUseException", `Stream ${name} under account ${accountId} has ${what}.`);
  };
  if (input.EnforceConsumerDeletion !== true && stream.consumers.all.length > 0) refuse("consumers");
  if (model.channels.of(arn).length > 0) refuse("channels");
  model.deleteStreamLater(stream, now);
  return undefined;
};
