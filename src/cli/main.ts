#!/usr/bin/env node
/**
 * The program `kinesis-producer`.
 *
 * @module
 */
import { once } from "node:events";
import process from "node:process";
import type { Terminal } from "./command.js";
import { runCommandLine } from "./command-line.js";
import { interruptionOf } from "./interruption.js";

// The reader of the output may close it early (`| head`). That is not an error.
let isOutputRead = true;
process.stderr.on("error", () => {});
process.stdout.on("error", () => {
  isOutputRead = false;
});

async function outputReady(): Promise<boolean> {
  const { stdout } = process;
  // The listener above handles the error of a rejection here.
  if (isOutputRead && stdout.writableNeedDrain) await once(stdout, "drain").catch(() => {});
  return isOutputRead;
}

const terminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  outputReady,
  err: (text) => void process.stderr.write(`${text}\n`),
  isWatched: process.stderr.isTTY,
  get columns() {
    return process.stderr.columns;
  },
  input: () => process.stdin,
  interrupted: interruptionOf(process),
};

runCommandLine(process.argv.slice(2), terminal).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    terminal.err(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);
