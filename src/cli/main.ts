#!/usr/bin/env node
/**
 * The program `kinesis-producer`.
 *
 * @module
 */
import process from "node:process";
import { runCommandLine } from "./command-line.js";
import { interruptionOf } from "./interruption.js";

// Whoever reads our output may have enough of it (`| head`): that is no reason to end with an error.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const terminal = { out: (text: string) => process.stdout.write(`${text}\n`), interrupted: interruptionOf(process) };
const complain = (text: string): unknown => process.stderr.write(`${text}\n`);

runCommandLine(process.argv.slice(2), terminal, complain).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  },
);
