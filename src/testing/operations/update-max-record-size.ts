import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** UpdateMaxRecordSize: the new limit takes effect with the answer. */
export const updateMaxRecordSize: Operation = (input, { model, now }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const kib = fields.requiredInteger("MaxRecordSizeInKiB", { min: 1024, max: 10_240 });
  fields.done();
  const stream = named.findIn(model);
  stream.requireActive();
  stream.change({ maxRecordBytes: kib * 1024 });
  model.updateLater(stream, now);
  return undefined;
};
