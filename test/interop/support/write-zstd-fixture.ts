/**
 * Writes a file of aggregates in zstd. It needs Node.js 22.15 or later, whose producer has zstd:
 *
 *     node scripts/run-program.mjs test/interop/support/write-zstd-fixture.ts test/interop/fixtures/zstd-aggregates.ndjson
 */
import { writeFileSync } from "node:fs";
import { KinesisProducer } from "../../../src/index.js";
import { LocalKinesis } from "../../../src/testing/index.js";
import { eventRecords, FIXTURE_RECORDS, storedIn } from "./compressed-records.js";
import { asLines } from "./user-records.js";

/** The program. */
export async function main([file = ""]: readonly string[]): Promise<number> {
  const kinesis = await LocalKinesis.start({ streams: { events: { shards: 1 } } });
  const producer = new KinesisProducer({
    streamName: "events",
    ...kinesis.clientConfig(),
    compression: "zstd",
    aggregation: { maxBytes: 4096 },
  });
  const records = eventRecords(FIXTURE_RECORDS);
  await Promise.all(records.map((record) => producer.put({ ...record, data: Buffer.from(record.data, "base64") })));
  await producer.close();
  const lines = storedIn(kinesis, "events").map(({ partitionKey, sequenceNumber, data }) => ({
    partitionKey,
    sequenceNumber,
    data: Buffer.from(data).toString("base64"),
  }));
  await kinesis.close();
  writeFileSync(file, asLines(lines));
  console.log(`${lines.length} Kinesis records in ${file}`);
  return 0;
}
