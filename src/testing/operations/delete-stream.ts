import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** DeleteStream: the stream and its records are gone when the answer comes. */
export const deleteStream: Operation = (input, { model }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  fields.done();
  model.deleteStream(named.findIn(model).identity.name);
  return undefined;
};
