import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { MAX_TAGS } from "./tags-input.js";

/** ListTagsForStream: in the order of their keys, page by page. */
export const listTagsForStream: Operation = (input, { model }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const after = fields.text("ExclusiveStartTagKey", { min: 1, max: 128 });
  const limit = fields.integer("Limit", { min: 1, max: MAX_TAGS }) ?? MAX_TAGS;
  fields.done();
  const tags = [...named.findIn(model).tags]
    .filter(([key]) => after === undefined || key > after)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    Tags: tags.slice(0, limit).map(([key, value]) => ({ Key: key, Value: value })),
    HasMoreTags: tags.length > limit,
  };
};
