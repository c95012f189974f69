import { UnreadableRecordError } from "../base-errors.js";
import type { Codec } from "../compression/codec.js";
import { decoderOf } from "../compression/decoders.js";
import { COMPRESSION_TAG, MOST_PARTS, readCompressedForm } from "../wire/compressed-form.js";
import { type DecodedAggregate, openMessage } from "../wire/decode/aggregate-decoder.js";

/**
 * The aggregate itself, or the aggregate inside if it is a compressed one.
 *
 * @param maxBytes - the largest message that is opened
 * @param codecs - of the caller
 * @throws UnreadableRecordError when it cannot be opened
 */
export function openInner(
  aggregate: DecodedAggregate,
  sequenceNumber: string | undefined,
  maxBytes: number,
  codecs: readonly Pick<Codec, "name" | "decompress">[],
): DecodedAggregate {
  if (!aggregate.hasTags || aggregate.recordCount !== 1 || aggregate.readableCount !== 1) return aggregate;
  const value = aggregate.tagsOf(0)?.tags?.[COMPRESSION_TAG];
  if (value === undefined) return aggregate;
  const unreadable = (why: string, cause?: unknown): UnreadableRecordError =>
    new UnreadableRecordError(why, sequenceNumber, cause === undefined ? undefined : { cause });
  const form = readCompressedForm(value);
  if (form === undefined) throw unreadable("is compressed in a form of a later version");
  const decode = decoderOf(form.codec, codecs);
  if (typeof decode === "string") throw unreadable(`is compressed by the codec "${form.codec}": ${decode}`);
  if (form.bytes > maxBytes)
    throw unreadable(`has ${form.bytes} bytes when it is opened, above maxDecompressedBytes (${maxBytes})`);
  let inner: DecodedAggregate | undefined;
  try {
    const message = decode(aggregate.dataOf(0), form.bytes);
    if (isBytes(message) && message.length === form.bytes) inner = openMessage(message, MOST_PARTS);
  } catch (cause) {
    throw unreadable(`cannot be decompressed by ${form.codec}`, cause);
  }
  if (inner === undefined || inner.recordCount !== form.records)
    throw unreadable("is damaged: its content is not what its tag says");
  return inner;
}

/** A codec of the caller may return anything, a promise for example. */
function isBytes(message: unknown): boolean {
  return Object.prototype.toString.call(message) === "[object Uint8Array]";
}
