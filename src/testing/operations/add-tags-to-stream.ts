import { invalidArgument } from "../kinesis-model/service-error.js";
import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { MAX_TAGS, readTags } from "./tags-input.js";

/** AddTagsToStream: an existing tag gets the new value. */
export const addTagsToStream: Operation = (input, { model }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const tags = readTags(fields);
  fields.done();
  const stream = named.findIn(model);
  const added = [...tags.keys()].filter((key) => !stream.tags.has(key)).length;
  if (stream.tags.size + added > MAX_TAGS) throw invalidArgument(`A stream has ${MAX_TAGS} tags at most.`);
  stream.addTags(tags);
  return undefined;
};
