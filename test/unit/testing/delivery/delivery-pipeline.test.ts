import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { firehoseTransform } from "../../../../src/lambda/index.js";
import type { DeliveryStreamOptions, DeliveryTransformEvent } from "../../../../src/testing/index.js";
import { EPOCH, kinesisRecord, PipelineUnderTest } from "./pipeline-under-test.js";

const MINUTE = 60_000;
const NAME = /^2026\/02\/03\/04\/d-1-2026-02-03-04-05-06-[0-9a-f-]{36}$/;

/** `drop` is dropped, `fail` fails, other texts become capitals. */
const shout = firehoseTransform(
  ({ data }) => {
    const text = Buffer.from(data).toString();
    if (text === "fail") throw new Error("no");
    return text === "drop" ? undefined : text.toUpperCase();
  },
  { onError: () => {} },
);

const byUser: Partial<DeliveryStreamOptions> = {
  dynamicPartitioning: { query: { user: ".user" } },
  prefix: "user=!{partitionKeyFromQuery:user}/",
  errorOutputPrefix: "!{firehose:error-output-type}/",
  appendDelimiterToRecord: true,
};

describe("a pipeline without a transform", () => {
  test("writes what came in the interval as one file, named by the time at which it was opened", async () => {
    const { bucket, pass, take, pipeline } = under();

    await take("one");
    await pass(299_999);
    await take("two");
    expect(bucket.files).toEqual([]);
    await pass(1);

    expect(bucket.texts()).toEqual(["onetwo"]);
    expect(bucket.files[0]?.key).toMatch(NAME);
    expect(pipeline.stats()).toMatchObject({ recordsRead: 2, recordsWritten: 2, recordsHeld: 0, activePartitions: 0 });
  });

  test("writes a file at its size", async () => {
    const { bucket, take } = under({ bufferingHints: { sizeInMBs: 1 } });
    const half = new Uint8Array(512 * 1024);

    await take(half, half, "rest");

    expect(bucket.files.map(({ body }) => body.length)).toEqual([1024 * 1024]);
  });

  test("writes what it has at once when the interval is 0", async () => {
    const { bucket, take, pass } = under({ bufferingHints: { intervalInSeconds: 0 } });

    await take("one", "two");
    await pass(0);
    await take("three");
    await pass(0);

    expect(bucket.texts()).toEqual(["onetwo", "three"]);
  });

  test("appends a delimiter to each record", async () => {
    const { bucket, take, pipeline } = under({ appendDelimiterToRecord: "|" });

    await take("one", "two");
    await pipeline.flush();

    expect(bucket.texts()).toEqual(["one|two|"]);
  });

  test("compresses files, and says so in name and encoding", async () => {
    const { bucket, take, pipeline } = under({ compressionFormat: "GZIP" });

    await take("one");
    await pipeline.flush();

    const [file] = bucket.files;
    expect([file?.contentEncoding, file?.key.endsWith(".gz")]).toEqual(["gzip", true]);
    expect(gunzipSync(file?.body ?? "").toString()).toBe("one");
  });

  test("takes the date of the oldest record for the prefix, and its own for the name", async () => {
    const { bucket, take, pipeline, clock } = under({
      prefix: "!{timestamp:yyyy-MM-dd HH}/",
      errorOutputPrefix: "!{firehose:error-output-type}/",
    });
    await clock.advanceAsync(3_600_000);

    await pipeline.take(kinesisRecord("old"));
    await take("two");
    await pipeline.flush();

    expect(bucket.files[0]?.key).toMatch(/^2026-02-03 04\/d-1-2026-02-03-05-05-06-/);
  });
});

