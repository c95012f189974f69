/**
 * The examples that a user reads: each `@example` of a docstring, and each block of JavaScript or TypeScript of a document.
 *
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/** An example, and where a reader finds it. */
export interface Example {
  /** `src/producer.ts KinesisProducer.put`, or `docs/health.md#log-lines`; ` 2` follows for the second one of a place. */
  readonly name: string;
  readonly language: "ts" | "js";
  readonly source: string;
  /** The name in the comment `<!-- program: name -->` above it: another test runs it. */
  readonly program?: string;
}

export function collectExamples(): Example[] {
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const documents = readdirSync("docs").filter((file) => file.endsWith(".md"));
  return numbered([
    ...sources.sort().flatMap((file) => ofDocstrings(join("src", file))),
    ...["README.md", ...documents.sort().map((file) => join("docs", file))].flatMap(ofDocument),
  ]);
}

function numbered(examples: readonly Example[]): Example[] {
  const seen = new Map<string, number>();
  return examples.map((example) => {
    const count = (seen.get(example.name) ?? 0) + 1;
    seen.set(example.name, count);
    return count === 1 ? example : { ...example, name: `${example.name} ${count}` };
  });
}

function ofDocstrings(file: string): Example[] {
  const text = readFileSync(file, "utf8");
  if (!text.includes("@example")) return [];
  const examples: Example[] = [];
  const visit = (node: ts.Node, owner: string): void => {
    const named = (node as { readonly name?: ts.Node }).name?.getText();
    const path = named === undefined ? owner : [owner, named].filter(Boolean).join(".");
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== "example" || tag.parent.parent !== node) continue;
      // The text of the comment, without the asterisks.
      const comment = ts.getTextOfJSDocComment(tag.comment) ?? "";
      const [, language, source] = /^```(ts|js)\n([\s\S]*?)\n?```/.exec(comment) ?? [];
      if (language === undefined || source === undefined)
        throw new Error(`${file}: the example of ${path} has no block of ts or js: ${comment}`);
      examples.push({ name: `${file} ${path}`, language: language as "ts" | "js", source });
    }
    ts.forEachChild(node, (child) => visit(child, path));
  };
  ts.forEachChild(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), (child) => visit(child, ""));
  return examples;
}

function ofDocument(file: string): Example[] {
  const pattern = /^#+ (.*)$|^<!-- program: ([\w-]+) -->$|^```(\w*)\n([\s\S]*?)^```$/gm;
  const examples: Example[] = [];
  let [heading, program]: (string | undefined)[] = [];
  for (const [, title, marked, language, source] of readFileSync(file, "utf8").matchAll(pattern)) {
    if (title !== undefined)
      heading = title
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, "")
        .replaceAll(" ", "-");
    if (marked !== undefined) program = marked;
    if (source === undefined) continue;
    if (language === "ts" || language === "js")
      examples.push({ name: `${file}#${heading}`, language, source, ...(program === undefined ? {} : { program }) });
    program = undefined;
  }
  return examples;
}
