/**
 * Mutated Kinesis records by the million through the deaggregator: `npm run fuzz -- [--minutes 1] [--seed n]`, and
 * `npm run fuzz -- --seed n --at index` for one of them again. Fails at the first that throws, gives out what is not there,
 * or takes more time or memory than its size allows, and prints how to replay it.
 */
import { parseArgs } from "node:util";
import { checkInput, type InputKind } from "./check-input.js";
import { fuzzInput } from "./fuzz-input.js";
import { growthOf, isLinear } from "./growth.js";
import { HOSTILE_SHAPES } from "./hostile-shapes.js";

const SMALL_BYTES = 64 * 1024;
/** 8 MiB. The largest Kinesis record that a stream can be configured for is 10 MiB. */
const LARGE_BYTES = 8 * 1024 * 1024;

const TELL_EVERY_MS = 20_000;
const INPUTS_AT_A_TIME = 1_000;

/** Runs the fuzzer; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: "string", default: "1" }, seed: { type: "string" }, at: { type: "string" } },
  });
  const seed = Number(values.seed ?? Date.now() % 2 ** 31);
  const minutes = Number(values.minutes);
  if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error("--minutes and --seed must be numbers");
  if (values.at !== undefined) return replay(seed, Number(values.at));
  console.log(`seed ${seed}`);
  const isSteady = growthIsLinear();
  return fuzz(seed, minutes * 60_000) && isSteady ? 0 : 1;
}

/** Runs one input again, for a debugger. */
function replay(seed: number, index: number): number {
  if (!Number.isInteger(index) || index < 0) throw new Error("--at must be a whole number from 0");
  console.log(fuzzInput(seed, index).toString("hex"));
  return check(seed, index) === undefined ? 1 : 0;
}

function fuzz(seed: number, timeMs: number): boolean {
  const counts: Record<InputKind, number> = { opened: 0, plain: 0, nothing: 0 };
  const startedAt = performance.now();
  let toldAt = startedAt;
  let index = 0;
  for (let now = startedAt; now - startedAt < timeMs; now = performance.now()) {
    for (let left = INPUTS_AT_A_TIME; left > 0; left--, index++) {
      const kind = check(seed, index);
      if (kind === undefined) return false;
      counts[kind]++;
    }
    if (now - toldAt < TELL_EVERY_MS) continue;
    toldAt = now;
    console.log(`${index.toLocaleString("en")} inputs`);
  }
  const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
  console.log(`${index.toLocaleString("en")} inputs in ${minutes} minutes:`, counts);
  console.log("good: no exception, nothing that is not there, no input slow or large");
  return true;
}

/** The kind of one input. Undefined, after a report, when the input fails. */
function check(seed: number, index: number): InputKind | undefined {
  const data = fuzzInput(seed, index);
  try {
    return checkInput(data, index);
  } catch (error) {
    console.error(`input ${index} of ${data.length} bytes:`, error);
    console.error(`again: npm run fuzz -- --seed ${seed} --at ${index}`);
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
