import { gunzipSync } from "node:zlib";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { KinesisProducer } from "../../src/index.js";
import { firehoseTransform } from "../../src/lambda/index.js";
import { DeliveryStream, type DeliveryStreamOptions, LocalKinesis, s3Destination } from "../../src/testing/index.js";
import { type S3Object, type S3Server, s3Sdk, startS3Server } from "./support/s3-server.js";

const sdk = s3Sdk();

let server: S3Server;
let kinesis: LocalKinesis;
let client: KinesisClient;
let s3: InstanceType<typeof sdk.S3Client>;

beforeAll(async () => {
  server = await startS3Server();
  kinesis = await LocalKinesis.start({ streams: { games: { shards: 2 }, late: { shards: 1 } } });
  client = new KinesisClient(kinesis.clientConfig());
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  s3 = new sdk.S3Client({
    endpoint: server.url,
    forcePathStyle: true,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
});

afterAll(async () => {
  s3.destroy();
  client.destroy();
  await kinesis.close();
  await server.stop();
});

/** A delivery stream that writes to the bucket of its stream's name. */
function deliver(streamName: string, options: Partial<DeliveryStreamOptions> = {}): DeliveryStream {
  return new DeliveryStream({
    deliveryStreamName: `${streamName}-to-s3`,
    source: { client, streamName, pollMs: 200 },
    destination: s3Destination({ client: s3, PutObjectCommand: sdk.PutObjectCommand, bucket: streamName }),
    appendDelimiterToRecord: true,
    onFailure: () => {},
    ...options,
  });
}

/** The objects of a bucket by key, as the SDK reads them. */
async function objectsOf(
  bucket: string,
): Promise<Map<string, { readonly bytes: Uint8Array; readonly encoding: string | undefined }>> {
  const objects = new Map<string, { readonly bytes: Uint8Array; readonly encoding: string | undefined }>();
  let token: string | undefined;
  do {
    const page = (await s3.send(new sdk.ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token }))) as {
      readonly Contents?: readonly { readonly Key: string }[];
      readonly NextContinuationToken?: string;
    };
    for (const { Key } of page.Contents ?? []) {
      const { Body, ContentEncoding } = (await s3.send(new sdk.GetObjectCommand({ Bucket: bucket, Key }))) as S3Object;
      objects.set(Key, { bytes: await Body.transformToByteArray(), encoding: ContentEncoding });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return objects;
}

async function produce(streamName: string, data: readonly string[]): Promise<void> {
  const producer = new KinesisProducer({ streamName, ...kinesis.clientConfig(), aggregation: "reshard-safe" });
  const { failed } = await producer.putMany(data.map((text, i) => ({ partitionKey: `player ${i % 20}`, data: text })));
  await producer.close();
  expect(failed).toBe(0);
}

it("gofakes3 has every record of a stream once: transformed, partitioned and compressed by a DeliveryStream", async () => {
  await s3.send(new sdk.CreateBucketCommand({ Bucket: "games" }));
  const games = Array.from({ length: 3_000 }, (_, id) => ({ id, country: ["de", "fr"][id % 2], minutes: id % 60 }));
  const handler = firehoseTransform(
    ({ data }) => {
      const game = JSON.parse(Buffer.from(data).toString()) as (typeof games)[number];
      if (game.id % 10 === 9) return undefined;
      if (game.id % 100 === 50) throw new Error("no");
      return JSON.stringify({ ...game, minutes: `${game.minutes} minutes` });
    },
    { onError: () => {} },
  );
  await using delivery = deliver("games", {
    transform: { handler },
    compressionFormat: "GZIP",
    dynamicPartitioning: { query: { country: ".country" } },
    prefix: "country=!{partitionKeyFromQuery:country}/!{timestamp:'year='yyyy}/",
    errorOutputPrefix: "errors/!{firehose:error-output-type}/",
  });
  await delivery.start();

  await produce(
    "games",
    games.map((game) => JSON.stringify(game)),
  );
  await delivery.flush();

  const objects = await objectsOf("games");
  const seen: number[] = [];
  for (const [key, { bytes, encoding }] of objects) {
    expect([key, encoding]).toEqual([
      expect.stringMatching(/^(country=(de|fr)\/year=20\d\d|errors\/processing-failed)\/games-to-s3-1-.+\.gz$/),
      "gzip",
    ]);
    for (const line of gunzipSync(bytes).toString().split("\n").slice(0, -1)) {
      const told = JSON.parse(line) as { id: number; country: string; rawData?: string };
      const { id } =
        told.rawData === undefined ? told : (JSON.parse(Buffer.from(told.rawData, "base64").toString()) as typeof told);
      if (told.rawData === undefined) expect(key.startsWith(`country=${games[id]?.country}/`)).toBe(true);
      expect(key.startsWith("errors/")).toBe(id % 100 === 50);
      seen.push(id);
    }
  }
  expect(seen.toSorted((a, b) => a - b)).toEqual(games.map(({ id }) => id).filter((id) => id % 10 !== 9));
});

it("a DeliveryStream waits for a bucket that does not exist yet, and loses nothing", async () => {
  const failures: unknown[] = [];
  await using delivery = deliver("late", { onFailure: ({ error }) => failures.push((error as Error).name) });
  await delivery.start();
  await produce("late", ["one", "two", "three"]);

  const flushed = delivery.flush();
  while (failures.length < 2) await new Promise((resolve) => setImmediate(resolve));
  await s3.send(new sdk.CreateBucketCommand({ Bucket: "late" }));
  await flushed;

  const texts = [...(await objectsOf("late")).values()].map(({ bytes }) => Buffer.from(bytes).toString());
  expect(new Set(failures)).toEqual(new Set(["NoSuchBucket"]));
  expect(texts.join("").split("\n").toSorted()).toEqual(["", "one", "three", "two"]);
});
