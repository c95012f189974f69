import { expect, it } from "vitest";
import { type LiveState, liveFrame, liveLine, liveState } from "../../../../../src/cli/load/live/live-frame.js";
import { LiveView } from "../../../../../src/cli/load/live/live-view.js";
import type { LoadState } from "../../../../../src/cli/load/load-plan.js";
import { newLatency } from "../../../../../src/cli/load/measure/latency.js";
import { RecordedTerminal } from "../../recorded-terminal.js";

const STATE: LiveState = {
  ...{ mode: "raw", passedMs: 5_000, durationMs: 10_000, sent: 9_000, delivered: 8_000, failed: 2, perSecond: 1_999.6 },
  ...{
    wantedPerSecond: 2_000,
    latencyMs: { p50: 12.345, p99: 100, max: 1_234.5 },
    bufferedRecords: 998,
    bufferShare: 0.25,
  },
  shards: [
    ["shardId-000000000002", 0.5],
    ["shardId-000000000010", 1.2],
  ],
};

it("is a line where nothing can be drawn over", () => {
  expect(liveLine(STATE)).toBe(
    "8,000 of 9,000 delivered, 2 failed, 2,000 records/s, p50 12.3  p99 100  max 1,230 ms, buffer 25 %",
  );
  const { latencyMs, ...early } = { ...STATE, failed: 0 };
  expect(liveLine(early)).toBe("8,000 of 9,000 delivered, 2,000 records/s, buffer 25 %");
});

it("is a frame with bars on a terminal, no wider than that", () => {
  expect(liveFrame(STATE, 80)).toEqual([
    "raw  ██████████░░░░░░░░░░ 5 s of 10 s",
    "rate     2,000 of 2,000 wanted records/s",
    "records  9,000 sent, 8,000 delivered, 2 failed",
    "latency  p50 12.3  p99 100  max 1,230 ms",
    "buffer   █████░░░░░░░░░░░░░░░ 25 %, 998 records",
    "shard  2  ██████████░░░░░░░░░░ 50 %",
    "shard 10  ████████████████████ 120 %",
  ]);
  for (const line of liveFrame(STATE, 20)) expect(line.length).toBeLessThanOrEqual(20);
});

it("shows the busiest of many shards", () => {
  const shards = Array.from({ length: 40 }, (_, index): [string, number] => [
    `shardId-0000000000${10 + index}`,
    index / 40,
  ]);

  const frame = liveFrame({ ...STATE, shards }, 80);

  expect(frame.filter((line) => line.startsWith("shard "))).toHaveLength(12);
  expect(frame.at(-2)).toContain("shard 49");
  expect(frame.at(-1)).toBe("and 28 shards with less");
});

it("adds up the processes, of which one has no interval yet", () => {
  const latency = newLatency();
  latency.record(10);
  const fields = {
    index: 0,
    ms: 500,
    sent: 60,
    delivered: 50,
    failed: 0,
    throttled: 0,
    bufferedRecords: 7,
    bufferShare: 0.1,
  };
  const sample = { ...fields, latency: latency.counts(), shards: { a: [500, 0, 0] as const } };
  const counts = { sent: 100, delivered: 90, failed: 1 };
  const states: LoadState[] = [{ counts, sample }, { counts }];

  const state = liveState(states, { mode: "raw", passedMs: 1, durationMs: 2 });

  expect(state).toMatchObject({
    sent: 200,
    delivered: 180,
    failed: 2,
    perSecond: 100,
    bufferedRecords: 7,
    shards: [["a", 1]],
  });
  expect(state.latencyMs?.max).toBe(10);
  expect(liveState([{ counts }], { mode: "raw", passedMs: 1, durationMs: 2 }).latencyMs).toBeUndefined();
});

it("draws each frame over the one before, and takes the last one away", () => {
  const terminal = Object.assign(new RecordedTerminal(), { isWatched: true, columns: 30 });
  const view = new LiveView(terminal, () => STATE);
  view.show();
  view.show();
  view.end();

  const [first, second, last] = terminal.errors;
  expect(first?.startsWith("raw  ")).toBe(true);
  expect(second).toBe(`\u001b[7A\u001b[0J${first}`);
  expect(last).toBe("\u001b[7A\u001b[0J\u001b[1A");
});

it("prints lines without control characters elsewhere", () => {
  const terminal = new RecordedTerminal();
  const view = new LiveView(terminal, () => STATE);
  view.show();
  view.end();

  expect(terminal.errors).toEqual([liveLine(STATE)]);
});
