import { CANDIDATES, type Candidate } from "./candidates.js";
import { type Line, lineChart } from "./line-chart.js";
import type { Measures } from "./measures.js";
import { runRealFleet } from "./real-fleet.js";
import {
  MODELS,
  mean,
  OTHERS,
  type PassingResult,
  runPassing,
  runReshard,
  runSteady,
  type SteadyOptions,
  type SteadyResult,
  seedsOf,
} from "./scenarios.js";
import { runStorm, type Storm } from "./storm.js";

/** The size of a run. */
export interface Extent {
  readonly producers: readonly number[];
  readonly offered: readonly number[];
  readonly seeds: number;
}

/** Takes about a minute. */
export const SHORT: Extent = { producers: [1, 3, 10, 30, 100], offered: [0.5, 1, 3], seeds: 3 };
/** Takes a few minutes. */
export const FULL: Extent = {
  producers: [1, 2, 3, 5, 10, 20, 30, 50, 100],
  offered: [0.5, 0.8, 1, 1.2, 2, 3],
  seeds: 6,
};

const STEADY = { offered: 1.5, records: "aggregated", settleSeconds: 600, measuredSeconds: 600 } as const;
/**
 * The alternatives cause so many refusals that simulating an hour takes long. After a minute their results no longer
 * change.
 */
const RIVALS = { ...STEADY, settleSeconds: 120, measuredSeconds: 120, seeds: 1 } as const;
const COLORS = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd"];

/** The output of the command: tables in Markdown, and the picture. */
export interface Report {
  readonly tables: string;
  readonly picture: string;
}

/** Runs all scenarios. */
export async function makeReport({ producers, offered, seeds }: Extent): Promise<Report> {
  const ours = new Map<string, SteadyResult>();
  const steadyRows = MODELS.flatMap((model) =>
    producers.map((count) => {
      const result = runSteady({ ...STEADY, candidate: "this library", model, producers: count, seeds });
      ours.set(`${model} ${count}`, result);
      return [model, count, ...shown(result), ...settling(result)];
    }),
  );
  const passing = [
    [10, 1],
    [10, 5],
    [100, 10],
  ].map(([all = 0, stay = 0]) => passingRow(all, stay, seeds));
  const kpl = new Map<string, SteadyResult>();
  const rivalRows = (Object.keys(CANDIDATES) as Candidate[]).flatMap((candidate) =>
    MODELS.slice(0, 2).flatMap((model) =>
      [1, 10, 100].map((count) => {
        const length = candidate === "this library" ? { ...STEADY, seeds } : longEnough(candidate);
        const result = runSteady({ ...length, candidate, model, producers: count });
        if (candidate === "KPL") kpl.set(`${model} ${count}`, result);
        return [candidate, model, count, ...shown(result)];
      }),
    ),
  );
  const tables = [
    section("Steady state: 1.5 times the limit of a shard, full aggregates", steadyHeads(), steadyRows),
    section("More and less than that (bucket)", ["offered", "producers", ...MEASURES], offeredRows(offered, seeds)),
    section("Raw records of 100 bytes, 1.5 times 1,000 a second", ["model", "producers", ...MEASURES], rawRows()),
    section("Every shard split in two, with twice the load", RESHARD_HEADS, reshardRows()),
    section(
      "Others come and leave (bucket)",
      PASSING_HEADS,
      passing.map(({ row }) => row),
    ),
    section(
      "Whole producers on a SimulatedKinesis (bucket), for comparison",
      [
        "producers",
        "time to live s",
        "waiting in each, MiB at most",
        ...MEASURES,
        "refused in the first two minutes %",
      ],
      await realRows(),
    ),
    section("Whole producers after a storm, beside the fixed pace; time to live 30 s", STORM_HEADS, await stormRows()),
    section("Alternatives", ["pacing", "model", "producers", ...MEASURES], rivalRows),
  ].join("\n");
  return { tables, picture: drawPicture(producers, ours, kpl, passing[0]?.first) };
}

const MEASURES = ["used %", "refused %", "fairness"];
const RESHARD_HEADS = ["model", "producers", "before: used / refused %", "minute after", "later", "settled after s"];
const PASSING_HEADS = [
  "producers, of which stay",
  "at most 5 % refused after s",
  "refused till then %",
  "90 % used again after s (each run)",
];