describe("a pipeline with a transform", () => {
  test("invokes it after its own interval, and buffers the results", async () => {
    const { bucket, take, pass, pipeline } = under({ transform: { handler: shout } });

    await take("one", "drop", "two");
    await pass(MINUTE - 1);
    expect(pipeline.stats()).toMatchObject({ invocations: 0, recordsHeld: 3 });
    await pass(1);
    expect(pipeline.stats()).toMatchObject({ invocations: 1, recordsDropped: 1, recordsHeld: 2 });
    // The file is due later than the next batch.
    await take("three");
    await pass(MINUTE);
    expect(pipeline.stats()).toMatchObject({ invocations: 2, recordsHeld: 3 });
    await pass(240_000);

    expect(bucket.texts()).toEqual(["ONETWOTHREE"]);
  });

  test("writes documents of failed records to the error prefix, with the data of the stream", async () => {
    const { bucket, take, pass, pipeline } = under({ transform: { handler: shout, lambdaArn: "arn" } });

    await take("one", "fail");
    await pass(MINUTE);
    await pipeline.flush();

    const error = bucket.files.find(({ key }) => key.startsWith("processing-failed/2026/02/03/04/d-1-"));
    expect(Buffer.from(error?.body ?? "").toString()).toBe(
      `{"attemptsMade":1,"arrivalTimestamp":${EPOCH},"errorCode":"Lambda.ProcessingFailedStatus","errorMessage":"ProcessingFailed status set for record","attemptEndingTimestamp":${EPOCH + MINUTE},"rawData":"ZmFpbA==","lambdaArn":"arn"}\n`,
    );
    expect(pipeline.stats()).toMatchObject({
      recordsWritten: 1,
      recordsFailed: 1,
      filesWritten: 1,
      errorFilesWritten: 1,
    });
  });

  test("keeps the order of the stream when an invocation is repeated", async () => {
    let calls = 0;
    const { bucket, take, pass, pipeline, failures } = under({
      transform: {
        bufferIntervalInSeconds: 0,
        handler: (event) => {
          if (calls++ === 0) throw new Error("no");
          return shout(event);
        },
      },
    });

    await take("a");
    await pass(0);
    await take("b");
    await pass(5_000);
    await pipeline.flush();

    expect(bucket.texts()).toEqual(["AB"]);
    expect(failures).toEqual([{ stage: "transform", error: new Error("no"), attempt: 1 }]);
    expect(pipeline.stats()).toMatchObject({ invocations: 3, invocationsFailed: 1 });
  });

  test("gives each record of an invocation its own id, also in an aggregate and with equal sequence numbers", async () => {
    const ids: string[] = [];
    const handler = (event: DeliveryTransformEvent): unknown => {
      ids.push(...event.records.map(({ recordId }) => recordId));
      return shout(event);
    };
    const { pipeline } = under({ transform: { handler } });

    await pipeline.take(kinesisRecord("old"));
    await pipeline.take({ ...kinesisRecord("old"), shardId: "shardId-000000000001" });
    await pipeline.flush();

    expect(new Set(ids).size).toBe(2);
  });
});

describe("a pipeline with dynamic partitioning", () => {
  test("writes a file for each value of the keys", async () => {
    const { bucket, take, pipeline } = under(byUser);

    await take('{"user":1,"n":1}', '{"user":2}', '{"user":1,"n":2}');
    expect(pipeline.stats().activePartitions).toBe(2);
    await pipeline.flush();

    expect(bucket.texts("user=1/d-1-")).toEqual(['{"user":1,"n":1}\n{"user":1,"n":2}\n']);
    expect(bucket.texts("user=2/d-1-")).toEqual(['{"user":2}\n']);
    expect(pipeline.stats().activePartitions).toBe(0);
  });

  test("takes keys from the transform, and its data for queries", async () => {
    const handler = ({ records }: DeliveryTransformEvent): unknown => ({
      records: records.map(({ recordId }) => ({
        recordId,
        result: "Ok",
        data: Buffer.from('{"user":"from data"}').toString("base64"),
        metadata: { partitionKeys: { day: "monday" } },
      })),
    });
    const prefix = "!{partitionKeyFromLambda:day}/!{partitionKeyFromQuery:user}/";
    const { bucket, take, pipeline } = under({ ...byUser, prefix, transform: { handler } });

    await take("text");
    await pipeline.flush();

    expect(bucket.files.map(({ key }) => key.split("/d-1-")[0])).toEqual(["monday/from data"]);
  });

  test("writes documents of records without keys", async () => {
    const { bucket, take, pipeline } = under(byUser);

    await take(
      "no JSON",
      "{}",
      '{"user":"u"}',
      JSON.stringify({ user: "u".repeat(506) }),
      JSON.stringify({ user: "v".repeat(507) }),
    );
    await pipeline.flush();

    const common = { attemptsMade: 1, errorCode: "DynamicPartitioning.MetadataExtractionFailed" };
    expect(bucket.errors()).toMatchObject([
      { ...common, errorMessage: "Non JSON record provided", rawData: Buffer.from("no JSON").toString("base64") },
      { ...common, errorMessage: "partitionKeys values must not be null or empty: user" },
      { ...common, errorMessage: "the prefix has 513 characters, and at most 512 are allowed" },
    ]);
    expect(pipeline.stats()).toMatchObject({ recordsWritten: 2, recordsFailed: 3 });
  });

  test("has no more partitions than it may: a partition ends when its files are written", async () => {
    const { bucket, take, pass, pipeline } = under({
      ...byUser,
      dynamicPartitioning: { query: { user: ".user" }, maxActivePartitions: 2 },
    });

    await take('{"user":1}', '{"user":2}', '{"user":3}', '{"user":1}');
    expect(pipeline.stats().activePartitions).toBe(2);
    await pass(300_000);
    await take('{"user":3}');
    await pipeline.flush();

    expect(bucket.errors("activePartitionExceeded/")).toMatchObject([
      { errorCode: "DynamicPartitioning.ActivePartitionsLimitExceeded" },
    ]);
    expect(bucket.texts("user=3/")).toEqual(['{"user":3}\n']);
  });
});

