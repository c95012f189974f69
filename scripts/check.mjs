/**
 * Everything that can be known without running the library, one step after the other. A failing step does not stop the
 * others. Ends with `N passed, N failed`.
 *
 *     node scripts/check.mjs [step ...]
 */
import { spawnSync } from "node:child_process";
import process from "node:process";

/** npm scripts, in order: the later ones read what `build` writes. */
const STEPS = [
  "types",
  "lint",
  "lint:dependency-rule",
  "lint:planted",
  "lint:mirror",
  "lint:guarantees",
  "lint:unused",
  "build",
  "docs:check",
  "lint:package",
  "api:check",
];

const asked = process.argv.slice(2);
for (const step of asked) {
  if (!STEPS.includes(step)) throw new Error(`no step ${step}; known are ${STEPS.join(", ")}`);
}

const failed = [];
const steps = asked.length === 0 ? STEPS : asked;
for (const step of steps) {
  const started = Date.now();
  console.log(`\n── ${step}`);
  const { status } = spawnSync("npm", ["run", "--silent", step], { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) failed.push(step);
  console.log(`── ${step}: ${status === 0 ? "passed" : "FAILED"} after ${Date.now() - started} ms`);
}

if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
console.log(`\n${steps.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