const STORM_HEADS = [
  "storm",
  "producers, shards",
  "load",
  "lost: adaptive, fixed",
  "backlog gone after s",
  "refused after it %",
];
const STORM = {
  load: 0.48,
  producers: 1,
  shards: 1,
  recordBytes: 10_000,
  model: "bucket",
  routing: "mapped",
  recordTtlMs: 30_000,
  seed: 1,
} as const;
const STORMS: readonly Storm[] = [
  { ...STORM, kind: "neighbour", seconds: 5 },
  { ...STORM, kind: "neighbour", seconds: 15 },
  { ...STORM, kind: "neighbour", seconds: 11, load: 0.65, shards: 2 },
  { ...STORM, kind: "neighbour", seconds: 15, load: 0.04 },
  { ...STORM, kind: "throttle", seconds: 25 },
  { ...STORM, kind: "outage", seconds: 15 },
  { ...STORM, kind: "neighbour", seconds: 15, producers: 8 },
  { ...STORM, kind: "outage", seconds: 15, producers: 8, load: 0.6, model: "window" },
  { ...STORM, kind: "throttle", seconds: 15, producers: 40, shards: 2 },
  { ...STORM, kind: "throttle", seconds: 15, producers: 200, shards: 4 },
  { ...STORM, kind: "throttle", seconds: 10, producers: 3, recordBytes: 1_000_000 },
  { ...STORM, kind: "neighbour", seconds: 10, producers: 3, routing: "unmapped", shards: 2 },
  { ...STORM, kind: "throttle", seconds: 15, producers: 3, routing: "auto", shards: 2 },
];

async function stormRows(): Promise<string[][]> {
  const rows: string[][] = [];
  for (const storm of STORMS) {
    const [adaptive, fixed] = [await runStorm(storm, "adaptive"), await runStorm(storm, "fixed")];
    const { kind, seconds: length, producers, shards, load, model, routing, recordBytes } = storm;
    rows.push([
      [`${kind} ${length} s`, model, routing, `${recordBytes} B`].join(", "),
      `${producers}, ${shards}`,
      percent(load),
      `${adaptive.lost}, ${fixed.lost}`,
      `${seconds(adaptive.clearedAfter)}, ${seconds(fixed.clearedAfter)}`,
      `${percent(adaptive.throttledAfter)}, ${percent(fixed.throttledAfter)}`,
    ]);
  }
  return rows;
}

function steadyHeads(): string[] {
  return ["model", "producers", ...MEASURES, "settled after s", "refused till then %"];
}

/** Alternatives that adapt slowly and have few refusals get the same time as this library. */
function longEnough(candidate: Candidate): Pick<SteadyOptions, keyof typeof RIVALS> {
  return candidate === "success ratio" || candidate === "CUBIC of the SDK" ? { ...STEADY, seeds: 1 } : RIVALS;
}

function offeredRows(offered: readonly number[], seeds: number): (string | number)[][] {
  return offered.flatMap((times) =>
    [10, 100].map((producers) => {
      const options = {
        ...STEADY,
        candidate: "this library",
        model: "bucket",
        producers,
        offered: times,
        seeds,
      } as const;
      return [times, producers, ...shown(runSteady(options))];
    }),
  );
}

function rawRows(): (string | number)[][] {
  return MODELS.slice(0, 2).flatMap((model) =>
    [1, 10, 100].map((producers) => {
      const options = { ...STEADY, candidate: "this library", model, producers, records: "raw", seeds: 1 } as const;
      return [model, producers, ...shown(runSteady(options))];
    }),
  );
}

const REAL_FLEETS = [
  [1, Number.POSITIVE_INFINITY, 4],
  [3, Number.POSITIVE_INFINITY, 4],
  [10, Number.POSITIVE_INFINITY, 4],
  [10, 30, 0.25],
  [10, 30, 0.5],
  [10, 30, 4],
] as const;

/** One run each, from minute 5 to 10: whole producers take a hundred times longer. */
async function realRows(): Promise<(string | number)[][]> {
  const rows: (string | number)[][] = [];
  for (const [producers, ttlSeconds, mebibytes] of REAL_FLEETS) {
    const options = {
      producers,
      offered: 1.5,
      recordTtlMs: ttlSeconds * 1000,
      maxBufferedBytes: mebibytes * 1024 * 1024,
    };
    const result = await runRealFleet(options, 300, 600);
    rows.push([producers, ttlSeconds, mebibytes, ...shown(result), percent(result.throttledAtFirst)]);
  }
  return rows;
}

