import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, expect, it } from "vitest";
import { readSequenceNumber } from "../../../../src/core/shards/sequence-number.js";
import { ordinalOf } from "../../../../src/testing/kinesis-model/sequence-number.js";
import { DataDirectory } from "../../../../src/testing/storage/data-directory.js";
import { DataDirectoryError } from "../../../../src/testing/storage/data-directory-error.js";
import { NOW } from "../service/service-under-test.js";
import { filesOf, KeptService, temporaryFolder } from "./kept-service.js";

const HOUR = 3_600_000;
const SHARD = "shardId-000000000000";

/** The one log of a directory with one stream. */
function logOf(folder: string): string {
  const records = join(folder, "records");
  const [stream = ""] = readdirSync(records);
  const [segment = ""] = readdirSync(join(records, stream));
  return join(records, stream, segment);
}

describe("a data directory", () => {
  it("gives streams, shards, consumers, tags and records back as they were", () => {
    const kinesis = new KeptService(temporaryFolder());
    const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
    kinesis.putKey("a");
    kinesis.now += 1000;
    kinesis.putKey("b", { ExplicitHashKey: "7" });
    kinesis.call("SplitShard", { StreamARN, ShardToSplit: SHARD, NewStartingHashKey: String(2n ** 126n) });
    kinesis.call("MergeShards", {
      ...{ StreamARN, ShardToMerge: "shardId-000000000003", AdjacentShardToMerge: "shardId-000000000001" },
    });
    kinesis.putKey("half a surrogate \ud83d", { ExplicitHashKey: String(2n ** 127n) });
    kinesis.call("RegisterStreamConsumer", { StreamARN, ConsumerName: "app" });
    kinesis.call("AddTagsToStream", { StreamARN, Tags: { team: "web", ["__proto__"]: "a tag like others" } });
    kinesis.call("IncreaseStreamRetentionPeriod", { StreamARN, RetentionPeriodHours: 48 });
    kinesis.call("CreateStream", { StreamName: "views", StreamModeDetails: { StreamMode: "ON_DEMAND" } });
    kinesis.call("UpdateStreamRecordDistributionStrategy", {
      ...{ StreamARN: StreamARN.replace("clicks", "views"), RecordDistributionStrategy: "AUTO" },
    });
    kinesis.call("PutRecord", { StreamName: "views", Data: "" });
    const before = kinesis.state();

    kinesis.restart();

    expect(kinesis.state()).toEqual(before);
    expect(before.records.length).toBe(4);
    expect(kinesis.call("ListTagsForStream", { StreamARN }).Tags).toHaveLength(2);
  });

  it("keeps what was answered however the process ends: nothing waits for the close", () => {
    const folder = temporaryFolder();
    const copy = temporaryFolder();
    const kinesis = new KeptService(folder);
    kinesis.putKey("a");
    kinesis.call("CreateStream", { StreamName: "views", ShardCount: 3 });

    // The files that another process would find now.
    for (const path of Object.keys(filesOf(folder))) {
      mkdirSync(join(copy, path, ".."), { recursive: true });
      copyFileSync(join(folder, path), join(copy, path));
    }
    const found = new KeptService(copy);

    expect(found.state()).toEqual(kinesis.state());
  });

  it("never gives a sequence number twice, and iterators go on", () => {
    const kinesis = new KeptService(temporaryFolder());
    const place = { StreamName: "clicks", ShardId: SHARD };
    kinesis.putKey("a", { ExplicitHashKey: "0" });
    const second = kinesis.putKey("b", { ExplicitHashKey: "0" });
    const { ShardIterator: start } = kinesis.call("GetShardIterator", { ...place, ShardIteratorType: "TRIM_HORIZON" });
    const { ShardIterator: latest } = kinesis.call("GetShardIterator", { ...place, ShardIteratorType: "LATEST" });
    const { NextShardIterator: next } = kinesis.call("GetRecords", { ShardIterator: start, Limit: 1 });

    kinesis.restart();
    const third = kinesis.putKey("c", { ExplicitHashKey: "0" });

    expect(BigInt(third)).toBeGreaterThan(BigInt(second));
    const keys = (ShardIterator: string): string[] =>
      kinesis
        .call("GetRecords", { ShardIterator })
        .Records.map((record: { PartitionKey: string }) => record.PartitionKey);
    expect([keys(start), keys(next), keys(latest)]).toEqual([["a", "b", "c"], ["b", "c"], ["c"]]);
    expect(
      kinesis.call("SplitShard", { ...{ StreamName: "clicks", ShardToSplit: SHARD, NewStartingHashKey: "99" } })
        .statusCode,
    ).toBe(200);
    const ends = kinesis.model
      .stream("clicks")
      .shards.map(({ closure, origin }) => closure?.endingSequenceNumber ?? origin.startingSequenceNumber);
    expect(
      ends
        .slice(0, 1)
        .concat(ends.slice(2))
        .every((number) => BigInt(number) > BigInt(third)),
    ).toBe(true);
  });

  it("opens one that was written with numbers of the older form, and goes on above them", () => {
    const folder = temporaryFolder();
    const kinesis = new KeptService(folder);
    kinesis.putKey("a", { ExplicitHashKey: "0" });
    kinesis.call("SplitShard", {
      ...{ StreamName: "clicks", ShardToSplit: "shardId-000000000001", NewStartingHashKey: String(3n << 126n) },
    });
    kinesis.putKey("b", { ExplicitHashKey: "0" });
    kinesis.close();
    // 4957, zeros, an ordinal of 16 digits, and the shard's number in 6.
    const older = (number: string): string => {
      const ordinal = String(ordinalOf(number) % 10 ** 15).padStart(16, "0");
      return `4957${"0".repeat(30)}${ordinal}${String(readSequenceNumber(number)?.shardNumber).padStart(6, "0")}`;
    };
    for (const [path, text] of Object.entries(filesOf(folder)))
      writeFileSync(join(folder, path), text.replace(/\b49\d{54}\b/g, older), "latin1");

    const opened = new KeptService(folder);
    const third = opened.putKey("c", { ExplicitHashKey: "0" });

    const numbers = opened.state().records.map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers.map((number) => number.startsWith(`4957${"0".repeat(30)}`))).toEqual([true, true, false]);
    expect(numbers).toEqual([...numbers].sort());
    expect(numbers.at(-1)).toBe(third);
    const { ShardIterator } = opened.call("GetShardIterator", {
      ...{ StreamName: "clicks", ShardId: SHARD, ShardIteratorType: "AFTER_SEQUENCE_NUMBER" },
      StartingSequenceNumber: numbers[0],
    });
    const { Records } = opened.call("GetRecords", { ShardIterator });
    expect(Records.map((record: { PartitionKey: string }) => record.PartitionKey)).toEqual(["b", "c"]);
  });

  it("never gives a sequence number twice when all records have expired and their files are gone", () => {
    const folder = temporaryFolder();
    const kinesis = new KeptService(folder);
    let last = 0n;

    for (let life = 0; life < 4; life++) {
      for (let i = 0; i < 20; i++) {
        const number = BigInt(kinesis.putKey("a"));
        expect(number).toBeGreaterThan(last);
        last = number;
      }
      kinesis.now += 25 * HOUR;
      kinesis.call("ListStreams", {});
      expect(Object.keys(filesOf(folder))).toEqual(["streams.json"]);
      kinesis.restart();
      expect(kinesis.keys()).toEqual([]);
    }
  });

  it("applies the retention to what it gives back", () => {
    const kinesis = new KeptService(temporaryFolder());
    kinesis.putKey("old");
    kinesis.now += 23 * HOUR;
    kinesis.putKey("young");
    kinesis.now += 2 * HOUR;

    kinesis.restart();

    expect(kinesis.keys()).toEqual(["young"]);
  });

  it("leaves a stream that it has as it is, and makes those that it has not", () => {
    const kinesis = new KeptService(temporaryFolder());
    kinesis.putKey("a");

    kinesis.restart({ streams: { clicks: { shards: 9 }, views: { shards: 3 } } });

    expect(kinesis.state().streams.map(({ name, shards }) => [name, shards.length])).toEqual([
      ["clicks", 2],
      ["views", 3],
    ]);
    expect(kinesis.keys()).toEqual(["a"]);
  });

  it("forgets a deleted stream, and does not give its records to the next of its name", () => {
    const folder = temporaryFolder();
    const kinesis = new KeptService(folder);
    kinesis.putKey("a");
    kinesis.call("DeleteStream");
    expect(Object.keys(filesOf(folder))).toEqual(["streams.json"]);
    kinesis.call("CreateStream", { StreamName: "clicks", ShardCount: 1 });
    kinesis.putKey("b");

    kinesis.restart();

    expect(kinesis.keys()).toEqual(["b"]);
  });

  it("ends what was under way: no stream stays CREATING, UPDATING or DELETING", () => {
    const timing = { createMs: 1000, deleteMs: 1000, reshardMs: 1000 };
    const kinesis = new KeptService(temporaryFolder(), { timing, streams: { clicks: {}, views: {}, gone: {} } });
    kinesis.call("CreateStream", { StreamName: "young", ShardCount: 1 });
    kinesis.call("UpdateShardCount", { StreamName: "clicks", TargetShardCount: 2, ScalingType: "UNIFORM_SCALING" });
    kinesis.call("DeleteStream", { StreamName: "gone" });

    kinesis.restart({ timing });

    expect(kinesis.state().streams.map(({ name, status, shards }) => [name, status, shards.length])).toEqual([
      ["clicks", "ACTIVE", 1],
      ["views", "ACTIVE", 1],
      ["young", "ACTIVE", 1],
    ]);
  });

  // Some 150 starts, each of which syncs files to the disk: it may take seconds.
  it("cuts a last record off that was not written to its end, wherever it ends", () => {
    const folder = temporaryFolder();
    const kinesis = new KeptService(folder);
    kinesis.putKey("a");
    const whole = readFileSync(logOf(folder)).length;
    kinesis.putKey("b");
    kinesis.close();
    const log = readFileSync(logOf(folder));

    for (let length = whole; length < log.length; length++) {
      writeFileSync(logOf(folder), log);
      truncateSync(logOf(folder), length);
      const found = new KeptService(folder);
      const keys = found.keys();
      found.putKey("c");
      found.close();

      const [first = "", second = "", ...rest] = readFileSync(logOf(folder), "utf8").split("\n");
      expect([keys, first.length + 1, JSON.parse(second).partitionKey, rest]).toEqual([["a"], whole, "c", [""]]);
    }
  }, 60_000);

  it("answers 500 while it cannot write, and keeps all once it can", () => {
    const folder = temporaryFolder();
    const kinesis = new KeptService(folder);
    writeFileSync(join(folder, "records"), "in the way");
    const failed = kinesis.call("PutRecord", { StreamName: "clicks", PartitionKey: "a", Data: "" });
    rmSync(join(folder, "records"));

    kinesis.putKey("b");

    expect(failed).toMatchObject({ statusCode: 500, __type: "InternalFailure" });
    kinesis.restart();
    expect(kinesis.keys().sort()).toEqual(["a", "b"]);
  });
});

