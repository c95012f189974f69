/**
 * @typedef {object} Step
 * @property {readonly (readonly string[])[]} commands - one after the other
 * @property {boolean} [built] - needs `dist/`
 * @property {boolean} [updates] - takes `--update`, which writes what it would compare
 * @property {string} about - one line
 */

/**
 * The steps of `npm run check`, in this order: steps that need `dist/` come after `build`. @type {Record<string, Step>}
 */
export const STEPS = {
  types: {
    commands: [
      ["tsc", "-p", "tsconfig.json"],
      ["tsc", "-p", "tsconfig.build.json", "--noEmit"],
      ["tsc", "-p", "tsconfig.page.json"],
    ],
    about:
      "the compiler over sources, tests, examples, benches and scripts, the declarations of src/, and the page of a load",
  },
  lint: {
    commands: [["biome", "check", "--error-on-warnings", "--max-diagnostics=200"]],
    about: "Biome: format, imports, rules; `npm run format` repairs format and imports",
  },
  "dependency-rule": {
    commands: [
      ["node", "scripts/dependency-rule-places.mjs"],
      ["node", "scripts/check-dependency-rule.mjs"],
    ],
    about: "which folder imports which; CONTRIBUTING.md and Biome say the same",
  },
  planted: {
    commands: [["node", "scripts/check-planted-violations.mjs"]],
    about: "plants a violation of each rule, and fails unless it is reported",
  },
  mirror: {
    commands: [["node", "scripts/check-unit-tests-mirror.mjs"]],
    about: "every file of src/wire and src/core has its unit test",
  },
  commands: {
    commands: [["node", "scripts/check-commands.mjs"]],
    about: "every command that a document or a comment names is there",
  },
  mutants: {
    commands: [["node", "scripts/schedules/check-mutants.mjs"]],
    about: "every planted bug of `npm run test:mutants` applies, and passes the compiler",
  },
  guarantees: {
    commands: [["node", "scripts/check-guarantees.mjs"]],
    about: "every rule of docs/guarantees.md has its tests, and every citation its rule",
  },
  prose: {
    commands: [["node", "scripts/check-prose.mjs"]],
    about: "no comment, text or document has a wording that docs/style.md lists",
  },
  unused: { commands: [["knip"]], about: "knip: unused files, exports and dependencies" },
  build: { commands: [["npm", "run", "--silent", "build"]], about: "dist/" },
  docs: {
    commands: [
      ["node", "scripts/docs-tables.mjs"],
      ["node", "scripts/sample-report.mjs"],
    ],
    built: true,
    updates: true,
    about:
      "tables of docs/reference.md, helps of commands and the page of docs/sample-report.html are those of the sources",
  },
  package: {
    commands: [
      ["publint", "--strict"],
      ["attw", "--pack", ".", "--profile", "esm-only"],
    ],
    built: true,
    about: "publint and are-the-types-wrong over the packed package",
  },
  api: {
    commands: [["node", "scripts/api-report.mjs"]],
    built: true,
    updates: true,
    about: "the public surface is that of etc/*.api.md",
  },
};