function reshardRows(): (string | number)[][] {
  return MODELS.flatMap((model) =>
    [10, 100].map((producers) => {
      const { before, minuteAfter, after, settledAfter } = runReshard(model, producers, 1);
      const pair = ({ utilisation, throttled }: Measures): string => `${percent(utilisation)} / ${percent(throttled)}`;
      return [model, producers, pair(before), pair(minuteAfter), pair(after), seconds(settledAfter)];
    }),
  );
}

function passingRow(all: number, stay: number, seeds: number): { row: string[]; first: PassingResult } {
  const runs = seedsOf(seeds).map((seed) => runPassing("this library", all, stay, seed));
  const row = [
    `${all}, ${stay}`,
    seconds(mean(runs.map(({ fallsAfter }) => fallsAfter))),
    percent(mean(runs.map(({ throttledUntil }) => throttledUntil))),
    runs.map(({ climbsAfter }) => seconds(climbsAfter)).join(", "),
  ];
  return { row, first: runs[0] as PassingResult };
}

function drawPicture(
  producers: readonly number[],
  ours: ReadonlyMap<string, SteadyResult>,
  kpl: ReadonlyMap<string, SteadyResult>,
  passing: PassingResult | undefined,
): string {
  const line = (
    name: string,
    color: number,
    from: ReadonlyMap<string, SteadyResult>,
    model: string,
    of: keyof Measures,
  ): Line => ({
    name,
    color: COLORS[color] as string,
    points: producers.flatMap((count) => {
      const result = from.get(`${model} ${count}`);
      return result === undefined ? [] : [[count, result[of] * 100] as const];
    }),
  });
  const byModel = (of: keyof Measures): Line[] => MODELS.map((model, i) => line(model, i, ours, model, of));
  const panels = [
    { title: "Used of the shard's limit, %", yTicks: [80, 85, 90, 95, 100], lines: byModel("utilisation") },
    { title: "Refused Kinesis records, %", yTicks: [0, 1, 2, 3], lines: byModel("throttled") },
    {
      title: "The same beside the KPL, %",
      yTicks: [0, 25, 50, 75, 100],
      lines: [
        line("this library, bucket", 0, ours, "bucket", "throttled"),
        line("KPL, bucket", 1, kpl, "bucket", "throttled"),
        line("KPL, window", 3, kpl, "window", "throttled"),
      ],
    },
  ].map((panel) => ({ ...panel, xTicks: producers, xLabel: "producers", isXLogarithmic: true }));
  return lineChart(
    "Fleets of producers on one shard",
    passing === undefined ? panels : [...panels, passingPanel(passing)],
  );
}

function passingPanel({ recording }: PassingResult): Parameters<typeof lineChart>[1][number] {
  const STEP = 10;
  const points = (of: (from: number) => number): [number, number][] =>
    Array.from({ length: OTHERS.end / STEP }, (_, i) => [i * STEP, of(i * STEP)]);
  const sum = (bins: Float64Array, from: number): number => bins.subarray(from, from + STEP).reduce((a, b) => a + b, 0);
  const share = (bins: Float64Array, from: number): number => (sum(bins, from) / (STEP * 1024 * 1024)) * 100;
  const refused = (from: number): number => {
    const throttled = sum(recording.throttled, from);
    return (throttled / Math.max(1, throttled + sum(recording.accepted, from))) * 100;
  };
  return {
    title: `One producer; nine others from second ${OTHERS.comeAt} to ${OTHERS.leaveAt}, %`,
    xTicks: [0, 300, 600, 900, 1200, 1500, 1800, 2100],
    yTicks: [0, 25, 50, 75, 100],
    xLabel: "seconds",
    lines: [
      { name: "used by all", color: "#bbbbbb", points: points((from) => share(recording.acceptedBytes, from)) },
      {
        name: "used by the one",
        color: "#1f77b4",
        points: points((from) => share(recording.byProducer[0] as Float64Array, from)),
      },
      { name: "refused", color: "#d62728", points: points(refused) },
    ],
  };
}

function shown({ utilisation, throttled, fairness }: Measures): string[] {
  return [percent(utilisation), percent(throttled), fairness.toFixed(3)];
}

function settling({ settledAfter, throttledBefore }: SteadyResult): string[] {
  return [seconds(settledAfter), settledAfter === Number.POSITIVE_INFINITY ? "–" : percent(throttledBefore)];
}

function percent(share: number): string {
  return (share * 100).toFixed(2);
}

function seconds(count: number): string {
  return count === Number.POSITIVE_INFINITY ? "never" : count.toFixed(0);
}

function section(title: string, heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const lines = [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `### ${title}\n\n${lines.join("\n")}\n`;
}
