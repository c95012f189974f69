/**
 * The public surface as text, one report per entry point in `etc/`. Fails when the built declarations differ from the
 * committed reports; `--update` writes them.
 *
 *     node scripts/api-report.mjs [--update]
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { entryPoints } from "./package-exports.mjs";

const root = resolve(".");
const isUpdate = process.argv.includes("--update");
const reportFolder = join(root, "etc");
const scratch = mkdtempSync(join(tmpdir(), "api-report-"));

/**
 * The report of one entry point, made from its declarations.
 *
 * @param {import("./package-exports.mjs").EntryPoint} entry
 * @returns {string}
 */
function makeReport({ name, types }) {
  const folder = join(scratch, name);
  mkdirSync(folder);
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      newlineKind: "lf",
      compiler: { tsconfigFilePath: join(root, "tsconfig.build.json") },
      apiReport: { enabled: true, reportFolder: folder, reportTempFolder: folder, reportFileName: `${name}.api.md` },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        // Problems of the surface are written into the report, where a review sees them.
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
        },
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
  });
  const result = Extractor.invoke(config, {
    localBuild: true,
    showVerboseMessages: false,
    messageCallback: (message) => {
      // Silence messages that are not in the report: a new local report, the version of the compiler.
      if (message.logLevel !== ExtractorLogLevel.Error) message.handled = true;
    },
  });
  if (result.errorCount > 0) throw new Error(`${types}: ${result.errorCount} errors`);
  return readFileSync(join(folder, `${name}.api.md`), "utf8");
}

/**
 * The first line in which two texts differ, both ways.
 *
 * @param {string} committed
 * @param {string} built
 */
function firstDifference(committed, built) {
  const before = committed.split("\n");
  const after = built.split("\n");
  const index = before.findIndex((line, at) => line !== after[at]);
  const at = index < 0 ? before.length : index;
  return `line ${at + 1}:\n  - ${before[at] ?? ""}\n  + ${after[at] ?? ""}`;
}

const problems = [];
const entries = entryPoints(root);
try {
  for (const entry of entries) {
    const file = `etc/${entry.name}.api.md`;
    if (!existsSync(join(root, entry.types))) {
      problems.push(`${entry.specifier}: no ${entry.types}: build first`);
      continue;
    }
    const built = makeReport(entry);
    const committed = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : undefined;
    if (built === committed) continue;
    if (isUpdate) {
      mkdirSync(reportFolder, { recursive: true });
      writeFileSync(join(root, file), built);
      console.log(`wrote ${file}`);
    } else if (committed === undefined) {
      problems.push(`${entry.specifier}: no ${file}; run npm run check api -- --update and commit it`);
    } else {
      const difference = firstDifference(committed, built);
      problems.push(
        `${entry.specifier}: the surface differs from ${file}; if it is meant, run npm run check api -- --update\n${difference}`,
      );
    }
  }
  const known = new Set(entries.map(({ name }) => `${name}.api.md`));
  for (const file of existsSync(reportFolder) ? readdirSync(reportFolder) : []) {
    if (!known.has(file)) problems.push(`etc/${file} is of no entry point`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

for (const problem of problems) console.error(problem);
console.log(`API report: ${entries.length} entry points, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
