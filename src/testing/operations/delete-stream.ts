import { ServiceError } from "../kinesis-model/service-error.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** DeleteStream: the stream is DELETING for the time in the model's timing; then it is gone with its records. */
export const deleteStream: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const enforced = fields.flag("EnforceConsumerDeletion") ?? false;
  fields.done();
  const stream = named.findIn(model);
  if (!enforced && stream.consumers.all.length > 0) {
    const { name, accountId } = stream.identity;
    throw new ServiceError("ResourceInUseException", `Stream ${name} under account ${accountId} has consumers.`);
  }
  model.deleteStreamLater(stream, now);
  return undefined;
};
