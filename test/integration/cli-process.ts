import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { onTestFinished } from "vitest";
import type { BuiltPackage } from "./built-package.js";

/** A process of the command line. */
export interface CliProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Its outputs so far. */
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

/** Starts `kinesis-producer` with these arguments. The test kills it at its end. */
export function startCli(built: BuiltPackage, args: readonly string[], nodeArgs: readonly string[] = []): CliProcess {
  const env = {
    ...process.env,
    // The SDK warns of old versions of Node.js.
    NODE_NO_WARNINGS: "1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_REGION: "us-east-1",
  };
  const child = spawn(process.execPath, [...nodeArgs, join(built.folder, "cli", "main.js"), ...args], { env });
  onTestFinished(() => void child.kill("SIGKILL"));
  // A process that ends early closes the pipe while a test still writes to it.
  child.stdin.on("error", () => {});
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, out, err }));
  return { child, out: () => out, err: () => err, ended };
}
