import type { Command } from "./command.js";
import { describeOptions } from "./option-table.js";
import { HELP_COLUMNS, wrapParagraphs, wrapRows } from "./wrap-text.js";

/** The help of `kinesis-producer` itself. */
export function generalHelp(commands: readonly Command[]): string {
  return [
    "Usage: kinesis-producer <command> [options]",
    "",
    "Commands:",
    ...wrapRows(
      commands.map(({ name, summary }) => ({ head: name, meaning: summary })),
      HELP_COLUMNS,
    ),
    "",
    "kinesis-producer <command> --help lists the options of a command.",
    "kinesis-producer --version prints the version.",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp({ name, summary, options, operand, notes }: Command): string {
  return [
    `Usage: kinesis-producer ${name} [options]${operand === undefined ? "" : ` [${operand.value} ...]`}`,
    "",
    wrapParagraphs(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`, HELP_COLUMNS),
    "",
    "Options:",
    describeOptions(options, operand),
    "",
    wrapParagraphs(notes, HELP_COLUMNS),
  ].join("\n");
}
