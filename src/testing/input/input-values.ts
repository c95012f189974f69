import { ServiceError } from "../kinesis-model/service-error.js";
import type { InputShape } from "./input-shapes.js";

/** Largest value of an integer; larger ones become this one. */
const MAX_INTEGER = 2_147_483_647;

/** The service's words for types that have no parts. Source of all texts: kinesalite 3.3.3, recorded in 2018. */
const WANTED: Readonly<Record<string, string>> = {
  string: "an String",
  integer: "an Integer",
  boolean: "an Boolean",
  timestamp: "milliseconds since epoch",
  blob: "a Blob",
};

function refuse(message: string): never {
  throw new ServiceError("SerializationException", message);
}

/** Refuses a value that has parts where none are expected, and the other way round. */
function refuseParts(value: unknown): void {
  if (Array.isArray(value)) refuse("Start of list found where not expected");
  if (typeof value === "object" && !(value instanceof Uint8Array)) {
    refuse("Start of structure or map found where not expected.");
  }
}

function classOf(value: unknown): string {
  if (typeof value === "boolean") return "class java.lang.Boolean";
  if (typeof value === "number") return "class com.amazon.coral.value.json.numbers.TruncatingBigNumber";
  return typeof value === "string" ? "class java.lang.String" : "class java.nio.HeapByteBuffer";
}

/**
 * Reads a value without parts: a whole number from any number, bytes from base64.
 *
 * @throws ServiceError when it has another type
 */
export function readSimple(value: unknown, type: InputShape["type"]): unknown {
  switch (type) {
    case "string":
      if (typeof value === "string") return value;
      break;
    case "integer":
      if (typeof value === "number") return Math.min(Math.floor(value), MAX_INTEGER);
      break;
    case "boolean":
      if (typeof value === "boolean") return value;
      if (typeof value === "string") refuse(`'${value.toUpperCase()}' can not be converted to an Boolean`);
      break;
    case "timestamp":
      if (typeof value === "number") return value;
      break;
    default:
      if (value instanceof Uint8Array) return value;
      if (typeof value === "string") return bytesOf(value);
  }
  refuseParts(value);
  refuse(`${classOf(value)} can not be converted to ${WANTED[type]}`);
}

/** @throws ServiceError when the value is no list */
export function readItems(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  refuseParts(value);
  return refuse("Expected list or null");
}

/** @throws ServiceError when the value is no structure or map */
export function readParts(value: unknown, type: "map" | "structure"): Readonly<Record<string, unknown>> {
  const hasParts = typeof value === "object" && value !== null && !(value instanceof Uint8Array);
  if (hasParts && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  if (Array.isArray(value)) refuseParts(value);
  return refuse(type === "map" ? "Expected map or null" : "Expected null");
}

function bytesOf(text: string): Uint8Array {
  if (text.length % 4 !== 0) {
    const expected = "Base64 encoded length is expected a multiple of 4 bytes but found";
    refuse(`'${text}' can not be converted to a Blob: ${expected}: ${text.length}`);
  }
  const bytes = Buffer.from(text, "base64");
  // Node skips characters that are not base64: then there are fewer bytes than the length of the text allows. And it
  // takes the alphabet for addresses too.
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (bytes.length !== (text.length / 4) * 3 - padding || text.includes("-") || text.includes("_")) {
    const wrong = /[^a-zA-Z0-9+/=]|=(?=[^=])/.exec(text)?.[0] ?? "=";
    refuse(`'${text}' can not be converted to a Blob: Invalid Base64 character: '${wrong}'`);
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
