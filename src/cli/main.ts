#!/usr/bin/env node
/**
 * The program `kinesis-producer`.
 *
 * @module
 */
import process from "node:process";
import { runCommandLine } from "./command-line.js";

/** What a shell says of a process that a signal ended. */
const STATUS_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

const interrupted = new Promise<void>((resolve) => {
  let count = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (++count > 1) process.exit(STATUS_OF_SIGNAL[signal]);
      resolve();
    });
  }
});

// Whoever reads our output may have enough of it (`| head`): that is no reason to end with an error.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const terminal = { out: (text: string) => process.stdout.write(`${text}\n`), interrupted };
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
