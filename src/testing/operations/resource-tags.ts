import { findResource } from "./named-resource.js";
import type { Operation } from "./operation.js";
import { addTags, removeTags } from "./tag-rules.js";
import { tagsOutput } from "./tags-output.js";

interface NamesResource {
  readonly ResourceARN: string;
}

/** TagResource: tags of a stream, a consumer or a channel. Those of a stream are the tags of AddTagsToStream. */
export const tagResource: Operation<NamesResource & { readonly Tags: ReadonlyMap<string, string> }> = (
  input,
  { model },
) => {
  const { labels, text } = findResource(input.ResourceARN, model);
  addTags(labels, input.Tags, text);
  return undefined;
};

/** UntagResource: unknown tags are not an error. */
export const untagResource: Operation<NamesResource & { readonly TagKeys: readonly string[] }> = (input, { model }) => {
  const { labels, text } = findResource(input.ResourceARN, model);
  removeTags(labels, input.TagKeys, text);
  return undefined;
};

/** ListTagsForResource: all of them, in the order of their keys. */
export const listTagsForResource: Operation<NamesResource> = (input, { model }) => ({
  Tags: tagsOutput(findResource(input.ResourceARN, model).labels),
});
