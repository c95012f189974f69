import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { removeTags, resourceText } from "./tag-rules.js";

/** RemoveTagsFromStream: unknown tags are not an error. */
export const removeTagsFromStream: Operation<NamesStream & { readonly TagKeys: readonly string[] }> = (
  input,
  { model },
) => {
  const { labels, identity } = findStream(input, model);
  removeTags(labels, input.TagKeys, resourceText("stream", identity.name, identity.accountId));
  return undefined;
};
