import type { EntryAnswer, EntryRefused, PutRecordsAnswer, RequestFailure } from "../core/ports.js";
import { show } from "../wording/shown-value.js";

/** The code of an answer that has none, as for an answer of the service that cannot be read. */
const UNREADABLE = "UnreadableAnswer";

/**
 * Checks the answer of a transport. A user's transport may have bugs that no compiler saw: a missing text must not stop
 * the stages, and an entry without a sequence number was not stored.
 *
 * @throws TypeError if it is no answer at all
 */
export function checkedAnswer(answer: unknown): PutRecordsAnswer {
  const { kind, entries } = (answer ?? {}) as { readonly kind?: unknown; readonly entries?: unknown };
  if (kind === "failed") return withTexts(answer as RequestFailure);
  if (!Array.isArray(entries) || !entries.every((entry) => typeof entry === "object" && entry !== null))
    throw new TypeError("the transport did not return a PutRecordsAnswer");
  const read = answer as Exclude<PutRecordsAnswer, RequestFailure>;
  return read.entries.every(isWhole) ? read : { ...read, entries: read.entries.map(wholeEntry) };
}

/** The failure with texts as code and message, whatever a user's code has put there. */
export function withTexts(failure: RequestFailure): RequestFailure {
  const { code, message }: { readonly code: unknown; readonly message: unknown } = failure;
  if (typeof code === "string" && typeof message === "string") return failure;
  return { ...failure, code: codeOf(code), message: messageOf(message) };
}

/** The fields of an entry, each of any type. */
type Fields = Readonly<Partial<Record<"shardId" | "sequenceNumber" | "errorCode" | "errorMessage", unknown>>>;

function isWhole(entry: EntryAnswer): boolean {
  const { shardId, sequenceNumber, errorCode, errorMessage }: Fields = entry;
  if ("sequenceNumber" in entry) return typeof sequenceNumber === "string" && typeof shardId === "string";
  return typeof errorCode === "string" && typeof errorMessage === "string";
}

/** The same entry, or a refusal in its place. */
function wholeEntry(entry: EntryAnswer): EntryAnswer {
  const { errorCode, errorMessage }: Fields = entry;
  const refused: EntryRefused = { errorCode: codeOf(errorCode), errorMessage: messageOf(errorMessage) };
  return isWhole(entry) ? entry : refused;
}

function codeOf(code: unknown): string {
  return typeof code === "string" ? code : UNREADABLE;
}

function messageOf(message: unknown): string {
  if (typeof message === "string") return message;
  return message === undefined || message === null ? "" : show(message);
}
