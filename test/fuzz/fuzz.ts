/**
 * Mutated Kinesis records by the million through the deaggregator: `npm run fuzz -- [--minutes 1] [--seed n] [--target
 * plain|compressed]`, and `npm run fuzz -- --target name --seed n --at index` for one of them again. Without a target each
 * has half of the time. Fails at the first record that throws, gives out what is not there, or takes more time or memory
 * than its size allows, and prints how to replay it.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { checkCompressed } from "./check-compressed.js";
import { checkInput } from "./check-input.js";
import { compressedInput } from "./compressed-input.js";
import { fuzzInput } from "./fuzz-input.js";
import { growthOf, isLinear } from "./growth.js";
import { HOSTILE_SHAPES } from "./hostile-shapes.js";

const SMALL_BYTES = 64 * 1024;
/** 8 MiB. The largest Kinesis record that a stream can be configured for is 10 MiB. */
const LARGE_BYTES = 8 * 1024 * 1024;

const TELL_EVERY_MS = 20_000;
const INPUTS_AT_A_TIME = 1_000;

/** A way of making inputs, and of checking them. */
interface Target {
  readonly make: (seed: number, index: number) => Buffer;
  /** Resolves with the kind of the input, for the counts of the report; rejects when it fails. */
  readonly check: (seed: number, index: number) => string | Promise<string>;
}

const TARGETS: Readonly<Record<string, Target>> = {
  plain: { make: fuzzInput, check: (seed, index) => checkInput(fuzzInput(seed, index), index) },
  compressed: {
    make: (seed, index) => compressedInput(seed, index).data,
    check: (seed, index) => checkCompressed(compressedInput(seed, index), index),
  },
};

/** Runs the fuzzer; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "1" },
      seed: { type: "string" },
      at: { type: "string" },
      target: { type: "string" },
    },
  });
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const minutes = Number(values.minutes);
  if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error("--minutes and --seed must be numbers");
  const names = values.target === undefined ? Object.keys(TARGETS) : [values.target];
  for (const name of names) if (!Object.hasOwn(TARGETS, name)) throw new Error(`no target ${name}`);
  if (values.at !== undefined) return replay(values.target ?? "plain", seed, Number(values.at));
  console.log(`seed ${seed}`);
  let isGood = growthIsLinear();
  for (const name of names) isGood = (await fuzz(name, seed, (minutes * 60_000) / names.length)) && isGood;
  console.log(`largest resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
  return isGood ? 0 : 1;
}

/** Runs one input again, for a debugger. */
async function replay(name: string, seed: number, index: number): Promise<number> {
  if (!Number.isInteger(index) || index < 0) throw new Error("--at must be a whole number from 0");
  console.log(TARGETS[name]?.make(seed, index).toString("hex"));
  return (await check(name, seed, index)) === undefined ? 1 : 0;
}

async function fuzz(name: string, seed: number, timeMs: number): Promise<boolean> {
  const counts: Record<string, number> = {};
  const startedAt = performance.now();
  let toldAt = startedAt;
  let index = 0;
  for (let now = startedAt; now - startedAt < timeMs; now = performance.now()) {
    for (let left = INPUTS_AT_A_TIME; left > 0; left--, index++) {
      const kind = await check(name, seed, index);
      if (kind === undefined) return false;
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    if (now - toldAt < TELL_EVERY_MS) continue;
    toldAt = now;
    console.log(`${index.toLocaleString("en")} inputs`);
  }
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(`${name}: ${index.toLocaleString("en")} inputs in ${minutes} minutes:`, counts);
  console.log("good: no exception, nothing that is not there, no input slow or large");
  return true;
}

/** The kind of one input. Undefined, after a report, when the input fails. */
async function check(name: string, seed: number, index: number): Promise<string | undefined> {
  try {
    return await (TARGETS[name] as Target).check(seed, index);
  } catch (error) {
    console.error(`input ${index}:`, error);
    console.error(`again: npm run fuzz -- --target ${name} --seed ${seed} --at ${index}`);
    return undefined;
  }
}

function growthIsLinear(): boolean {
  console.log(`\nCPU ns a byte, in a record of 64 KiB and in one of 8 MiB`);
  let isSteady = true;
  for (const shape of HOSTILE_SHAPES) {
    const growth = growthOf(shape, SMALL_BYTES, LARGE_BYTES);
    const isFine = isLinear(growth);
    isSteady &&= isFine;
    const [small, large] = [growth.small, growth.large].map((ns) => ns.toFixed(1).padStart(7));
    console.log(`${small} ${large}  ${shape.name}${isFine ? "" : "  NOT LINEAR"}`);
  }
  console.log("");
  return isSteady;
}
