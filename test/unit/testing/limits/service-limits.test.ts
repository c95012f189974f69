import { describe, expect, it } from "vitest";
import type { LimitOptions } from "../../../../src/testing/limits/limit-options.js";
import { NOW, putInput, ServiceUnderTest } from "../service/service-under-test.js";

const THROTTLED = "ProvisionedThroughputExceededException";
const MIB = 1024 * 1024;

const times = (count: number, key = "a"): string[] => Array.from({ length: count }, () => key);

function limited(limits: boolean | LimitOptions): ServiceUnderTest {
  return new ServiceUnderTest({ limits });
}

describe("the write limits of a shard", () => {
  it("are off unless they are asked for", () => {
    const kinesis = new ServiceUnderTest();

    for (let i = 0; i < 5; i++) kinesis.put(...times(500));

    expect(kinesis.stored()).toBe(2500);
  });

  it("take 1,000 records and refuse the others one by one, in the service's words", () => {
    const kinesis = limited(true);
    kinesis.put(...times(500));
    kinesis.put(...times(499));

    const { Records, FailedRecordCount } = kinesis.call("PutRecords", putInput(1, ["a", "a", "b"]));

    const shardId = Records[0].ShardId;
    expect(FailedRecordCount).toBe(1);
    expect(Records[1]).toEqual({
      ErrorCode: THROTTLED,
      ErrorMessage: `Rate exceeded for shard ${shardId} in stream clicks under account 000000000000.`,
    });
    expect(Records[2].ShardId).not.toBe(shardId);
    expect(kinesis.stored()).toBe(1001);
  });

  it("count the bytes of the partition key", () => {
    const kinesis = limited({ write: { bytesPerSecond: 100 } });

    expect(kinesis.putSized(97, "key", "key").map((answer) => answer === THROTTLED)).toEqual([false, true]);
    expect(limited({ write: { bytesPerSecond: 100 } }).putSized(98, "key", "key")[1]).toBe(THROTTLED);
  });

  it("take nothing of a record that meets only one of the two limits", () => {
    const kinesis = limited({ write: { recordsPerSecond: 2, bytesPerSecond: 100 } });

    const [shard, tooLarge] = kinesis.putSized(60, "a", "a");

    expect(tooLarge).toBe(THROTTLED);
    expect(kinesis.putSized(10, "a", "a")).toEqual([shard, THROTTLED]);
  });

  it("take 10 MiB at once in the burst model, and 1 MiB a second after that", () => {
    const kinesis = limited({ write: { model: "burst" } });
    const burst = (): number => kinesis.putSized(MIB / 2, ...times(19)).filter((answer) => answer !== THROTTLED).length;

    expect(burst()).toBe(19);
    expect(burst()).toBe(0);
    kinesis.now += 1000;
    expect(burst()).toBe(2);
  });

  it("start again with the clock's second in the window model", () => {
    const kinesis = limited({ write: { model: "window", recordsPerSecond: 3 } });
    kinesis.now = NOW + 999;
    kinesis.put(...times(3));
    kinesis.now = NOW + 1000;

    expect(kinesis.put(...times(4)).map((answer) => answer === THROTTLED)).toEqual([false, false, false, true]);
  });

  it("are a failed request to PutRecord", () => {
    const kinesis = limited({ write: { recordsPerSecond: 1 } });
    const input = { StreamName: "clicks", PartitionKey: "a", Data: "eA==" };

    expect(kinesis.reply("PutRecord", input).statusCode).toBe(200);
    expect(kinesis.refusal("PutRecord", input)).toContain(`400 ${THROTTLED}: Rate exceeded for shard shardId-`);
  });

  it("are each shard's own, so children begin afresh", () => {
    const kinesis = limited({ write: { recordsPerSecond: 1 } });
    const [before] = kinesis.put("a");
    kinesis.service.model.stream("clicks").splitShard(`shardId-00000000000${before}`, NOW);

    expect(kinesis.put("a", "a")[1]).toBe(THROTTLED);
  });
});

describe("the read limits of a shard", () => {
  const iterator = (kinesis: ServiceUnderTest): string =>
    kinesis.call("GetShardIterator", {
      StreamName: "clicks",
      ShardId: "shardId-000000000000",
      ShardIteratorType: "TRIM_HORIZON",
    }).ShardIterator;

  it("answer five calls a second", () => {
    const kinesis = limited(true);
    const ShardIterator = iterator(kinesis);

    const answers = times(6).map(() => kinesis.reply("GetRecords", { ShardIterator }).statusCode);

    expect(answers).toEqual([200, 200, 200, 200, 200, 400]);
    expect(kinesis.refusal("GetRecords", { ShardIterator })).toContain(`${THROTTLED}: Rate exceeded for shard`);
  });

  it("close the shard for five seconds after 10 MB", () => {
    const kinesis = new ServiceUnderTest({ limits: { write: false }, streams: { clicks: { shards: 1 } } });
    for (let i = 0; i < 11; i++) kinesis.putSized(MIB - 1, "a");
    const ShardIterator = iterator(kinesis);
    const statusAfter = (ms: number): number => {
      kinesis.now = NOW + ms;
      return kinesis.reply("GetRecords", { ShardIterator }).statusCode;
    };

    expect(kinesis.call("GetRecords", { ShardIterator }).Records.length).toBe(10);

    expect([statusAfter(1000), statusAfter(4900), statusAfter(5000)]).toEqual([400, 400, 200]);
  });
});

describe("the limits of calls", () => {
  it("are the account's, except that ListShards has each stream's own", () => {
    const kinesis = new ServiceUnderTest({
      streams: { clicks: {}, views: {} },
      limits: { calls: { ListShards: 2, DescribeStreamSummary: 2 } },
    });
    const calls = (operation: "ListShards" | "DescribeStreamSummary"): string[] =>
      ["clicks", "clicks", "views", "clicks"].map((StreamName) => kinesis.refusal(operation, { StreamName }));

    expect(calls("ListShards").at(-1)).toBe(
      "400 LimitExceededException: Rate exceeded for stream clicks under account 000000000000.",
    );
    expect(calls("DescribeStreamSummary").map((text) => text.slice(0, 26))).toEqual([
      "200 undefined: undefined",
      "200 undefined: undefined",
      "400 LimitExceededException",
      "400 LimitExceededException",
    ]);
  });

  it("end after a second, and can be switched off", () => {
    const kinesis = limited(true);
    const describes = (): number =>
      times(25).filter(() => kinesis.call("DescribeStreamSummary").statusCode === 200).length;

    expect(describes()).toBe(20);
    kinesis.now += 1000;
    expect(describes()).toBe(20);
    kinesis.service.setLimits({ calls: false });
    expect(describes()).toBe(25);
  });
});

describe("the options of limits", () => {
  it.each([
    [{ write: { recordsPerSecond: 0 } }, "limits.write.recordsPerSecond must be above 0, got 0"],
    [{ read: { bytesPerSecond: Number.NaN } }, "limits.read.bytesPerSecond must be above 0, got NaN"],
    [{ write: { model: "leaky" } }, "limits.write.model must be bucket, window or burst, got leaky"],
    [{ calls: { Nonsense: 1 } }, "limits.calls has no operation Nonsense"],
    [{ writes: false }, "limits has no writes: known are write, read, calls"],
  ])("refuse %j", (limits, message) => {
    expect(() => limited(limits as LimitOptions)).toThrow(new RangeError(message));
  });
});
