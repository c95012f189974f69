/** Installs programs that are not npm packages into `build/`, once, from pinned lists. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** One of many downloads may be slow, but none takes this long. */
const TIMEOUT_MS = 240_000;

/** @typedef {{ name: string, args: string[], purpose: string }} Tool what must be on the machine, and how it says that it is */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 */
export function run(command, args, cwd = ROOT) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    timeout: TIMEOUT_MS,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`);
}

/**
 * Every missing tool in one message.
 *
 * @param {readonly Tool[]} tools
 * @param {string} who needs them, as "the tests need tools"
 */
export function requireTools(tools, who) {
  const missing = tools.filter(({ name, args }) => spawnSync(name, args, { stdio: "ignore" }).status !== 0);
  if (missing.length === 0) return;
  const lines = missing.map(
    ({ name, args, purpose }) => `  ${name} (${purpose}): \`${name} ${args.join(" ")}\` failed`,
  );
  throw new Error(`${who} that are not here:\n${lines.join("\n")}`);
}

/**
 * Runs `make` unless what `list` says is installed already.
 *
 * @param {string} folder
 * @param {string} list
 * @param {(folder: string) => void} make
 */
export function installOnce(folder, list, make) {
  const stamp = `${folder}.installed`;
  const wanted = createHash("sha256").update(list).digest("hex");
  if (existsSync(stamp) && existsSync(folder) && readFileSync(stamp, "utf8") === wanted) return;
  const started = Date.now();
  rmSync(stamp, { force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  make(folder);
  writeFileSync(stamp, wanted);
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.error(`installed ${relative(process.cwd(), folder)} in ${seconds} s`);
}
