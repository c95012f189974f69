import { describe, expect, test } from "vitest";
import type { DeliveryStreamOptions } from "../../../../src/testing/index.js";
import { kinesisRecord, PipelineUnderTest } from "./pipeline-under-test.js";

const MINUTE = 60_000;
const MIB = 1024 * 1024;
/** A quarter of the bound of the pipelines without a destination. */
const QUARTER = 2 * MIB;

/** A pipeline that takes records without waiting, and tells how many it took. */
class TakingPipeline extends PipelineUnderTest {
  taken = 0;

  takeAll(...sizes: readonly number[]): Promise<void> {
    return sizes.reduce(async (previous, size) => {
      await previous;
      await this.pipeline.take(kinesisRecord(new Uint8Array(size), this.taken));
      this.taken++;
    }, Promise.resolve());
  }
}

/** A pipeline whose destination is down until `isDown` is false. */
function withoutDestination(options: Partial<DeliveryStreamOptions> = {}) {
  const it = new TakingPipeline({ bufferingHints: { sizeInMBs: 128 }, ...options }, 4 * QUARTER);
  const state = { isDown: true };
  it.bucket.onPut = () => {
    if (state.isDown) throw new Error("unavailable");
  };
  return { it, state };
}

describe("a pipeline that holds as much as it may", () => {
  test.each<[string, Partial<DeliveryStreamOptions>, number[]]>([
    ["of data", {}, Array(4).fill(QUARTER)],
    ["of data and 512 bytes for each record", {}, [2 * QUARTER, 2 * QUARTER - 1_024]],
    ["of data after the transform and delimiters", { appendDelimiterToRecord: "x".repeat(2 * QUARTER) }, [1, 1]],
  ])("%s takes no more until some are written", async (_, options, sizes) => {
    const { it, state } = withoutDestination(options);

    const taken = it.takeAll(...sizes);
    await it.pass(MINUTE);
    expect(it.taken).toBe(sizes.length - 1);
    state.isDown = false;
    await it.pass(MINUTE);

    await taken;
    expect(it.pipeline.stats()).toMatchObject({ recordsHeld: 0, recordsWritten: sizes.length });
  });

  test("counts only what it still holds", async () => {
    const { it, state } = withoutDestination({ appendDelimiterToRecord: "x".repeat(1.5 * QUARTER) });
    state.isDown = false;

    for (let i = 0; i < 4; i++) {
      await it.takeAll(1);
      await it.pipeline.flush();
    }

    expect(it.pipeline.stats()).toMatchObject({ recordsHeld: 0, recordsWritten: 4 });
  });
});

test("a transform that is behind stops the reading, because its results may be large", async () => {
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const it = new TakingPipeline({ transform: { handler: () => answered } });

  const taken = it.takeAll(...Array<number>(30).fill(MIB));
  await it.pass(1_000);
  // One is with the transform.
  expect([it.taken, it.pipeline.stats().invocations]).toEqual([8, 1]);
  answer();
  await taken;
  await it.pipeline.flush();

  expect(it.pipeline.stats()).toMatchObject({ recordsRead: 30, recordsFailed: 30, recordsHeld: 0 });
});

test("records of too many partitions are refused as fast with thousands of partitions", async () => {
  const it = new PipelineUnderTest({
    dynamicPartitioning: { query: { n: ".n" }, maxActivePartitions: 5_000 },
    prefix: "!{partitionKeyFromQuery:n}/",
    errorOutputPrefix: "!{firehose:error-output-type}/",
  });

  for (let n = 0; n < 15_000; n++) await it.pipeline.take(kinesisRecord(`{"n":${n}}`, n));
  expect(it.pipeline.stats().activePartitions).toBe(5_000);
  await it.pipeline.flush();

  expect(it.pipeline.stats()).toMatchObject({ filesWritten: 5_000, recordsFailed: 10_000, activePartitions: 0 });
});
