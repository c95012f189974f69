/**
 * All checks that do not run the library, one step after the other. A failing step does not stop the
 * others. Ends with `N passed, N failed`. With named steps, only those run, after `build` if they need it.
 *
 *     npm run check [step ...] [-- --list] [-- --update]
 */
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { STEPS } from "./check-steps.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
/** With the programs of the packages on the path. */
const env = { ...process.env, PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter) };

/** @param {string} message */
function refuse(message) {
  console.error(message);
  process.exit(2);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { list: { type: "boolean", default: false }, update: { type: "boolean", default: false } },
});
const known = Object.keys(STEPS);
if (values.list) {
  const width = Math.max(...known.map((name) => name.length));
  for (const [name, { about, updates }] of Object.entries(STEPS))
    console.log(`${name.padEnd(width)}  ${about}${updates ? " (-- --update writes them)" : ""}`);
  process.exit(0);
}
for (const name of positionals)
  if (STEPS[name] === undefined) refuse(`there is no step ${name}; there are ${known.join(", ")}`);
const updating = known.filter((name) => STEPS[name]?.updates);
if (values.update && (positionals.length === 0 || !positionals.every((name) => updating.includes(name))))
  refuse(`--update is for the steps ${updating.join(" and ")}, by name`);

const needsBuild = positionals.some((name) => STEPS[name]?.built);
const asked = needsBuild ? ["build", ...positionals] : positionals;
const steps = asked.length === 0 ? known : known.filter((name) => asked.includes(name));
const failed = [];
for (const name of steps) {
  const started = Date.now();
  console.log(`\n── ${name}`);
  const { commands = [], updates = false } = STEPS[name] ?? {};
  const hasPassed = commands.every(([program = "", ...args]) => {
    const all = updates && values.update ? [...args, "--update"] : args;
    return spawnSync(program, all, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] }).status === 0;
  });
  if (!hasPassed) failed.push(name);
  console.log(`── ${name}: ${hasPassed ? "passed" : "FAILED"} after ${Date.now() - started} ms`);
}

if (failed.length > 0) console.log(`\nfailed: ${failed.join(", ")}`);
console.log(`\n${steps.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;
