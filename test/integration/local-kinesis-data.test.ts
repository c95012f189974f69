import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { KinesisProducer } from "../../src/index.js";
import { DataDirectoryError, LocalKinesis, type LocalKinesisOptions } from "../../src/testing/index.js";

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "kinesis-data-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function startKept(options: LocalKinesisOptions): Promise<LocalKinesis> {
  const kinesis = await LocalKinesis.start(options);
  onTestFinished(() => kinesis.close());
  return kinesis;
}

it("keeps what a producer delivered, and reshards and deletions made by hand", async () => {
  const options = { dataDir: dataFolder(), streams: { clicks: { shards: 2 }, views: {} } };
  const first = await startKept(options);
  const producer = new KinesisProducer({ streamName: "clicks", ...first.clientConfig() });
  await Promise.all(Array.from({ length: 500 }, (_, i) => producer.put({ partitionKey: `k${i}`, data: `data ${i}` })));
  await producer.close();
  first.splitShard("clicks", "shardId-000000000001");
  first.deleteStream("views");
  const [shards, records] = [first.shards("clicks"), first.records("clicks")];
  await first.close();

  const second = await startKept({ dataDir: options.dataDir });

  expect(second.streamNames()).toEqual(["clicks"]);
  expect(second.shards("clicks")).toEqual(shards);
  const plain = (each: typeof records): object[] => each.map((record) => ({ ...record, data: [...record.data] }));
  expect(plain(second.records("clicks"))).toEqual(plain(records));
  expect(second.oracle.report("clicks").fates.size).toBe(500);
});

it("has the directory to itself until it is closed, or could not start", async () => {
  const dataDir = dataFolder();
  const first = await startKept({ dataDir });

  await expect(LocalKinesis.start({ dataDir })).rejects.toThrow(DataDirectoryError);
  await first.close();
  await first.close();
  const port = Number(new URL((await startKept({})).endpoint).port);
  await expect(LocalKinesis.start({ dataDir, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await expect(LocalKinesis.start({ dataDir, streams: { clicks: { shards: 0 } } })).rejects.toThrow(RangeError);

  expect((await startKept({ dataDir })).streamNames()).toEqual([]);
});

it("does not keep what is only counted, and says so before it touches the directory", async () => {
  const dataDir = dataFolder();

  await expect(LocalKinesis.start({ dataDir, records: "count" })).rejects.toThrow(
    'dataDir keeps records, and records: "count" forgets them: take one of the two',
  );

  expect(readdirSync(dataDir)).toEqual([]);
});
