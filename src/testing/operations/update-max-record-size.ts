import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** UpdateMaxRecordSize: the new limit takes effect with the answer. */
export const updateMaxRecordSize: Operation<NamesStream & { readonly MaxRecordSizeInKiB: number }> = (
  input,
  { model, now },
) => {
  const stream = findStream(input, model);
  stream.requireActive();
  stream.change({ maxRecordBytes: input.MaxRecordSizeInKiB * 1024 });
  model.updateLater(stream, now);
  return undefined;
};
