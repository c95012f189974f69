import { deaggregate } from "../../../src/deaggregate/index.js";
import type { LocalKinesis } from "../../../src/testing/index.js";
import type { LineRecord } from "./user-records.js";

/** Every user record of a stream by this package's deaggregator, with the KCL's filter by shard. */
export function readBack(kinesis: LocalKinesis, stream: string): LineRecord[] {
  const ranges = new Map(kinesis.shards(stream).map((shard) => [shard.shardId, shard]));
  return kinesis.records(stream).flatMap((stored) => {
    // Readers do not see the hash key of the request.
    const { explicitHashKey: _, ...record } = stored;
    const options = { shardRange: ranges.get(stored.shardId), onDropped: () => {} };
    return [...deaggregate(record, options)].map(({ partitionKey = "", explicitHashKey, data }) => ({
      partitionKey,
      ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
      data: Buffer.from(data).toString("base64"),
    }));
  });
}
