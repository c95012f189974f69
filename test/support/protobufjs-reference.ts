/**
 * An independent codec of the aggregated record, from `proto/aggregated-record.proto` by protobufjs.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

import protobuf from "protobufjs";

import { aggregateOf } from "./proto-bytes.js";

/** A user record in the form of the reference. */
export interface ReferenceRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string;
  readonly data: Uint8Array;
  readonly tags?: Readonly<Record<string, string>>;
}

interface ReferenceMessage {
  readonly partition_key_table: readonly string[];
  readonly explicit_hash_key_table: readonly string[];
  readonly records: readonly {
    readonly partition_key_index: number;
    readonly explicit_hash_key_index?: number;
    readonly data: Uint8Array;
    readonly tags: readonly { readonly key: string; readonly value?: string }[];
  }[];
}

const PROTO = fileURLToPath(new URL("../../proto/aggregated-record.proto", import.meta.url));

const AggregatedRecord = new protobuf.Root()
  .loadSync(PROTO, { keepCase: true })
  .lookupType("kinesisproducer.AggregatedRecord");

/** Index of the text in the table, in order of first use. */
function indexIn(table: Map<string, number>, text: string): number {
  const known = table.get(text);
  if (known !== undefined) return known;
  table.set(text, table.size);
  return table.size - 1;
}

/** The message between magic and digest. */
export function referenceEncodeBody(records: readonly ReferenceRecord[]): Buffer {
  const keys = new Map<string, number>();
  const hashKeys = new Map<string, number>();
  const encoded = records.map((record) => ({
    partition_key_index: indexIn(keys, record.partitionKey),
    ...(record.explicitHashKey === undefined
      ? {}
      : { explicit_hash_key_index: indexIn(hashKeys, record.explicitHashKey) }),
    data: record.data,
    tags: Object.entries(record.tags ?? {}).map(([key, value]) => ({ key, value })),
  }));
  const message = {
    partition_key_table: [...keys.keys()],
    explicit_hash_key_table: [...hashKeys.keys()],
    records: encoded,
  };
  return Buffer.from(AggregatedRecord.encode(message).finish());
}

/**
 * A whole aggregate, byte for byte as the KPL writes it. The KPL writes no tags, but its message has a field for them.
 */
export function referenceEncode(records: readonly ReferenceRecord[]): Buffer {
  return aggregateOf(referenceEncodeBody(records));
}

/**
 * Reads an aggregate without checking its digest.
 *
 * @throws Error when protobufjs refuses the message
 */
export function referenceDecode(bytes: Uint8Array): ReferenceRecord[] {
  const message = AggregatedRecord.toObject(AggregatedRecord.decode(bytes.subarray(4, bytes.length - 16)), {
    longs: Number,
    arrays: true,
  }) as ReferenceMessage;
  return message.records.map((record) => ({
    partitionKey: message.partition_key_table[record.partition_key_index] as string,
    ...(record.explicit_hash_key_index === undefined
      ? {}
      : { explicitHashKey: message.explicit_hash_key_table[record.explicit_hash_key_index] as string }),
    data: record.data,
    ...(record.tags.length === 0
      ? {}
      : { tags: Object.fromEntries(record.tags.map((tag) => [tag.key, tag.value ?? ""])) }),
  }));
}
