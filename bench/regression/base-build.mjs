/** Builds of other commits, below build/. Each is made once. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** @param {readonly string[]} args */
function git(args) {
  return execFileSync("git", [...args], { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
}

/** The last tag before this tree; undefined when there is none. */
export function lastTag() {
  const { status, stdout } = spawnSync("git", ["describe", "--tags", "--abbrev=0"], { cwd: ROOT, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Whether this clone has the commit. @param {string} sha */
export function hasCommit(sha) {
  return spawnSync("git", ["cat-file", "-e", `${sha}^{commit}`], { cwd: ROOT, stdio: "ignore" }).status === 0;
}

/**
 * The `dist/` of a commit, built if it does not exist.
 *
 * @param {string} ref
 * @param {{ installs: boolean }} how - whether other dependencies than this tree's are installed, which takes a minute
 */
export function distOf(ref, { installs }) {
  const sha = git(["rev-parse", "--verify", `${ref}^{commit}`]);
  // Below the root, so that node_modules is found.
  const folder = join(ROOT, "build/regression", sha);
  const dist = join(folder, "dist");
  if (existsSync(dist)) return dist;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const sources = execFileSync("git", ["archive", sha], { cwd: ROOT, maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", folder], { input: sources });
  const lock = (/** @type {string} */ root) => readFileSync(join(root, "package-lock.json"), "utf8");
  if (installs && lock(folder) !== lock(ROOT)) {
    execFileSync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: folder, stdio: "inherit" });
  }
  const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));
  const quick = ["--noCheck", "--declaration", "false", "--isolatedDeclarations", "false"];
  // Written at once: if `dist` exists, it is complete.
  const args = [tsc, "-p", "tsconfig.build.json", ...quick, "--outDir", "unfinished"];
  execFileSync(process.execPath, args, { cwd: folder, stdio: "inherit" });
  renameSync(join(folder, "unfinished"), dist);
  return dist;
}
