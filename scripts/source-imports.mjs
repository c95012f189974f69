/**
 * The modules that a source file names, and whether each import survives compilation. Shared by the dependency check
 * and by the test of the module graph.
 */
import ts from "typescript";

/**
 * @typedef {object} SourceImport
 * @property {string} specifier - as written
 * @property {boolean} typeOnly - erased by the compiler: `import type`, `export type`, or a type query
 * @property {boolean} isLazy - an `import()`, which loads the module when it is called
 * @property {number} line - from 1
 */

/** @type {(declaration: ts.ImportDeclaration | ts.ExportDeclaration) => boolean} */
function isErased(declaration) {
  // With verbatimModuleSyntax, `import { type A }` still loads the module: only the keyword on the declaration erases
  // it.
  if (ts.isExportDeclaration(declaration)) return declaration.isTypeOnly;
  return declaration.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/**
 * Every import of a file: declarations, re-exports, `import()`, `require()` and `import("...")` in types.
 *
 * @param {string} fileName
 * @param {string} text
 * @returns {SourceImport[]}
 */
export function sourceImports(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, false);
  /** @type {SourceImport[]} */
  const found = [];
  /** @type {(node: ts.Node | undefined, typeOnly: boolean, isLazy?: boolean) => void} */
  const add = (node, typeOnly, isLazy = false) => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return;
    const line = source.getLineAndCharacterOfPosition(node.end).line + 1;
    found.push({ specifier: node.text, typeOnly, isLazy, line });
  };
  /** @type {(node: ts.Node) => void} */
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, isErased(node));
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node)) {
      const { expression } = node;
      const isRequire = ts.isIdentifier(expression) && expression.text === "require";
      const isImport = expression.kind === ts.SyntaxKind.ImportKeyword;
      if (isRequire || isImport) add(node.arguments[0], false, isImport);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
