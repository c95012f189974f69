import { Readable } from "node:stream";
import type { Terminal } from "../../../src/cli/command.js";
import { type ExitStatus, runCommandLine } from "../../../src/cli/command-line.js";

/** Output and exit status of a command line. */
export interface Run {
  readonly status: ExitStatus;
  readonly out: string;
  readonly err: string;
}

/** A terminal that records its output. Ctrl-C is a method. */
export class RecordedTerminal implements Terminal {
  readonly interrupted: Promise<void>;
  readonly printed: string[] = [];
  readonly errors: string[] = [];
  readonly isWatched: boolean = false;
  readonly #input: Readable;
  interrupt: () => void = () => {};
  readonly #waiting: ((text: string) => void)[] = [];

  constructor(input: Readable = Readable.from([])) {
    this.#input = input;
    this.interrupted = new Promise((resolve) => {
      this.interrupt = resolve;
    });
  }

  out(output: string | Uint8Array): void {
    const text = typeof output === "string" ? output : Buffer.from(output).toString();
    this.printed.push(text);
    this.#waiting.shift()?.(text);
  }

  outputReady(): Promise<boolean> {
    return Promise.resolve(true);
  }

  err(text: string): void {
    this.errors.push(text);
  }

  input(): Readable {
    return this.#input;
  }

  /** The next printed text. */
  next(): Promise<string> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Runs a command line. Without a given terminal, Ctrl-C comes at once. */
export async function runLine(args: readonly string[], terminal?: RecordedTerminal): Promise<Run> {
  const own = terminal ?? new RecordedTerminal();
  if (terminal === undefined) own.interrupt();
  const status = await runCommandLine(args, own);
  return { status, out: own.printed.join("\n"), err: own.errors.join("\n") };
}