function withStreamTwice(text: string): string {
  const model = JSON.parse(text);
  return JSON.stringify({ ...model, streams: [...model.streams, ...model.streams] });
}

describe("a data directory that cannot be used", () => {
  function kept(): { folder: string; streams: string } {
    const folder = temporaryFolder();
    const kinesis = new KeptService(folder);
    for (const key of ["a", "b", "c"]) kinesis.putKey(key);
    kinesis.close();
    return { folder, streams: readFileSync(join(folder, "streams.json"), "utf8") };
  }

  /** The error of opening the folder, which must change nothing. */
  function refusal(folder: string): string {
    const before = filesOf(folder);
    let message = "";
    try {
      new KeptService(folder).close();
    } catch (error) {
      expect(error).toBeInstanceOf(DataDirectoryError);
      message = (error as Error).message;
    }
    expect(filesOf(folder)).toEqual(before);
    return message;
  }

  it.each<[string, (text: string) => string, string]>([
    ["half of it", (text) => text.slice(0, text.length / 2), "JSON"],
    ["nothing", () => "", "JSON"],
    ["null", () => "null", "its format is undefined"],
    ["another format", (text) => text.replace("local streams", "something"), "its format is"],
    ["a later version", (text) => text.replace('"version": 1', '"version": 2'), "its version is 2"],
    ["a text for a number", (text) => text.replace(/"ordinal": (\d+)/, '"ordinal": "$1"'), ".ordinal is"],
    ["half an ordinal", (text) => text.replace(/"ordinal": (\d+)/, '"ordinal": $1.5'), ".ordinal is"],
    ["a stream twice", withStreamTwice, "two streams clicks"],
    ["no shards", (text) => text.replace('"shards": [', '"chards": ['), ".shards is missing"],
    [
      "a hole in the ranges",
      (text) => text.replace('"first": "0"', '"first": "1"'),
      "do not cover the hash keys from 0",
    ],
    ["a hash key that is none", (text) => text.replace('"first": "0"', '"first": "x"'), '.first is "x"'],
    ["a name that is a path", (text) => text.replace('"name": "clicks"', '"name": "../clicks"'), ".name is"],
    ["an unknown mode", (text) => text.replace("PROVISIONED", "FREE"), ".mode is"],
    [
      "settings out of range",
      (text) => text.replace('"retentionHours": 24', '"retentionHours": 2'),
      "retentionHours must be",
    ],
    ["a shard out of turn", (text) => text.replace('"index": 1', '"index": 5'), "has the number 5"],
  ])("names its streams.json when that holds %s", (_, damage, reason) => {
    const { folder, streams } = kept();
    const damaged = damage(streams);
    expect(damaged).not.toBe(streams);
    writeFileSync(join(folder, "streams.json"), damaged);

    const message = refusal(folder);

    expect(message).toContain(`${join(folder, "streams.json")} cannot be read: `);
    expect(message).toContain(reason);
  });

  it.each([
    "no JSON",
    '{"shardId":1}',
    "null",
    '{"shardId":"shardId-000000000000","sequenceNumber":"1","data":"","arrivedAt":0}',
  ])("names the file and the line of a record that reads %s", (line) => {
    const { folder } = kept();
    const lines = readFileSync(logOf(folder), "utf8").split("\n");
    writeFileSync(logOf(folder), [lines[0], line, lines[2], ""].join("\n"));

    expect(refusal(folder)).toBe(`${logOf(folder)} cannot be read: line 2 is no record; nothing was changed`);
  });

  it("names the file and the line of a record whose bytes are no UTF-8: its key would be another", () => {
    const { folder } = kept();
    const log = readFileSync(logOf(folder), "latin1");
    writeFileSync(logOf(folder), log.replace('"partitionKey":"', '"partitionKey":"\xff'), "latin1");

    expect(refusal(folder)).toBe(`${logOf(folder)} cannot be read: line 1 is no record; nothing was changed`);
  });

  it("refuses a list of streams whose bytes are no UTF-8: a name would be another", () => {
    const { folder } = kept();
    const file = join(folder, "streams.json");
    writeFileSync(file, readFileSync(file, "latin1").replace('"name": "', '"name": "\xff'), "latin1");

    expect(refusal(folder)).toBe(`${file} cannot be read: it is no UTF-8; nothing was changed`);
  });

  it("names a shard that records have and the streams do not", () => {
    const { folder } = kept();
    const log = readFileSync(logOf(folder), "utf8");
    writeFileSync(logOf(folder), log.replace(/shardId-\d+/, "shardId-000000000009"));

    expect(refusal(folder)).toContain("does not know shardId-000000000009");
  });

  it("is one that holds something else, or records without their streams", () => {
    const foreign = temporaryFolder();
    writeFileSync(join(foreign, "letter.txt"), "Dear Sir");
    const { folder } = kept();
    rmSync(join(folder, "streams.json"));

    expect(refusal(foreign)).toContain("has no streams.json, but letter.txt: it is no data directory");
    expect(refusal(folder)).toContain("has no streams.json, but records: it is no data directory");
  });

  it("is one of another region or account", () => {
    const { folder } = kept();

    expect(() => new KeptService(folder, { region: "eu-west-1" })).toThrow(
      "the streams that were kept are of region us-east-1 and account 000000000000, not of eu-west-1 and 000000000000",
    );
  });

  it("is one that somebody has, until its owner is closed", async () => {
    const { folder } = kept();
    const first = await DataDirectory.open(folder);

    const second = DataDirectory.open(folder);

    await expect(second).rejects.toThrow(DataDirectoryError);
    await expect(second).rejects.toThrow(`is in use by process ${process.pid}`);
    first.close();
    (await DataDirectory.open(folder)).close();
    expect(readdirSync(folder).filter((name) => name.startsWith("lock"))).toEqual([]);
  });

  it("is not one whose first start was cut short", async () => {
    const folder = temporaryFolder();
    for (const name of ["lock", "lock-1-0123456789abcdef", "lock-1-0123456789abcdef.new", "streams.json.next"]) {
      writeFileSync(join(folder, name), "");
    }

    (await DataDirectory.open(folder)).close();
  });

  it("tells of changes after its close", () => {
    const kinesis = new KeptService(temporaryFolder());
    kinesis.close();

    expect(kinesis.call("PutRecord", { StreamName: "clicks", PartitionKey: "a", Data: "" })).toMatchObject({
      statusCode: 500,
      message: expect.stringContaining("is closed already"),
    });
    expect(kinesis.now).toBe(NOW);
  });
});
