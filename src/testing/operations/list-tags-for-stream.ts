import { findStream, type NamesStream } from "./named-stream.js";
import type { Operation } from "./operation.js";
import { MAX_TAGS } from "./tag-rules.js";
import { tagsOutput } from "./tags-output.js";

interface Input extends NamesStream {
  readonly ExclusiveStartTagKey?: string;
  readonly Limit?: number;
}

/** ListTagsForStream: in the order of their keys, page by page. */
export const listTagsForStream: Operation<Input> = (input, { model }) => {
  const { ExclusiveStartTagKey: after, Limit: limit = MAX_TAGS } = input;
  const tags = tagsOutput(findStream(input, model).labels).filter(({ Key: key }) => after === undefined || key > after);
  return { Tags: tags.slice(0, limit), HasMoreTags: tags.length > limit };
};
