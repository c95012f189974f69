import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { transpileTree } from "../../../scripts/transpile.mjs";

const ROOT: string = fileURLToPath(new URL("../../..", import.meta.url));

/** A folder for one test; its real path. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "locks-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The sources of `src/locks/`, for child programs. */
export function locksForPrograms(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "src"), { recursive: true });
  transpileTree(ROOT, folder, ["src/locks"]);
  return join(folder, "src/locks");
}

/** Runs a program that runs until it is killed. Resolves when it has written its first line. */
export async function startProgram(program: string): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", `${program}; setInterval(() => {}, 1_000);`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [chunk] = await once(child.stdout as NodeJS.ReadableStream, "data");
  return { child, line: String(chunk).trim() };
}

/** Kills a program, and resolves when it has ended. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
