/**
 * The form of a compressed aggregate. On the outside it is a valid KPL aggregate with one user record. The data of that
 * record are the compressed message of the inner aggregate, without magic and digest, and a tag says how to open it. So
 * routing, the KCL's shard filter, and every reader without a decoder see one well-formed record.
 *
 * @module
 */

/** Key of the tag. A user's tag must not have this key. */
export const COMPRESSION_TAG = "~c";

/**
 * The most user records, keys, or tags of a compressed aggregate. A part needs 2 bytes or more of the message and up to a
 * hundred of memory, and a thousand parts need about one byte of the compressed message: without this bound a small
 * Kinesis record could fill the memory of its reader. 4 MiB of the smallest user records are fewer.
 */
export const MOST_PARTS: number = 2 ** 20;

/** How the data of a compressed aggregate's only record are opened. */
export interface CompressedForm {
  /** Name of the codec: lower-case letters, digits and hyphens. */
  readonly codec: string;
  /** User records inside. */
  readonly records: number;
  /** Bytes of the message when it is opened. */
  readonly bytes: number;
}

const FORM = /^([a-z0-9][a-z0-9-]{0,15}) (0|[1-9]\d{0,9}) (0|[1-9]\d{0,9})$/;

/** The value of the tag, for example `zstd 482 307200`. */
export function writeCompressedForm({ codec, records, bytes }: CompressedForm): string {
  return `${codec} ${records} ${bytes}`;
}

/** Reads the value of the tag; undefined when it is not one that this library writes. */
export function readCompressedForm(value: string): CompressedForm | undefined {
  const match = FORM.exec(value);
  if (match === null) return undefined;
  return { codec: match[1] as string, records: Number(match[2]), bytes: Number(match[3]) };
}

/** Whether the text can be the name of a codec. */
export function isCodecName(name: string): boolean {
  return FORM.test(`${name} 0 0`);
}
