/**
 * How the CPU of a record grows with its size, with the number of keys and of shards, with the size of an aggregate and
 * with the records in the buffer: `enqueue` in JSON, end to end over TLS, with one change at a time.
 *
 *     npm run bench growth -- [--runs <n>] [--seconds <n>] [--update]
 *
 * `--update` draws docs/performance.svg.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { runCase } from "../end-to-end/load-run.mjs";
import { machine, median, positive, show, table } from "../statistics.mjs";

/**
 * @typedef {import("../end-to-end/cases.mjs").BenchCase} BenchCase
 * @typedef {{ name: string, unit: string, values: readonly number[], change: (value: number) => Partial<BenchCase>, keys?: readonly string[] }} Axis
 */

/** @type {readonly BenchCase["keys"][]} */
const KEY_SETS = ["one", "thousand", "unique"];
const DEFAULTS = { size: 100, keys: KEY_SETS[1] ?? "thousand", shards: 4, maxBytes: 51_200 };

/** @type {readonly Axis[]} */
const AXES = [
  { name: "record", unit: "bytes", values: [10, 100, 400, 1_024, 4_096, 16_384], change: (size) => ({ size }) },
  { name: "shards", unit: "shards", values: [1, 4, 16, 64, 256, 1_000], change: (shards) => ({ shards }) },
  {
    name: "aggregate",
    unit: "bytes",
    values: [10_000, 51_200, 200_000, 1_000_000],
    change: (maxBytes) => ({ options: { aggregation: { maxBytes } } }),
  },
  {
    name: "buffer",
    unit: "records",
    values: [1_000, 10_000, 100_000, 400_000],
    change: (maxBufferedRecords) => ({ options: { maxBufferedRecords } }),
  },
  { name: "keys", unit: "distinct", values: [1, 1_000, 400_000], change: (count) => ({ keys: keySet(count) }) },
];

/** @param {number} count */
function keySet(count) {
  return (count === 1 ? KEY_SETS[0] : count === 1_000 ? KEY_SETS[1] : KEY_SETS[2]) ?? "thousand";
}

const { values: flags } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    seconds: { type: "string", default: "1.5" },
    update: { type: "boolean", default: false },
  },
});
const runs = positive("runs", flags.runs);
const seconds = positive("seconds", flags.seconds);

/** @type {Map<string, number[]>} */
const measured = new Map();
for (let run = 0; run < runs; run++) {
  for (const { name, values, change } of AXES) {
    for (const value of values) {
      const title = `${name} ${value}`;
      const { maxBytes, ...shape } = DEFAULTS;
      const changed = change(value);
      /** @type {BenchCase} */
      const benchCase = {
        ...{ title, baseTitle: title, how: "enqueue" },
        ...shape,
        ...changed,
        options: { aggregation: { maxBytes }, ...changed.options },
      };
      const settings = {
        dist: resolve("dist"),
        tls: true,
        warmUp: 1,
        seconds,
        window: 90_000,
        nodeFlags: [],
        options: {},
      };
      const { cpuUs } = await runCase(benchCase, settings);
      measured.set(title, [...(measured.get(title) ?? []), cpuUs]);
      console.error(`${title}: ${show(cpuUs)} µs`);
    }
  }
}

const lines = AXES.map(({ name, unit, values }) => ({
  name,
  unit,
  points: values.map((value) => /** @type {const} */ ([value, median(measured.get(`${name} ${value}`) ?? [])])),
}));

console.log(`${machine()}, medians of ${runs} runs of ${seconds} s\n`);
console.log(
  table(
    ["changed", "CPU µs per record"],
    lines.flatMap(({ name, unit, points }) =>
      points.map(([value, cpuUs]) => [`${name}: ${value.toLocaleString("en")} ${unit}`, show(cpuUs)]),
    ),
  ),
);

if (flags.update) {
  /** @type {typeof import("../fleet/line-chart.js")} */
  const { lineChart } = await import(new URL("../../build/bench/bench/fleet/line-chart.js", import.meta.url).href);
  const panels = lines.map(({ name, unit, points }) => {
    const top = Math.max(...points.map(([, cpuUs]) => cpuUs));
    const step = 10 ** Math.floor(Math.log10(top));
    return {
      title: `CPU µs per record, by ${name}`,
      xTicks: points.map(([value]) => value),
      yTicks: Array.from({ length: Math.ceil(top / step) + 1 }, (_, i) => i * step),
      xLabel: unit,
      isXLogarithmic: true,
      lines: [{ name: "enqueue, JSON", color: "#1f5fa8", points }],
    };
  });
  writeFileSync("docs/performance.svg", lineChart("Cost of a record", panels));
}
process.exitCode = 0;
