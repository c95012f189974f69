import type { CompressedForm } from "../../src/wire/compressed-form.js";
import { writeCompressedForm } from "../../src/wire/compressed-form.js";
import { aggregateOf, bytesField, keys, record, recordOf, varintField } from "./proto-bytes.js";

/** A user record inside. */
export interface InnerRecord {
  readonly key: string;
  readonly data: string | Uint8Array;
}

/** The message of an aggregate of these records. */
export function messageOf(records: readonly InnerRecord[]): Buffer {
  return Buffer.concat([keys(...records.map(({ key }) => key)), ...records.map(({ data }, i) => record(i, data))]);
}

/** The bytes of a Kinesis record that holds a compressed body, with any text in the tag. */
export function wrapped(key: string, body: Uint8Array, tagValue: string): Buffer {
  const fields = [varintField(1, 0), bytesField(3, body), bytesField(4, bytesField(1, "~c"), bytesField(2, tagValue))];
  return aggregateOf(keys(key), recordOf(...fields));
}

/** The same with the tag that belongs to the body. */
export function compressedRecord(
  codec: string,
  compress: (bytes: Uint8Array) => Uint8Array,
  records: readonly InnerRecord[],
): Buffer {
  const message = messageOf(records);
  const form: CompressedForm = { codec, records: records.length, bytes: message.length };
  return wrapped(records[0]?.key ?? "", compress(message), writeCompressedForm(form));
}
