import { beforeEach, describe, expect, it } from "vitest";
import { LOAD_OPTIONS } from "../../../../../src/cli/load/load-options.js";
import { act, openShards, readSchedule, type ScheduledEvent } from "../../../../../src/cli/load/schedule/schedule.js";
import { readOptions } from "../../../../../src/cli/option-table.js";
import { ManualClock, SimulatedKinesis } from "../../../../../src/testing/index.js";

function read(...args: string[]): ScheduledEvent[] {
  return readSchedule(readOptions(args, LOAD_OPTIONS));
}

describe("reading", () => {
  it("reads every event, in the order of time", () => {
    const shard = "shardId-000000000000";
    const events = read(
      ...["--at", "20s PutRecords throttle-entry p=0.3", "--at", "1.5s..2s latency ms=20..200", "--at", "10s split"],
      ...["--at", `11s split ${shard}`, "--at", "12s merge a b", "--at", "1m reshard 8", "--fault", "throttle p=0.1"],
    );

    expect(events).toEqual([
      { atMs: 0, action: { kind: "fault", line: "throttle p=0.1" }, text: "throttle p=0.1" },
      {
        atMs: 1_500,
        untilMs: 2_000,
        action: { kind: "fault", line: "latency ms=20..200" },
        text: "latency ms=20..200",
      },
      { atMs: 10_000, action: { kind: "split" }, text: "split" },
      { atMs: 11_000, action: { kind: "split", shardId: shard }, text: `split ${shard}` },
      { atMs: 12_000, action: { kind: "merge", shardId: "a", adjacentShardId: "b" }, text: "merge a b" },
      {
        atMs: 20_000,
        action: { kind: "fault", line: "PutRecords throttle-entry p=0.3" },
        text: "PutRecords throttle-entry p=0.3",
      },
      { atMs: 60_000, action: { kind: "reshard", count: 8 }, text: "reshard 8" },
    ]);
  });

  it.each([
    "split",
    "10 split",
    "10s",
    "soon split",
    "10s..5s throttle",
    "10s..x throttle",
    "1s split a b",
    "1s merge a",
    "1s reshard",
    "1s reshard 0",
    "1s reshard 10001",
  ])("refuses --at %j", (text) => {
    expect(() => read("--at", text)).toThrow(/^--at must be TIME EVENT: "10s split", .* or "10s\.\.20s FAULT", got /);
  });

  it("says what is wrong with a fault, and that a reshard has no end", () => {
    expect(() => read("--at", "10s PutRecords trottle")).toThrow(
      '--at "PutRecords trottle": no fault "trottle"; known are',
    );
    expect(() => read("--fault", "PutRecords trottle")).toThrow('--fault "PutRecords trottle": no fault "trottle"');
    expect(() => read("--at", "10s..20s split")).toThrow('--at: split has no end, got "10s..20s split"');
  });
});

describe("acting", () => {
  let kinesis: SimulatedKinesis;

  beforeEach(() => {
    kinesis = new SimulatedKinesis({ clock: new ManualClock(), streams: { load: { shards: 2 } } });
  });

  it("splits a shard, merges two, and reshards", () => {
    act(kinesis, "load", { kind: "split", shardId: "shardId-000000000001" });
    expect(openShards(kinesis, "load")).toEqual([0, 2, 3].map((number) => `shardId-00000000000${number}`));

    act(kinesis, "load", { kind: "merge", shardId: "shardId-000000000002", adjacentShardId: "shardId-000000000003" });
    expect(openShards(kinesis, "load")).toHaveLength(2);

    act(kinesis, "load", { kind: "reshard", count: 5 });
    expect(openShards(kinesis, "load")).toHaveLength(5);
  });

  it("splits some open shard when none has more records", () => {
    act(kinesis, "load", { kind: "split" });

    expect(openShards(kinesis, "load")).toHaveLength(3);
  });

  it("adds a fault until its end", () => {
    const end = act(kinesis, "load", { kind: "fault", line: "throttle" });
    expect(kinesis.faults.isEmpty).toBe(false);

    end();

    expect(kinesis.faults.isEmpty).toBe(true);
  });

  it("throws for an unknown shard", () => {
    expect(() => act(kinesis, "load", { kind: "split", shardId: "none" })).toThrow("none");
  });
});
