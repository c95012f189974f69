import type { Command } from "./command.js";
import { describeOptions } from "./option-table.js";

/** The help of `kinesis-producer` itself. */
export function generalHelp(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 2;
  return [
    "Usage: kinesis-producer <command> [options]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    "",
    "kinesis-producer <command> --help lists the options of a command, kinesis-producer --version prints the version.",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp({ name, summary, options, operand, notes }: Command): string {
  return [
    `Usage: kinesis-producer ${name} [options]${operand === undefined ? "" : ` [${operand.value} ...]`}`,
    "",
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    "",
    "Options:",
    describeOptions(options, operand),
    "",
    notes,
  ].join("\n");
}
