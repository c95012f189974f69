import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import { add } from "../checksum.mjs";

/** @typedef {{ partition_key_table: string[], records: { partition_key_index: number | { toNumber(): number }, data: Uint8Array }[] }} Message */

const MAGIC_BYTES = 4;
const DIGEST_BYTES = 16;
const PROTO = fileURLToPath(new URL("../../../../proto/aggregated-record.proto", import.meta.url));

/**
 * A simple decoder with protobufjs and node:crypto: compares the digest, decodes the message, looks up the keys.
 *
 * @param {readonly Buffer[]} aggregates
 * @returns {import("../measure.mjs").Pass}
 */
export function plain(aggregates) {
  const type = new protobuf.Root().loadSync(PROTO, { keepCase: true }).lookupType("kinesisproducer.AggregatedRecord");
  return () => {
    let sum = 0;
    let count = 0;
    for (const bytes of aggregates) {
      const body = bytes.subarray(MAGIC_BYTES, -DIGEST_BYTES);
      const digest = createHash("md5").update(body).digest();
      if (!digest.equals(bytes.subarray(-DIGEST_BYTES))) throw new Error("the digest is wrong");
      const message = /** @type {Message} */ (/** @type {unknown} */ (type.decode(body)));
      for (const { partition_key_index: index, data } of message.records) {
        const key = message.partition_key_table[typeof index === "number" ? index : index.toNumber()] ?? "";
        sum = add(sum, key, data);
        count++;
      }
    }
    return { sum, count };
  };
}
