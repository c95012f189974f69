import { describe, expect, test } from "vitest";
import { ROWS, type Round, type Row, spreadOf, spreadOfRow, verdictOf } from "../../../../bench/floor/ratios.mjs";
import { SAMPLES } from "../../../../bench/floor/samples.mjs";

function rowOf(title: string): Row {
  const row = ROWS.find((each) => each.title === title);
  if (row === undefined) throw new Error(`no row ${title}`);
  return row;
}

function roundOf(figures: Record<string, Record<string, number>>): Round {
  return new Map(Object.entries(figures));
}

describe("the spread of the rounds", () => {
  test("has the median, the lowest and the highest", () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3, rounds: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4, rounds: 4 });
  });

  test("leaves out rounds without the sample", () => {
    expect(spreadOf([Number.NaN, 2, Number.POSITIVE_INFINITY])).toEqual({ median: 2, low: 2, high: 2, rounds: 1 });
    expect(spreadOf([Number.NaN])).toBeUndefined();
  });

  test("is of the ratios of each round, not of medians: an hour that is slow for both sides changes nothing", () => {
    const rounds = [1, 2, 10].map((slow) =>
      roundOf({ "100 B enqueue, JSON": { cpuUs: 3 * slow }, "floor, 100 B, JSON": { cpuUs: 2 * slow } }),
    );

    expect(spreadOfRow(rowOf("enqueue 100 B / floor"), rounds)).toEqual({
      median: 1.5,
      low: 1.5,
      high: 1.5,
      rounds: 3,
    });
  });
});

describe("a ratio", () => {
  test("of put has the promise in its floor", () => {
    const round = roundOf({
      "1 KiB put, JSON": { cpuUs: 6 },
      "floor, 1 KiB, JSON": { cpuUs: 3 },
      "bare promise, as long as 1 KiB put": { cpuUs: 1 },
    });

    expect(rowOf("put 1 KiB / floor and bare promise").of(round)).toBe(1.5);
  });

  test("of the promise compares what put costs beyond enqueue", () => {
    const round = roundOf({
      "100 B put, JSON": { cpuUs: 1.3 },
      "100 B enqueue, JSON": { cpuUs: 0.7 },
      "bare promise, as long as 100 B put": { cpuUs: 0.5 },
    });

    expect(rowOf("put 100 B, more than enqueue / bare promise").of(round)).toBeCloseTo(1.2, 10);
  });

  test("to the KPL is in records a second and in CPU", () => {
    const round = roundOf({
      "100 B put, JSON": { cpuUs: 1, recordsPerSecond: 800 },
      "KPL, tuned, 100 B": { cpuUs: 20, recordsPerSecond: 80 },
    });

    expect(rowOf("put 100 B, records/s / KPL tuned").of(round)).toBe(10);
    expect(rowOf("KPL tuned 100 B, CPU / put").of(round)).toBe(20);
  });

  test("of a packer is above 1 when it is faster", () => {
    const round = roundOf({
      "batch, 100 B: protobufjs": { cpuUs: 4 },
      "batch, 100 B: RecordAggregator": { cpuUs: 2 },
    });

    expect(rowOf("RecordAggregator in batches, 100 B: its speed / protobufjs").of(round)).toBe(2);
  });

  test("is not a number when a sample is missing", () => {
    const round = roundOf({ "100 B enqueue, JSON": { cpuUs: 1 } });

    for (const row of ROWS) expect(row.of(round), row.title).toBeNaN();
  });
});

describe("the verdict", () => {
  const spread = { median: 1.5, low: 1, high: 2, rounds: 7 };

  test("counts the median, limits included", () => {
    expect(verdictOf({ atMost: 1.5 }, spread)).toBe("met");
    expect(verdictOf({ atMost: 1.49 }, spread)).toBe("missed");
    expect(verdictOf({ atLeast: 1.5 }, spread)).toBe("met");
    expect(verdictOf({ atLeast: 1.51 }, spread)).toBe("missed");
  });

  test("tells a missing sample and a missing target apart", () => {
    expect(verdictOf({ atMost: 1 }, undefined)).toBe("not measured");
    expect(verdictOf({}, spread)).toBe("no target");
  });
});

test("every sample has its own name, and a row reads samples that exist", () => {
  const names = SAMPLES.map(({ name }) => name);
  const figures = { cpuUs: 1, recordsPerSecond: 1, addedP99Ms: 1, bytes: 1, cpuMs: 1 };
  const kpl = ["KPL, tuned, 100 B", "KPL, tuned, 1 KiB"];
  const round = new Map([...names, ...kpl].map((name) => [name, figures]));

  expect(new Set(names).size).toBe(names.length);
  for (const row of ROWS) expect(row.of(round), row.title).toBeGreaterThanOrEqual(0);
});
