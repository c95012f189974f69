/**
 * The example of `npm run example:game`, compiled beside a build of the package, as the script of npm does it.
 *
 * @module
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { buildPackage } from "./built-package.js";

/** A run of the example. */
export interface GameRun {
  readonly child: ChildProcess;
  /** The folder of its files and journals. */
  readonly out: string;
  /** The address of its page. */
  readonly page: Promise<string>;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** A build of the example. */
export interface BuiltGame extends Disposable {
  /** Starts a run with these arguments. */
  start(...args: string[]): GameRun;
}

export async function buildGame(name: string): Promise<BuiltGame> {
  const built = await buildPackage(name);
  const root = join(built.folder, "..");
  const examples = join(root, "examples");
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  const args = [tsc, "-p", "tsconfig.examples.json", "--noCheck", "--outDir", examples];
  await promisify(execFile)(process.execPath, args);
  cpSync("examples/game-pipeline/page", join(examples, "game-pipeline", "page"), { recursive: true });
  const start = (...options: string[]): GameRun => run(examples, mkdtempSync(join(root, "out-")), options);
  return { start, [Symbol.dispose]: () => built[Symbol.dispose]() };
}

function run(examples: string, out: string, options: readonly string[]): GameRun {
  const child = spawn(process.execPath, [join(examples, "game-pipeline.js"), "--out", out, ...options], {
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  let [stdout, stderr] = ["", ""];
  const ended = new Promise<Awaited<GameRun["ended"]>>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  const page = new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      const [, url] = /^live page {2}(\S+)$/m.exec(stderr) ?? [];
      if (url !== undefined) resolve(url);
    });
    void ended.then(() => reject(new Error(`it ended without a page: ${stderr}`)));
  });
  page.catch(() => {});
  return { child, out, page, ended };
}
