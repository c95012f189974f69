/**
 * The counts of a vitest JSON report as `passed failed`. A file that could not be loaded counts as one failed test.
 *
 *     node scripts/sum-tests.mjs report.json
 */
import { readFileSync } from "node:fs";
import process from "node:process";

const [, , path] = process.argv;
if (path === undefined) throw new Error("which report?");
const report = JSON.parse(readFileSync(path, "utf8"));
/** @type {{ status: string, assertionResults: unknown[] }[]} */
const files = report.testResults;
const broken = files.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
console.log(`${report.numPassedTests} ${report.numFailedTests + broken}`);
