import type { KinesisClient, ListShardsCommand } from "@aws-sdk/client-kinesis";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { loadSdk } from "../../../src/edge/lazy-sdk.js";
import { SdkStreamDirectory } from "../../../src/edge/sdk-stream-directory.js";
import { constantCredentials } from "../../support/constant-credentials.js";

const STREAM = { streamName: "clicks" };
const RANGE = { StartingHashKey: "0", EndingHashKey: "99" };
const SHARD = { ShardId: "shardId-000000000000", HashKeyRange: RANGE };
const OTHER = { ShardId: "shardId-000000000001", HashKeyRange: { StartingHashKey: "100", EndingHashKey: "199" } };
const SUMMARY = { StreamDescriptionSummary: { OpenShardCount: 2, RecordDistributionStrategy: "AUTO" } };

/** A directory whose client gives these answers (the last one repeats), and the inputs of its calls. */
function directoryOf(...answers: unknown[]): { directory: SdkStreamDirectory; inputs: unknown[] } {
  const inputs: unknown[] = [];
  const send = async ({ input }: ListShardsCommand): Promise<unknown> => {
    inputs.push(input);
    return answers.length > 1 ? answers.shift() : answers[0];
  };
  const client = { send } as unknown as KinesisClient;
  return {
    directory: new SdkStreamDirectory(
      () => client,
      (run) => run({}),
      constantCredentials,
    ),
    inputs,
  };
}

// Loading takes real time, which the timers of these tests do not know.
beforeAll(loadSdk);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The answer, after every pause between attempts has passed. */
async function told<T>(answer: Promise<T>): Promise<T> {
  await vi.runAllTimersAsync();
  return answer;
}

const TORN_PAGES: readonly unknown[] = [
  undefined,
  null,
  {},
  { Shards: null },
  { Shards: {} },
  { Shards: [null] },
  { Shards: [{}] },
  { Shards: [{ ShardId: "s" }] },
  { Shards: [{ HashKeyRange: RANGE }] },
  { Shards: [{ ShardId: "s", HashKeyRange: { StartingHashKey: "0" } }] },
  { Shards: [{ ShardId: "s", HashKeyRange: { StartingHashKey: "0", EndingHashKey: "" } }] },
  { Shards: [{ ShardId: "s", HashKeyRange: { StartingHashKey: "0x1", EndingHashKey: "9" } }] },
];

describe("ListShards", () => {
  it.each(TORN_PAGES.map((page) => [page]))("with the answer %j is asked again", async (page) => {
    const { directory, inputs } = directoryOf(page, { Shards: [SHARD] });

    const answer = await told(directory.listShards(STREAM, "open"));

    expect(answer).toEqual({
      kind: "shards",
      shards: [{ shardId: SHARD.ShardId, startingHashKey: "0", endingHashKey: "99" }],
    });
    expect(inputs).toHaveLength(2);
  });

  it("with a second page that is torn is asked for that page again", async () => {
    const { directory, inputs } = directoryOf({ Shards: [SHARD], NextToken: "more" }, {}, { Shards: [OTHER] });

    const answer = await told(directory.listShards(STREAM, "open"));

    expect(answer).toMatchObject({ shards: [{ shardId: SHARD.ShardId }, { shardId: OTHER.ShardId }] });
    expect(inputs.map((input) => (input as { NextToken?: string }).NextToken)).toEqual([undefined, "more", "more"]);
  });

  it.each([[null], [""], [undefined]])("with the token %j has no further page", async (NextToken) => {
    const { directory, inputs } = directoryOf({ Shards: [SHARD], NextToken });

    await directory.listShards(STREAM, "all");

    expect(inputs).toHaveLength(1);
  });

  it("that stays torn fails as what passes", async () => {
    expect(await told(directoryOf({}).directory.listShards(STREAM, "open"))).toMatchObject({
      kind: "failed",
      code: "UnreadableAnswer",
      message: "the answer is incomplete: ListShards without Shards",
    });
  });
});

describe("a call that fails", () => {
  /** A directory whose client rejects with this error, and how often it was asked. */
  function failing(error: Error): { directory: SdkStreamDirectory; calls: () => number } {
    let calls = 0;
    const send = async (): Promise<never> => {
      calls++;
      throw error;
    };
    const client = { send } as unknown as KinesisClient;
    const directory = new SdkStreamDirectory(
      () => client,
      (run) => run({}),
      constantCredentials,
    );
    return { directory, calls: () => calls };
  }

  const answered = (name: string, httpStatusCode: number): Error =>
    Object.assign(new Error(name), { name, $fault: "server", $metadata: { httpStatusCode } });

  it.each([
    ["for a reason that passes is made three times", answered("InternalFailure", 500), 3],
    ["by a mistake of the network's library is, too", Object.assign(new TypeError("odd"), { code: "EODD" }), 3],
    ["throttled is not made again so soon", answered("LimitExceededException", 400), 1],
    ["for good is not made again", answered("AccessDeniedException", 403), 1],
  ])("%s", async (_, error, tries) => {
    const { directory, calls } = failing(error);

    expect(await told(directory.listShards(STREAM, "open"))).toMatchObject({ kind: "failed" });

    expect(calls()).toBe(tries);
  });
});

describe("DescribeStreamSummary", () => {
  it.each([[undefined], [null], [{}], [{ StreamDescriptionSummary: null }], [{ StreamDescriptionSummary: {} }]])(
    "with the answer %j does not say that keys count: it is asked again",
    async (torn) => {
      expect(await told(directoryOf(torn, SUMMARY).directory.describeStream(STREAM))).toEqual({
        kind: "summary",
        openShardCount: 2,
        recordDistribution: "AUTO",
      });
      expect(await told(directoryOf(torn).directory.describeStream(STREAM))).toMatchObject({
        code: "UnreadableAnswer",
      });
    },
  );
});
