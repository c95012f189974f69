import type { UserRecord } from "../../record.js";
import { COMPRESSION_TAG } from "../../wire/compressed-form.js";
import { encodeIdTag, encodeTags, RECORD_ID_TAG } from "../../wire/record-tags.js";
import { show } from "../../wording/shown-value.js";
import type { RecordIds } from "./record-ids.js";
import { showResult } from "./record-problem.js";

/** Longest id from a caller, in UTF-16 code units: a reader keeps thousands of ids in memory. */
const MAX_RECORD_ID_LENGTH = 256;

/**
 * The tags of a record and its id, as they are written into an aggregate.
 *
 * Text that is not well-formed is refused, not repaired: so readers get exactly the text that was put, and no two keys
 * become one. An empty key is valid for protobuf and for every reader.
 *
 * @param ids - makes the id of a record that has none
 * @param propagated - further tags, unchecked; none of them is added if the record has one of them itself
 * @returns the bytes; a string that says why they cannot be used; undefined when there are no tags and no id. The next
 * call may overwrite the bytes
 */
export function checkTags(
  record: UserRecord,
  ids: RecordIds | undefined,
  propagated?: unknown,
): string | Uint8Array | undefined {
  const { tags: given, recordId } = record;
  if (given === undefined && propagated === undefined && recordId !== undefined) return tagOfId(recordId);
  return checkAll(given === undefined ? {} : given, recordId, ids, propagated);
}

/** The common case of records that come with their ids, and nothing else: a spool's, or a replay's. */
function tagOfId(recordId: string): string | Uint8Array {
  return idProblem(recordId) ?? encodeIdTag(recordId) ?? (encodeTags({ [RECORD_ID_TAG]: recordId }) as Uint8Array);
}

function checkAll(
  given: Readonly<Record<string, string>>,
  recordId: string | undefined,
  ids: RecordIds | undefined,
  propagated: unknown,
): string | Uint8Array | undefined {
  if (!isPlainObject(given)) return notTags(given);
  // A getter may return another value each time: so the values are read once, and the checked ones are written.
  let tags: Record<string, string> = Object.fromEntries(Object.entries(given));
  const problem = tagsProblem(tags) ?? (recordId === undefined ? undefined : idProblem(recordId));
  if (problem !== undefined) return problem;
  if (propagated !== undefined) {
    const all = withPropagated(tags, propagated);
    if (typeof all === "string") return all;
    tags = all;
  }
  if (recordId !== undefined) return encodeTags({ ...tags, [RECORD_ID_TAG]: recordId });
  const own = encodeTags(tags);
  if (ids === undefined) return own;
  return own === undefined ? ids.next() : Buffer.concat([own, ids.next()]);
}

/** All tags; a string that says why the propagated ones cannot be used. */
function withPropagated(own: Readonly<Record<string, string>>, propagated: unknown): string | Record<string, string> {
  if (!isPlainObject(propagated))
    return `propagate() must return undefined or a plain object, got ${showResult(propagated)}`;
  const added: Record<string, string> = Object.fromEntries(Object.entries(propagated));
  const problem = tagsProblem(added);
  if (problem !== undefined) return `propagate() returned tags that cannot be sent: ${problem}`;
  // Parts of two contexts would make a third one that nobody meant.
  return Object.keys(added).some((key) => Object.hasOwn(own, key)) ? { ...own } : { ...own, ...added };
}

function notTags(tags: unknown): string {
  return `tags must be a plain object, got ${Array.isArray(tags) ? "an array" : show(tags)}`;
}

function tagsProblem(tags: Readonly<Record<string, unknown>>): string | undefined {
  for (const [key, value] of Object.entries(tags)) {
    if (key === RECORD_ID_TAG) return `tags[${show(key)}] is reserved: it holds the recordId`;
    if (key === COMPRESSION_TAG) return `tags[${show(key)}] is reserved: it says how an aggregate is compressed`;
    if (!key.isWellFormed()) return `a key of tags must be well-formed text, got ${show(key)}`;
    if (typeof value !== "string") return `tags[${show(key)}] must be a string, got ${show(value)}`;
    if (!value.isWellFormed()) return `tags[${show(key)}] must be well-formed text, got ${show(value)}`;
  }
  return undefined;
}

/**
 * Also true for an object of another realm. False for a Map: its entries are not properties, and would be lost
 * silently.
 */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function idProblem(recordId: unknown): string | undefined {
  if (typeof recordId !== "string") return `recordId must be a string, got ${show(recordId)}`;
  const { length } = recordId;
  if (length < 1 || length > MAX_RECORD_ID_LENGTH) {
    return `recordId must have 1 to ${MAX_RECORD_ID_LENGTH} UTF-16 code units, got ${length}`;
  }
  return recordId.isWellFormed() ? undefined : `recordId must be well-formed text, got ${show(recordId)}`;
}
