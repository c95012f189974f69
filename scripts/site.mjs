/**
 * Builds the site of the documents and of the public names, for a browser without a network: `build/site/index.html`.
 *
 *     npm run site
 *
 * Fails when a link leads nowhere, when a public name is missing, or when a page of `docs/` is in no section.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Application, Converter, OptionDefaults, ReflectionKind } from "typedoc";
import { entryPoints } from "./package-exports.mjs";
import { SECTIONS } from "./site-sections.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const out = join(ROOT, "build/site");

/** @type {Map<string, string>} page -> section */
const sectionOf = new Map(SECTIONS.flatMap(({ title, pages }) => pages.map((page) => [page, title])));
const missing = readdirSync(join(ROOT, "docs")).filter(
  (file) => file.endsWith(".md") && !sectionOf.has(`docs/${file}`),
);
if (missing.length > 0) throw new Error(`scripts/site-sections.mjs has no section for ${missing.join(", ")}`);

const decisions = readdirSync(join(ROOT, "decisions")).map((file) => `decisions/${file}`);

const app = await Application.bootstrap({
  name: "kinesis-producer",
  entryPoints: entryPoints(ROOT).map(({ types }) =>
    join(ROOT, types.replace("./dist/", "src/").replace(/\.d\.ts$/, ".ts")),
  ),
  tsconfig: join(ROOT, "tsconfig.build.json"),
  out,
  readme: join(ROOT, "README.md"),
  projectDocuments: [...sectionOf.keys(), ...decisions].map((page) => join(ROOT, page)),
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  highlightLanguages: [...OptionDefaults.highlightLanguages, "dockerfile", "ini", "java", "python"],
  hideGenerator: true,
  navigation: { includeGroups: true },
  customCss: join(ROOT, "scripts/site.css"),
  searchInComments: true,
  searchInDocuments: true,
  groupOrder: [...SECTIONS.map(({ title }) => title), "Decisions", "Modules", "*"],
  sort: ["documents-first", "source-order"],
  validation: { invalidLink: true, invalidPath: true, notExported: false, rewrittenLink: true, notDocumented: false },
});
app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
  const page = [...sectionOf.keys(), ...decisions].find((file) => file === `${document.name}.md`);
  if (page === undefined) throw new Error(`no section for the document ${document.name}`);
  document.frontmatter.group = sectionOf.get(page) ?? "Decisions";
  document.name = titleOf(page);
});
const project = await app.convert();
if (project === undefined) throw new Error("the sources do not compile");
// A module has the name by which a program imports it.
for (const module of project.getReflectionsByKind(ReflectionKind.Module))
  module.name = module.name === "index" ? "kinesis-producer" : `kinesis-producer/${module.name}`;
app.validate(project);
await app.generateOutputs(project);
const pages = project.getReflectionsByKind(ReflectionKind.Document).length;
console.log(`${pages} documents in ${out}`);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;

/**
 * The heading of a page.
 *
 * @param {string} page
 */
function titleOf(page) {
  const title = /^# (.+)$/m.exec(readFileSync(join(ROOT, page), "utf8"))?.[1];
  if (title === undefined) throw new Error(`${page} has no heading`);
  return title.replaceAll("`", "");
}
