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

// On Node.js 20 the SDK writes a warning of eight lines before the first line of a command. Child processes inherit this.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const LINE_FEED = Buffer.from("\n");

// The reader of the output may close it early (`| head`). That is not an error.
let isOutputRead = true;
process.stderr.on("error", () => {});
process.stdout.on("error", () => {
  isOutputRead = false;
});

async function outputReady(): Promise<boolean> {
  const { stdout } = process;
  // A failed write is known here before its event: a command that never waits does not see the event.
  if (stdout.errored !== null) isOutputRead = false;
  // The listener above handles the error of a rejection here.
  if (isOutputRead && stdout.writableNeedDrain) await once(stdout, "drain").catch(() => {});
  return isOutputRead;
}

const terminal: Terminal = {
  out(output) {
    process.stdout.write(typeof output === "string" ? `${output}\n` : Buffer.concat([output, LINE_FEED]));
  },
  outputReady,
  err: (text) => void process.stderr.write(`${text}\n`),
  isWatched: process.stderr.isTTY,
  get columns() {
    return process.stderr.columns;
  },
  input() {
    if (process.stdin.isTTY && process.stderr.isTTY)
      process.stderr.write("Reads this terminal; Ctrl-D ends the input.\n");
    return process.stdin;
  },
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
