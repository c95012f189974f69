import { didYouMean } from "../wording/nearest-name.js";
import { type Command, CommandError, type Terminal } from "./command.js";
import { COMMANDS } from "./commands.js";
import { commandHelp, generalHelp } from "./help.js";
import { hintFor } from "./hint.js";
import { readOptions } from "./option-table.js";
import { packageVersion } from "./package-version.js";
import { UsageError } from "./usage-error.js";

/** How a command line ended: 0 success, 1 failure, 2 wrong usage. */
export type ExitStatus = 0 | 1 | 2;

/**
 * Runs a command line.
 *
 * @param args - the arguments after the program's name
 * @throws an error that is a bug of this program
 */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  const [first = "", ...rest] = args;
  if (first === "--help" || first === "-h") {
    terminal.out(generalHelp(COMMANDS));
    return 0;
  }
  if (first === "--version") {
    terminal.out(packageVersion());
    return 0;
  }
  // `help put` is what people try who know other programs.
  if (first === "help") return await runCommandLine([...rest.slice(0, 1), "--help"], terminal);
  const command = COMMANDS.find(({ name }) => name === first);
  if (command === undefined) {
    terminal.err(first === "" ? generalHelp(COMMANDS) : `kinesis-producer: ${unknownCommand(first)}`);
    return 2;
  }
  try {
    await run(command, rest, terminal);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
    terminal.err(`kinesis-producer ${command.name}: ${error.message}`);
    if (error instanceof CommandError) {
      const hint = hintFor(error.message);
      if (hint !== undefined) terminal.err(`kinesis-producer ${command.name}: ${hint}`);
      return 1;
    }
    terminal.err(`kinesis-producer ${command.name} --help lists the options`);
    return 2;
  }
}

/** Help wins over every other option on the line. */
async function run(command: Command, args: readonly string[], terminal: Terminal): Promise<void> {
  const isHelp = args.some((arg) => arg === "--help" || arg === "-h");
  if (isHelp) terminal.out(commandHelp(command));
  else await command.run(readOptions(args, command.options, command.operand), terminal);
}

function unknownCommand(name: string): string {
  const names = COMMANDS.map((command) => command.name);
  return `no command ${JSON.stringify(name)}${didYouMean(name, names) || `; known are ${names.join(", ")}`}`;
}
