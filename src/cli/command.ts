import type { Readable } from "node:stream";
import type { Operand, OptionTable, OptionValues } from "./option-table.js";

/** The input and the output of a command. */
export interface Terminal {
  /** Writes text, or bytes as they are, and a line feed to the standard output. */
  out(text: string | Uint8Array): void;
  /** Resolves when the standard output has room; with false when its reader has closed it. */
  outputReady(): Promise<boolean>;
  /** Writes text and a line feed to the standard error. */
  err(text: string): void;
  /** Whether the standard error is a terminal. */
  readonly isWatched: boolean;
  /** Its width, when it is a terminal. */
  readonly columns?: number | undefined;
  /** The standard input, as bytes; the first call opens it. */
  input(): Readable;
  /** Resolves at Ctrl-C or SIGTERM. */
  readonly interrupted: Promise<void>;
}

/** One command of `kinesis-producer`. */
export interface Command {
  readonly name: string;
  /** One line for the general help. */
  readonly summary: string;
  readonly options: OptionTable;
  /** Arguments besides options; absent: none. */
  readonly operand?: Operand;
  /** Text of the help below the options. */
  readonly notes: string;
  /**
   * Runs the command to its end.
   *
   * @throws UsageError for a wrong command line, CommandError for another problem that the user can solve
   */
  run(options: OptionValues, terminal: Terminal): Promise<void>;
}

/** A command cannot do its work; the message says why. Exit status 1. Any other error is a bug of this program. */
export class CommandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
  }
}
