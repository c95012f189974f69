import type { Terminal } from "../../../src/cli/command.js";
import { type ExitStatus, runCommandLine } from "../../../src/cli/command-line.js";

/** What a command line printed, and how it ended. */
export interface Run {
  readonly status: ExitStatus;
  readonly out: string;
  readonly err: string;
}

/** A terminal that remembers what was printed, and where Ctrl-C is a method. */
export class RecordedTerminal implements Terminal {
  readonly interrupted: Promise<void>;
  readonly printed: string[] = [];
  interrupt: () => void = () => {};
  readonly #waiting: ((text: string) => void)[] = [];

  constructor() {
    this.interrupted = new Promise((resolve) => {
      this.interrupt = resolve;
    });
  }

  out(text: string): void {
    this.printed.push(text);
    this.#waiting.shift()?.(text);
  }

  /** The next text that is printed. */
  next(): Promise<string> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** Runs a command line; without another terminal, Ctrl-C comes at once. */
export async function runLine(args: readonly string[], terminal?: RecordedTerminal): Promise<Run> {
  const own = terminal ?? new RecordedTerminal();
  if (terminal === undefined) own.interrupt();
  const errors: string[] = [];
  const status = await runCommandLine(args, own, (text) => errors.push(text));
  return { status, out: own.printed.join("\n"), err: errors.join("\n") };
}
