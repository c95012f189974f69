/**
 * Protobuf written by hand, also with deliberate faults that no encoder would make.
 *
 * @module
 */
import { createHash } from "node:crypto";

import { MAGIC } from "../../src/wire/aggregated-record.js";

/** A varint, padded with empty groups to at least `bytes` bytes. */
export function varint(value: number | bigint, bytes = 1): Buffer {
  const groups: number[] = [];
  let rest = BigInt(value);
  do {
    groups.push(Number(rest & 0x7fn));
    rest >>= 7n;
  } while (rest > 0n || groups.length < bytes);
  return Buffer.from(groups.map((group, i) => (i === groups.length - 1 ? group : group | 0x80)));
}

/** The tag of a field. */
export function tag(field: number, wireType: number): Buffer {
  return varint((BigInt(field) << 3n) | BigInt(wireType));
}

/** A field of wire type 0. */
export function varintField(field: number, value: number | bigint, bytes = 1): Buffer {
  return Buffer.concat([tag(field, 0), varint(value, bytes)]);
}

/** A field of wire type 2. */
export function bytesField(field: number, ...parts: (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part as Uint8Array)));
  return Buffer.concat([tag(field, 2), varint(content.length), content]);
}

/** A group around other fields. */
export function group(field: number, ...parts: Uint8Array[]): Buffer {
  return Buffer.concat([tag(field, 3), ...parts, tag(field, 4)]);
}

/** Nested groups, `depth` levels. */
export function nestedGroups(depth: number): Buffer {
  const starts = Array.from({ length: depth }, () => tag(9, 3));
  const ends = Array.from({ length: depth }, () => tag(9, 4));
  return Buffer.concat([...starts, ...ends]);
}

/** Entries of the partition key table. */
export function keys(...entries: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(entries.map((entry) => bytesField(1, entry)));
}

/** Entries of the explicit hash key table. */
export function hashKeys(...entries: (string | Uint8Array)[]): Buffer {
  return Buffer.concat(entries.map((entry) => bytesField(2, entry)));
}

/** A Record message in the form of encoders. */
export function record(keyIndex: number | bigint, data: string | Uint8Array, hashKeyIndex?: number | bigint): Buffer {
  const hashKey = hashKeyIndex === undefined ? Buffer.alloc(0) : varintField(2, hashKeyIndex);
  return recordOf(varintField(1, keyIndex), hashKey, bytesField(3, data));
}

/** A Record message of any fields. */
export function recordOf(...fields: Uint8Array[]): Buffer {
  return bytesField(3, ...fields);
}

/** The MD5 of the bytes. */
export function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

/** Magic, the message and its correct MD5. */
export function aggregateOf(...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(MAGIC), body, md5(body)]);
}

/** Bytes from hexadecimal text. */
export function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(/\s/g, ""), "hex");
}
