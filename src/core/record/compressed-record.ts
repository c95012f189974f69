import { DIGEST_BYTES, MAGIC } from "../../wire/aggregated-record.js";
import {
  COMPRESSION_TAG,
  type CompressedForm,
  readCompressedForm,
  writeCompressedForm,
} from "../../wire/compressed-form.js";
import { type DecodedAggregate, openAggregate } from "../../wire/decode/aggregate-decoder.js";
import { AggregateEncoder, type EncodableRecord } from "../../wire/encode/aggregate-encoder.js";
import type { HashedKey } from "../../wire/md5/key-hasher.js";
import { encodeTags } from "../../wire/record-tags.js";
import type { Compressor } from "../ports.js";

/**
 * The only user record of a compressed aggregate. It has the keys of the first inner record, so that it belongs to the
 * same shard.
 */
export class Wrapper implements EncodableRecord {
  readonly key: HashedKey;
  readonly explicitHashKey: string | undefined;
  readonly data: Uint8Array;
  readonly dataBytes: number;
  readonly tags: Uint8Array | undefined;

  constructor(key: HashedKey, explicitHashKey: string | undefined, compressed: Uint8Array, form: CompressedForm) {
    this.key = key;
    this.explicitHashKey = explicitHashKey;
    this.data = compressed;
    this.dataBytes = compressed.length;
    this.tags = encodeTags({ [COMPRESSION_TAG]: writeCompressedForm(form) });
  }

  /** Bytes of the aggregate that holds it. */
  get size(): number {
    return AggregateEncoder.sizeAlone(this);
  }

  /** The aggregate that holds it, without a digest. Its memory goes back as that of any aggregate of an encoder with `maxBytes`. */
  encode(maxBytes: number): Buffer {
    const encoder = new AggregateEncoder(maxBytes);
    encoder.addAlone(this);
    const data = encoder.finishWithoutDigest();
    encoder.release();
    return data;
  }
}

/** The inner aggregate of a compressed one that this library made, with magic, and with room for a digest. */
export function openCompressed(bytes: Uint8Array, decompress: NonNullable<Compressor["decompress"]>): Uint8Array {
  const outer = openAggregate(bytes, false) as DecodedAggregate;
  const form = formOf(outer);
  const size = form?.bytes ?? 0;
  const message = decompress(outer.dataOf(0), size);
  if (form === undefined || message.length !== size)
    throw new Error("a compressed aggregate that this library made does not open");
  return inEnvelope(message);
}

function formOf(outer: DecodedAggregate): CompressedForm | undefined {
  const value = outer.tagsOf(0)?.tags?.[COMPRESSION_TAG];
  return value === undefined ? undefined : readCompressedForm(value);
}

function inEnvelope(message: Uint8Array): Buffer {
  const out = Buffer.allocUnsafeSlow(MAGIC.length + message.length + DIGEST_BYTES);
  out.set(MAGIC, 0);
  out.set(message, MAGIC.length);
  return out;
}
