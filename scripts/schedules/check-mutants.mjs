/**
 * Fails for a planted bug that the compiler would refuse: such a bug could never be committed. Type-checks the files
 * that each bug changes. Variables that a bug leaves unused are allowed.
 *
 *     node scripts/schedules/check-mutants.mjs
 */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { allMutants } from "./all-mutants.mjs";
import { planted } from "./mutant.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const startedAt = performance.now();

/** Files with planted bugs: path → text. */
const texts = new Map();
/** Number of changes of each file. */
const versions = new Map();

function newService() {
  const leftOver = { noEmit: true, noUnusedLocals: false, noUnusedParameters: false };
  const parsed = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.build.json"), leftOver, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic({ messageText }) {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
    },
  });
  if (parsed === undefined) throw new Error("tsconfig.build.json cannot be read");
  return ts.createLanguageService({
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath ?? ((path) => path),
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCurrentDirectory: () => root,
    getCompilationSettings: () => parsed.options,
    getScriptFileNames: () => parsed.fileNames,
    getScriptVersion: (file) => String(versions.get(file) ?? 0),
    getScriptSnapshot(file) {
      const text = texts.get(file) ?? ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getDefaultLibFileName: ts.getDefaultLibFilePath,
  });
}

/**
 * @param {string} file
 * @param {string | undefined} text - undefined: as it is on disk
 */
function setText(file, text) {
  if (text === undefined) texts.delete(file);
  else texts.set(file, text);
  versions.set(file, (versions.get(file) ?? 0) + 1);
}

/**
 * @param {ts.LanguageService} service
 * @param {ReadonlyMap<string, string>} planted - path from the root → text
 * @returns {string[]} what the compiler says
 */
function problemsIn(service, planted) {
  for (const [path, text] of planted) setText(join(root, path), text);
  const problems = [...planted.keys()].flatMap((path) => {
    const file = join(root, path);
    return [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
      ({ code, messageText }) => `${path}: TS${code}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
  for (const path of planted.keys()) setText(join(root, path), undefined);
  return problems;
}

/**
 * @param {ts.LanguageService} service
 * @param {import("./mutant.mjs").Mutant} mutant
 * @returns {string[]}
 */
function problemsOf(service, mutant) {
  /** @type {ReadonlyMap<string, string>} */
  let texts;
  try {
    texts = planted(mutant);
  } catch (error) {
    return [`does not apply: ${/** @type {Error} */ (error).message}`];
  }
  return problemsIn(service, texts);
}

const mutants = await allMutants();
const service = newService();
let failed = 0;
for (const mutant of mutants) {
  const problems = problemsOf(service, mutant);
  if (problems.length > 0) failed++;
  for (const problem of problems) console.error(`${mutant.name}: ${problem}`);
}
const isSeenFailing =
  problemsIn(service, new Map([["src/quotas.ts", "export const planted: string = 1;\n"]])).length > 0;
if (!isSeenFailing) console.error("the compiler takes a number for a string: it was not asked");
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`planted bugs: ${mutants.length - failed} of ${mutants.length} pass the compiler, ${seconds} s`);
process.exitCode = failed === 0 && mutants.length > 0 && isSeenFailing ? 0 : 1;
