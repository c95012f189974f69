#!/usr/bin/env node
/**
 * The program `kinesis-producer`.
 *
 * @module
 */
import process from "node:process";
import type { Terminal } from "./command.js";
import { runCommandLine } from "./command-line.js";
import { interruptionOf } from "./interruption.js";

// Whoever reads our output may have enough of it (`| head`): that is no reason to end with an error.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const terminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  isWatched: process.stderr.isTTY,
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
