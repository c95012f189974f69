import type { Readable } from "node:stream";
import type { Operand, OptionTable, OptionValues } from "./option-table.js";

/** Where a command reads the user's wish and writes its answers. */
export interface Terminal {
  /** Writes text and a line feed to the standard output. */
  out(text: string): void;
  /** Resolves when the standard output takes more: with false when nobody reads it any more. */
  outputReady(): Promise<boolean>;
  /** Writes text and a line feed to the standard error. */
  err(text: string): void;
  /** Whether a person sees the standard error as it comes. */
  readonly isWatched: boolean;
  /** The standard input, of bytes; it is opened by the first call. */
  input(): Readable;
  /** Resolves when the user wants an end: Ctrl-C, or SIGTERM. */
  readonly interrupted: Promise<void>;
}

/** One command of `kinesis-producer`. */
export interface Command {
  readonly name: string;
  /** What it does, in one line. */
  readonly summary: string;
  readonly options: OptionTable;
  /** What it takes besides options; nothing when absent. */
  readonly operand?: Operand;
  /** What the help says besides the options. */
  readonly notes: string;
  /**
   * Runs it to its end.
   *
   * @throws UsageError for a command line that makes no sense, CommandError for what the user can put right otherwise
   */
  run(options: OptionValues, terminal: Terminal): Promise<void>;
}

/** A command cannot do its work, and the message says why: exit status 1. Any other error is a mistake of ours. */
export class CommandError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
  }
}
