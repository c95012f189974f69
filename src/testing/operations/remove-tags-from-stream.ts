import { InputFields } from "./input-fields.js";
import { readNamedStream } from "./named-stream.js";
import type { Operation } from "./operation.js";

/** RemoveTagsFromStream: unknown tags are not an error. */
export const removeTagsFromStream: Operation = (input, { model }) => {
  const fields = new InputFields(input);
  const named = readNamedStream(fields);
  const keys = fields.textList("TagKeys");
  fields.done();
  named.findIn(model).removeTags(keys);
  return undefined;
};
