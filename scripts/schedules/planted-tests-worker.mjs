/**
 * Runs unit tests over sources in which bugs are planted, in a separate process: `node planted-tests-worker.mjs
 * <settings>`, the project's settings as JSON. One Vitest runs all of them. It gets the planted text in place of the
 * text of the file. A message
 * `PlantedTest` runs one test file; the answer is a `PlantedVerdict`.
 */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createVitest } from "vitest/node";

/**
 * @typedef {{ file: string, texts: [path: string, text: string][] }} PlantedTest - paths from the root
 * @typedef {{ verdict: "passed" | "failed" | "no test ran", detail: string }} PlantedVerdict
 */

const root = fileURLToPath(new URL("../..", import.meta.url));
/** @type {Map<string, string>} path → text */
const planted = new Map();
const plugin = {
  name: "planted-bugs",
  enforce: /** @type {const} */ ("pre"),
  /** @param {string} id */
  load: (id) => planted.get(id),
};
const settings = { ...JSON.parse(process.argv[2] ?? "{}"), root, config: false, watch: false, bail: 1, maxWorkers: 1 };
const vitest = await createVitest("test", { ...settings, reporters: [{}] }, { plugins: [plugin] });

/**
 * @param {PlantedTest} test
 * @returns {Promise<PlantedVerdict>}
 */
async function run({ file, texts }) {
  for (const [path, text] of texts) planted.set(join(root, path), text);
  for (const path of planted.keys()) vitest.invalidateFile(path);
  const module = join(root, file);
  const specifications = (await vitest.globTestSpecifications([file])).filter(({ moduleId }) => moduleId === module);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  for (const path of planted.keys()) vitest.invalidateFile(path);
  planted.clear();
  const ran = testModules.find(({ moduleId }) => moduleId === module);
  const [loadError] = ran?.errors() ?? [];
  const tests = [...(ran?.children.allTests() ?? [])];
  if (ran === undefined || loadError !== undefined || tests.length === 0)
    return { verdict: "no test ran", detail: loadError?.message ?? `${file} is not there` };
  const failed = tests.find((test) => test.result().state === "failed");
  if (failed !== undefined)
    return { verdict: "failed", detail: `${failed.fullName}: ${failed.result().errors?.[0]?.message}` };
  if (!ran.ok() || unhandledErrors.length > 0)
    return { verdict: "failed", detail: String(unhandledErrors[0] ?? "a hook failed") };
  return { verdict: "passed", detail: "" };
}

process.on("message", async (test) => {
  process.send?.(await run(/** @type {PlantedTest} */ (test)));
});
process.once("disconnect", () => process.exit());
