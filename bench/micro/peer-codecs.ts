/**
 * Other codecs of the aggregated record for Node.js, used as documented.
 *
 * @module
 */
import { createHash } from "node:crypto";

import aggregator from "aws-kinesis-agg";
import protobuf from "protobufjs";

import { MAGIC } from "../../src/wire/aggregated-record.js";
import type { InputRecord } from "./fixed-inputs.js";

const MAGIC_BYTES = Buffer.from(MAGIC);

/** The measured parts of aws-kinesis-agg 4.2.8. Its own types need the SDK of version 2. */
interface AwsKinesisAgg {
  RecordAggregator: new () => {
    addUserRecord(record: InputRecord): void;
    build(): { data: Buffer };
  };
  deaggregateSync(
    record: { partitionKey: string; sequenceNumber: string; data: string },
    verify: boolean,
    done: (error: Error | undefined, records: readonly { partitionKey: string; data: string }[]) => void,
  ): void;
}

export const awsKinesisAgg = aggregator as unknown as AwsKinesisAgg;

/** The message in the form that protobufjs makes from the schema. */
interface Message {
  readonly partition_key_table: readonly string[];
  readonly records: readonly {
    readonly partition_key_index: number | { toNumber(): number };
    readonly data: Uint8Array;
  }[];
}

let type: protobuf.Type | undefined;

// The working directory is the root of the package: npm sets it.
function aggregatedRecord(): protobuf.Type {
  type ??= new protobuf.Root()
    .loadSync("proto/aggregated-record.proto", { keepCase: true })
    .lookupType("kinesisproducer.AggregatedRecord");
  return type;
}

function md5(bytes: Uint8Array): Buffer {
  return createHash("md5").update(bytes).digest();
}

/** An aggregate by protobufjs and node:crypto. */
export function protobufjsEncode(records: readonly InputRecord[]): Buffer {
  const keys = new Map<string, number>();
  const entries: { partition_key_index: number; data: Buffer }[] = [];
  for (const { partitionKey, data } of records) {
    let index = keys.get(partitionKey);
    if (index === undefined) {
      index = keys.size;
      keys.set(partitionKey, index);
    }
    entries.push({ partition_key_index: index, data });
  }
  const body = aggregatedRecord()
    .encode({ partition_key_table: [...keys.keys()], records: entries })
    .finish();
  return Buffer.concat([MAGIC_BYTES, body, md5(body)]);
}

/** The user records of an aggregate by protobufjs and node:crypto. */
export function protobufjsDecode(bytes: Buffer): { partitionKey: string; data: Uint8Array }[] {
  const body = bytes.subarray(4, -16);
  if (!md5(body).equals(bytes.subarray(-16))) throw new Error("the digest is wrong");
  const message = aggregatedRecord().decode(body) as unknown as Message;
  return message.records.map(({ partition_key_index: index, data }) => ({
    partitionKey: message.partition_key_table[typeof index === "number" ? index : index.toNumber()] as string,
    data,
  }));
}
