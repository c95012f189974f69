import { describe, expect, test } from "vitest";

import { requestFailure } from "../../../src/testing/scripted-answers.js";
import { virtualProducer } from "../../support/virtual-producer.js";

const AGE_MS = 300_000;

describe("the summary's age", () => {
  test("an old summary is requested again at the next put, alone, and never by an idle timer", async () => {
    const { clock, directory, put, start } = virtualProducer({ streamSummaryMaxAgeMs: AGE_MS });
    await start();
    await clock.advanceAsync(10 * AGE_MS);
    expect(directory.summaries.calls).toHaveLength(1);
    expect(clock.isRefed).toBe(false);

    const record = put({});
    await clock.advanceAsync(100);

    expect(record.state).toBe("resolved");
    expect([directory.summaries.calls.length, directory.listings.calls.length]).toEqual([2, 1]);
  });

  test("a younger one is not", async () => {
    const { clock, directory, put, start } = virtualProducer({ streamSummaryMaxAgeMs: AGE_MS });
    await start();

    for (let ms = 0; ms < AGE_MS; ms += 10_000) {
      put({});
      await clock.advanceAsync(10_000);
    }

    expect(directory.summaries.calls).toHaveLength(1);
  });

  test("under a steady load there is one request for each interval, also while it fails or hangs", async () => {
    const { clock, directory, put, start } = virtualProducer({ streamSummaryMaxAgeMs: AGE_MS });
    await start();
    const minutes = async (count: number): Promise<number> => {
      const before = directory.summaries.calls.length;
      for (let second = 0; second < count * 60; second += 10) {
        put({});
        await clock.advanceAsync(10_000);
      }
      return directory.summaries.calls.length - before;
    };

    // The puts come every 10 s, so each interval has 310 s.
    expect(await minutes(31)).toBe(5);
    directory.summaries.always(requestFailure("LimitExceededException", { statusCode: 400 }));
    // One more comes with the shard map, which is an hour old then.
    expect(await minutes(30)).toBeLessThanOrEqual(7);
    directory.summaries.always("hold");
    expect(await minutes(30)).toBe(1);
  });

  test("a stream that has become AUTO is noticed: records go raw", async () => {
    const { clock, directory, transport, put, start } = virtualProducer({ streamSummaryMaxAgeMs: AGE_MS });
    await start();
    directory.setSummary({ recordDistribution: "AUTO" });
    await clock.advanceAsync(AGE_MS + 1);
    put({ data: "asks" });
    await clock.advanceAsync(100);
    const before = transport.requests.length;

    for (const data of ["a", "b"]) put({ data });
    await clock.advanceAsync(1_000);

    expect(transport.requests.slice(before).flatMap(({ entries }) => entries)).toHaveLength(2);
  });

  test("nothing is requested when the caller has said both", async () => {
    const told = { recordDistribution: "USER_PARTITION_KEY", maxRecordBytes: 1_000_000 } as const;
    const { clock, directory, put, start } = virtualProducer({ streamSummaryMaxAgeMs: AGE_MS, ...told });
    await start();
    await clock.advanceAsync(10 * AGE_MS);

    put({});
    await clock.advanceAsync(100);

    expect(directory.summaries.calls).toHaveLength(0);
  });
});
