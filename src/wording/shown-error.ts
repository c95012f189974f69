import { show } from "./shown-value.js";

/** Most characters of a message in a log: the service may answer with the page of a proxy. */
const MESSAGE_CHARACTERS = 400;
/** Most characters of a key in a log. */
const KEY_CHARACTERS = 64;

/** The fields of a user record; of a refused one, each may be of any type. */
interface Fields {
  readonly streamName?: unknown;
  readonly partitionKey?: unknown;
  readonly explicitHashKey?: unknown;
  readonly data?: unknown;
}

/** The fields of a record in a log: never its data or its tags. */
export interface RecordShown {
  readonly streamName?: string;
  readonly partitionKey?: string;
  readonly explicitHashKey?: string;
  /** Number of data bytes. */
  readonly bytes?: number;
}

/** A text for a log; the end of a long text is cut. */
export function cut(text: string, most: number = MESSAGE_CHARACTERS): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/**
 * The fields of a record that a log may show. A refused record is the caller's object: fields of a wrong type are left
 * out, and so is everything if a getter throws.
 */
export function recordShown(record: Fields | null | undefined): RecordShown {
  try {
    const { streamName, partitionKey, explicitHashKey, data } = record ?? {};
    return {
      ...(typeof streamName === "string" ? { streamName: cut(streamName, KEY_CHARACTERS) } : {}),
      ...(typeof partitionKey === "string" ? { partitionKey: cut(partitionKey, KEY_CHARACTERS) } : {}),
      ...(explicitHashKey === undefined ? {} : { explicitHashKey: cut(String(explicitHashKey), KEY_CHARACTERS) }),
      ...bytesShown(data),
    };
  } catch {
    return {};
  }
}

function bytesShown(data: unknown): { readonly bytes?: number } {
  if (typeof data === "string") return { bytes: Buffer.byteLength(data) };
  return data instanceof Uint8Array ? { bytes: data.length } : {};
}

/** An attempt in a log. */
export function attemptShown<Attempt extends { readonly errorMessage?: string }>(attempt: Attempt): Attempt {
  const { errorMessage } = attempt;
  return errorMessage === undefined ? attempt : { ...attempt, errorMessage: cut(errorMessage) };
}

/** `name: message` of an error; the text of any other value. Never throws, although anything may be thrown. */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return "an error that cannot be read";
  }
}

/** The cause of an error in a log: its name, code and message; of any other value, a short text. */
export function causeShown(cause: unknown): object | string {
  try {
    if (!(cause instanceof Error)) return show(cause);
    const { name, message } = cause;
    const { code } = cause as { readonly code?: unknown };
    return { name, ...(typeof code === "string" ? { code } : {}), message: cut(message) };
  } catch {
    return "a cause that cannot be read";
  }
}
