import { checkOptionsObject, InvalidOptionError, ProducerError } from "../base-errors.js";
import { deflate, inflate } from "../compression/zlib-codecs.js";
import { show } from "../wording/shown-value.js";
import { readMaxBytes } from "./max-bytes.js";

/** How the payload of a frame is compressed. */
export type GlueCompression = "none" | "zlib";

/** Data in the frame of the AWS Glue Schema Registry, without the frame. */
export interface GlueFrame {
  /** The id of the schema version that wrote the data: a UUID in lower case. */
  readonly schemaVersionId: string;
  /** How the payload was compressed. */
  readonly compression: GlueCompression;
  /** The payload, opened. Without compression it is a view of the given bytes. */
  readonly data: Uint8Array;
}

/** Options of {@link readGlueFrame}. */
export interface ReadGlueFrameOptions {
  /**
   * Most bytes of a payload after decompression.
   * @defaultValue 67108864
   */
  readonly maxDecompressedBytes?: number;
}

const HEADER_VERSION = 3;
const COMPRESSION_BYTES: Readonly<Record<GlueCompression, number>> = { none: 0, zlib: 5 };
const HEADER_BYTES = 18;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Puts data into the frame of the AWS Glue Schema Registry, which its serializers for Java write: 1 byte of version (3), 1
 * byte of compression (0: none, 5: zlib), the 16 bytes of the schema version's UUID, and the payload.
 *
 * @param schemaVersionId - the UUID of the schema version, as `RegisterSchemaVersion` and `GetSchemaVersion` return it
 * @param data - the value, serialized by the schema
 * @returns a new array; a payload of zlib may be larger than the data
 * @throws InvalidOptionError for an id that is no UUID, data without bytes, or an unknown compression
 *
 * @example
 * ```ts
 * const framed = glueFrame("b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63", Buffer.from("{}"), { compression: "zlib" });
 * await producer.put({ partitionKey: "user-17", data: framed });
 * ```
 */
export function glueFrame(
  schemaVersionId: string,
  data: Uint8Array,
  options: { readonly compression?: GlueCompression } = {},
): Uint8Array {
  checkOptionsObject(options, "glueFrame");
  const { compression = "none" } = options;
  if (typeof schemaVersionId !== "string" || !UUID.test(schemaVersionId))
    throw new InvalidOptionError("schemaVersionId", `schemaVersionId must be a UUID, got ${show(schemaVersionId)}`);
  if (!(data instanceof Uint8Array))
    throw new InvalidOptionError("data", `data must be a Uint8Array, got ${show(data)}`);
  if (!Object.hasOwn(COMPRESSION_BYTES, compression))
    throw new InvalidOptionError("compression", `compression must be "none" or "zlib", got ${show(compression)}`);
  const payload = compression === "zlib" ? deflate(data) : data;
  const frame = new Uint8Array(HEADER_BYTES + payload.length);
  frame[0] = HEADER_VERSION;
  frame[1] = COMPRESSION_BYTES[compression];
  frame.set(Buffer.from(schemaVersionId.replaceAll("-", ""), "hex"), 2);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/**
 * Reads the frame of the AWS Glue Schema Registry.
 *
 * @returns undefined for bytes that do not begin with such a frame: fewer than 18, another version than 3, or another
 * compression than 0 or 5
 * @throws ProducerError with the code `KP_UNREADABLE_RECORD` for a payload that zlib cannot open, or that is larger
 * than `maxDecompressedBytes`
 *
 * @example
 * ```ts
 * const frame = readGlueFrame(data);
 * if (frame !== undefined) console.log(frame.schemaVersionId, Buffer.from(frame.data).toString());
 * ```
 */
export function readGlueFrame(bytes: Uint8Array, options: ReadGlueFrameOptions = {}): GlueFrame | undefined {
  checkOptionsObject(options, "readGlueFrame");
  const maxBytes = readMaxBytes(options.maxDecompressedBytes);
  if (!(bytes instanceof Uint8Array))
    throw new InvalidOptionError("bytes", `bytes must be a Uint8Array, got ${show(bytes)}`);
  const compression = compressionOf(bytes);
  if (compression === undefined) return undefined;
  const schemaVersionId = uuidOf(bytes.subarray(2, HEADER_BYTES));
  const payload = bytes.subarray(HEADER_BYTES);
  const data = compression === "none" ? payload : opened(payload, maxBytes, schemaVersionId);
  return { schemaVersionId, compression, data };
}

function compressionOf(bytes: Uint8Array): GlueCompression | undefined {
  if (bytes.length < HEADER_BYTES || bytes[0] !== HEADER_VERSION) return undefined;
  return (["none", "zlib"] as const).find((name) => COMPRESSION_BYTES[name] === bytes[1]);
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function opened(payload: Uint8Array, maxBytes: number, schemaVersionId: string): Uint8Array {
  try {
    return inflate(payload, maxBytes);
  } catch (cause) {
    const isTooLarge = (cause as { readonly code?: unknown }).code === "ERR_BUFFER_TOO_LARGE";
    const why = isTooLarge
      ? `has more than maxDecompressedBytes (${maxBytes}) when it is opened`
      : "cannot be opened by zlib";
    throw new ProducerError("KP_UNREADABLE_RECORD", `the frame of schema version ${schemaVersionId} ${why}`, { cause });
  }
}
