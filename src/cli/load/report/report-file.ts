import { accessSync, constants, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CommandError } from "../../command.js";
import { UsageError } from "../../usage-error.js";
import type { ReportData } from "./report-data.js";

/** The place of the data in the page, JSON itself. */
const DATA_PLACE = '"report-data-place"';
/** The place of the figures for a reader without scripts. */
const TEXT_PLACE = "<!--report-text-->";

/**
 * The page with plots, made by the build from `page/`: one file that loads nothing.
 *
 * @throws CommandError when the package has been built without it
 */
export function readTemplate(): string {
  try {
    return readFileSync(new URL("./page.html", import.meta.url), "utf8");
  } catch (error) {
    throw new CommandError("the page of --report is missing from this build of the package", { cause: error });
  }
}

/**
 * Checks that the page can be written, before a long load.
 *
 * @throws UsageError when its folder does not exist or cannot be written, or the file is a folder
 */
export function checkReportFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new UsageError(`--report must be a file, got the directory ${file}`);
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw new UsageError(`--report cannot be written: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Puts the data and the summary as text into the page.
 *
 * @param template - with a place for each
 */
export function pageOf(template: string, data: ReportData, text: string): string {
  // In a script element, only "<" can end the element.
  const json = JSON.stringify(data).replaceAll("<", String.raw`\u003c`);
  const html = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return template.replace(DATA_PLACE, () => json).replace(TEXT_PLACE, () => html);
}

/** @throws CommandError when it cannot be written */
export function writeReport(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (error) {
    throw new CommandError(`--report cannot be written: ${String(error)}`, { cause: error });
  }
}