describe("a pipeline whose destination fails", () => {
  test("offers the same file again, with growing pauses, until it is taken", async () => {
    const { bucket, take, pass, pipeline, failures } = under({ bufferingHints: { intervalInSeconds: 0 } });
    let refusals = 3;
    bucket.onPut = () => {
      if (refusals-- > 0) throw new Error("unavailable");
    };

    await take("one");
    await pass(0);
    const settled = pipeline.settled();
    await pass(1_000);
    expect(pipeline.stats()).toMatchObject({ putsFailed: 3, recordsHeld: 1 });
    await pass(100);
    await settled;

    expect([bucket.puts.length, new Set(bucket.puts).size]).toEqual([4, 1]);
    expect(bucket.texts()).toEqual(["one"]);
    expect(failures.map(({ stage, attempt, key }) => [stage, attempt, key])).toEqual(
      [1, 2, 3].map((attempt) => ["destination", attempt, bucket.puts[0]]),
    );
  });

  test("offers the same key and bytes again to a destination that changed them", async () => {
    const offered: string[] = [];
    const put = async (file: { key: string; body: Uint8Array }): Promise<void> => {
      offered.push(`${file.key} ${Buffer.from(file.body)}`);
      file.body.fill(0);
      file.key = "";
      if (offered.length < 3) throw new Error("unavailable");
    };
    const { take, pass, pipeline } = under({ destination: { put } });

    await take("one");
    const flushed = pipeline.flush();
    await pass(MINUTE);
    await flushed;

    expect([offered.length, new Set(offered).size, offered[0]?.endsWith(" one")]).toEqual([3, 1, true]);
  });

  test("writes the files of a prefix in order, and does not wait for another prefix", async () => {
    const { bucket, take, pipeline, clock } = under(byUser);
    bucket.onPut = ({ key }) => {
      if (key.startsWith("user=1/") && bucket.puts.length < 6) throw new Error("unavailable");
    };
    await take('{"user":1,"n":1}');
    const first = pipeline.flush();
    await clock.settle();
    await take('{"user":1,"n":2}', '{"user":2}');
    const second = pipeline.flush();
    await clock.settle();

    expect(bucket.texts()).toEqual(['{"user":2}\n']);
    await clock.advanceAsync(MINUTE);
    await Promise.all([first, second]);
    expect(bucket.texts("user=1/")).toEqual(['{"user":1,"n":1}\n', '{"user":1,"n":2}\n']);
  });

  test("tells what is not written when it is ended, and leaves no timer", async () => {
    const { bucket, take, pipeline, clock } = under({ transform: { handler: shout } });
    bucket.onPut = () => {
      throw new Error("unavailable");
    };
    await take("one", "two");
    const flushed = pipeline.flush();
    flushed.catch(() => {});
    await clock.settle();
    await take("three");

    pipeline.end(new Error("closed"));

    await expect(flushed).rejects.toThrow("closed");
    await expect(pipeline.settled()).rejects.toThrow("closed");
    await clock.settle();
    expect(pipeline.stats()).toMatchObject({ recordsRead: 3, recordsHeld: 3 });
    expect(pipeline.unwritten()).toMatchObject([
      { records: 2, bytes: 6, attempts: 1, error: new Error("unavailable") },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  test("ends a put that is never answered, and offers the file again", async () => {
    const { bucket, take, pipeline, pass, failures } = under();
    let isFirst = true;
    bucket.onPut = () => {
      if (!isFirst) return undefined;
      isFirst = false;
      return new Promise(() => {});
    };
    await take("one");

    const flushed = pipeline.flush();
    await pass(121_000);
    await flushed;

    expect(failures.length).toBe(1);
    expect(bucket.texts()).toEqual(["one"]);
  });
});

function under(options: Partial<DeliveryStreamOptions> = {}) {
  const it = new PipelineUnderTest(options);
  const { bucket, clock, pipeline, failures } = it;
  return { bucket, clock, pipeline, failures, take: it.take.bind(it), pass: it.pass.bind(it) };
}
