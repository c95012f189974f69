import type { ResourceLabels } from "../kinesis-model/resource-labels.js";
import { invalidArgument } from "../kinesis-model/service-error.js";

/** Most tags of one resource. Source: "AddTagsToStream", API Reference. */
export const MAX_TAGS = 50;

/** The characters that the service takes in 2018, and the colon, which tags of AWS may have today. */
const OTHER_CHARACTER = /[^\u00C0-\u1FFF\u2C00-\uD7FF\w./\-=+_ @%:]/;

/**
 * Refuses tags with a character that the service does not take. Source of the texts: kinesalite 3.3.3.
 *
 * @param texts - keys and values
 * @param failed - what fails: `add tags to stream clicks under account 000000000000`
 */
function checkCharacters(texts: readonly string[], failed: string): void {
  if (texts.some((text) => OTHER_CHARACTER.test(text))) {
    throw invalidArgument(
      "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.",
    );
  }
  if (texts.some((text) => text.includes("%"))) {
    throw invalidArgument(
      `Failed to ${failed} because some tags contained illegal characters. The allowed characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.`,
    );
  }
}

/** A resource in the texts: `stream clicks under account 000000000000`. */
export function resourceText(kind: string, name: string, accountId: string): string {
  return `${kind} ${name} under account ${accountId}`;
}

/**
 * Checks the tags of a new resource.
 *
 * @throws ServiceError for a wrong character, or too many tags
 */
export function checkTags(
  tags: ReadonlyMap<string, string>,
  resource: string,
  present: ReadonlyMap<string, string>,
): void {
  checkCharacters([...tags.keys(), ...tags.values()], `add tags to ${resource}`);
  const added = [...tags.keys()].filter((key) => !present.has(key)).length;
  if (present.size + added <= MAX_TAGS) return;
  throw invalidArgument(
    `Failed to add tags to ${resource} because a given stream cannot have more than ${MAX_TAGS} tags associated with it.`,
  );
}

/** Adds tags. @throws ServiceError for a wrong character, or too many tags */
export function addTags(labels: ResourceLabels, tags: ReadonlyMap<string, string>, resource: string): void {
  checkTags(tags, resource, labels.tags);
  labels.addTags(tags);
}

/** Removes tags; unknown ones are ignored. @throws ServiceError for a wrong character */
export function removeTags(labels: ResourceLabels, keys: readonly string[], resource: string): void {
  checkCharacters(keys, `remove tags from ${resource}`);
  labels.removeTags(keys);
}
