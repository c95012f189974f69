/**
 * Runs a bench by its name, after building its parts. Without a name, lists the benches.
 *
 *     npm run bench <name> [-- options of the bench]
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { BENCHES } from "./benches.mjs";

/** @param {readonly string[]} command */
function run(command) {
  const [program = "", ...args] = command;
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const { status } = spawnSync(program, args, { cwd, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}

const [name, ...args] = process.argv.slice(2);
const bench = name === undefined ? undefined : BENCHES[name];
if (bench === undefined) {
  const width = Math.max(...Object.keys(BENCHES).map((each) => each.length));
  const list = Object.entries(BENCHES).map(([each, { about }]) => `  ${each.padEnd(width)}  ${about}`);
  const text = `npm run bench <name> [-- options]\n\n${list.join("\n")}`;
  if (name === undefined) console.log(text);
  else console.error(`there is no bench ${name}\n\n${text}`);
  process.exit(name === undefined ? 0 : 2);
}
if (bench.built) run(["npm", "run", "--silent", "build"]);
if (bench.compiled) run(["npx", "tsc", "-p", "bench/tsconfig.json"]);
run([process.execPath, bench.program, ...(args[0] === "--" ? args.slice(1) : args)]);
