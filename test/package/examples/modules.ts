/**
 * Makes modules of examples: with the imports that an example leaves out, from the package and from the stage.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { entryPoints } from "../../../scripts/package-exports.mjs";
import type { Example } from "./collect.js";

const STAGE = "test/package/examples/stage.ts";

/** The names that a module exports by itself or by `export { … } from`. */
function exportedNames(text: string): Set<string> {
  const names = new Set<string>();
  const source = ts.createSourceFile("module.ts", text, ts.ScriptTarget.Latest);
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause))
      for (const { name } of statement.exportClause.elements) names.add(name.text);
    if (ts.isVariableStatement(statement) && hasExport(statement))
      for (const { name } of statement.declarationList.declarations) if (ts.isIdentifier(name)) names.add(name.text);
    if (ts.isFunctionDeclaration(statement) && statement.name && hasExport(statement)) names.add(statement.name.text);
  }
  return names;
}

function hasExport({ modifiers }: ts.VariableStatement | ts.FunctionDeclaration): boolean {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}

/** The names that a text declares anywhere, and those that it uses otherwise than as the name of a property. */
function namesIn(text: string): { readonly declared: ReadonlySet<string>; readonly used: ReadonlySet<string> } {
  const [declared, used] = [new Set<string>(), new Set<string>()];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const declaration = parent as { readonly name?: ts.Node };
      if (declaration.name !== node || ts.isShorthandPropertyAssignment(parent)) used.add(node.text);
      else if (!ts.isPropertyAccessExpression(parent) && !ts.isPropertyAssignment(parent)) declared.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("example.ts", text, ts.ScriptTarget.Latest, true));
  return { declared, used };
}

/** Puts the imports before an example that it leaves out. */
export class ExampleModules {
  readonly #entries: readonly { readonly specifier: string; readonly names: ReadonlySet<string> }[];
  readonly #stage: ReadonlySet<string> = exportedNames(readFileSync(STAGE, "utf8"));

  /** @param root - the folder of the package */
  constructor(root: string) {
    this.#entries = entryPoints(root).map(({ specifier, types }) => ({
      specifier,
      names: exportedNames(readFileSync(join(root, types), "utf8")),
    }));
  }

  moduleOf({ name, source }: Example): string {
    const { declared, used } = namesIn(source);
    const imports: string[] = [];
    for (const free of [...used].filter((each) => !declared.has(each)).sort()) {
      const from = this.#sourceOf(free, name);
      if (from !== undefined) imports.push(`import { ${free} } from "${from}";`);
    }
    return `${imports.join(" ")}\n${source}\nexport {};\n`;
  }

  /** Two entry points have a `registerMetrics`: the entry point of the example's folder comes first. */
  #sourceOf(free: string, name: string): string | undefined {
    const [, folder] = /^src\/(\w+)\//.exec(name) ?? [];
    const having = this.#entries.filter(({ names }) => names.has(free)).map(({ specifier }) => specifier);
    const own = having.find((specifier) => specifier === `kinesis-producer/${folder}`);
    return own ?? having[0] ?? (this.#stage.has(free) ? "./stage.mjs" : undefined);
  }
}

/** The errors of the compiler for some files, strict, by the file. */
export function compile(files: readonly string[], options: ts.CompilerOptions): Map<string, string[]> {
  const program = ts.createProgram([...files], {
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts", "lib.es2024.string.d.ts", "lib.esnext.disposable.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
    ...options,
  });
  const errors = new Map<string, string[]>();
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const { file, start = 0, messageText } = diagnostic;
    const where = file?.fileName ?? "";
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line;
    const text = `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    errors.set(where, [...(errors.get(where) ?? []), text]);
  }
  return errors;
}

/** JavaScript of a text in TypeScript. */
export function transpile(source: string): string {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return ts.transpileModule(source, { compilerOptions: options }).outputText;
}
