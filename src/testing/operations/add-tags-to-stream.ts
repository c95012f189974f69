import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { addTags, resourceText } from "./tag-rules.js";

/** AddTagsToStream: an existing tag gets the new value. */
export const addTagsToStream: Operation<NamesStream & { readonly Tags: ReadonlyMap<string, string> }> = (
  input,
  { model },
) => {
  const { labels, identity } = findStream(input, model);
  addTags(labels, input.Tags, resourceText("stream", identity.name, identity.accountId));
  return undefined;
};
