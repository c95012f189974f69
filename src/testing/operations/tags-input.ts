import { invalidArgument } from "../kinesis-model/service-error.js";
import type { InputFields } from "./input-fields.js";

/** Most tags of one stream. Source: "AddTagsToStream", API Reference. */
export const MAX_TAGS = 50;

/** Reads `Tags`: keys of 1 to 128 characters, values of 256 at most. */
export function readTags(fields: InputFields): ReadonlyMap<string, string> {
  const tags = fields.texts("Tags");
  for (const [key, value] of tags) {
    if (key.length < 1 || key.length > 128 || value.length > 256) {
      throw invalidArgument(`The tag ${JSON.stringify(key)} is not 1 to 128 characters, or its value exceeds 256.`);
    }
  }
  if (tags.size > MAX_TAGS) throw invalidArgument(`A stream has ${MAX_TAGS} tags at most.`);
  return tags;
}
