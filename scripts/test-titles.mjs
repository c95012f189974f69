/** The titles of the tests in a test file, read from its text without running it. */
import ts from "typescript";

/** The last name of each registers for one transport only (`test/integration/of-one-transport.ts`). */
const SUITES = ["describe", "suite", "describeOnce"];
const TESTS = ["test", "it", "itOnce"];

/** The text between the title of a suite and the title of a test in it, as printed by vitest. */
export const SEPARATOR = " › ";

/** `%s`, `%$`, `$name`, `$name.first`: vitest inserts a value of the case. */
const PLACEHOLDER = /%[sdifjoO#$c]|\$[a-zA-Z_][\w.]*/g;

/**
 * The called function without its `.each(...)` and the like: `test` of `test.each(cases)`.
 *
 * @param {ts.Expression} expression
 * @returns {string | undefined}
 */
function rootName(expression) {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) return rootName(expression.expression);
  if (ts.isCallExpression(expression)) return rootName(expression.expression);
  if (ts.isTaggedTemplateExpression(expression)) return rootName(expression.tag);
  return undefined;
}

/**
 * The title with `…` in place of the values of each case; undefined for a title that is not a literal.
 *
 * @param {ts.Expression | undefined} title
 * @param {boolean} isOfCases
 */
function titleOf(title, isOfCases) {
  if (title === undefined) return undefined;
  if (ts.isStringLiteralLike(title)) return isOfCases ? title.text.replace(PLACEHOLDER, "…") : title.text;
  if (!ts.isTemplateExpression(title)) return undefined;
  return [title.head.text, ...title.templateSpans.map(({ literal }) => literal.text)].join("…");
}

/**
 * Every test: the titles of its suites and its own, joined by {@link SEPARATOR}.
 *
 * @param {string} fileName
 * @param {string} text
 * @returns {Set<string>}
 */
export function testTitles(fileName, text) {
  const source = ts.createSourceFile(fileName, text, ts.ScriptTarget.Latest, false);
  /** @type {Set<string>} */
  const titles = new Set();
  /** @type {(node: ts.Node, suites: readonly string[]) => void} */
  const visit = (node, suites) => {
    let inner = suites;
    if (ts.isCallExpression(node)) {
      const name = rootName(node.expression) ?? "";
      const title = titleOf(node.arguments[0], !ts.isIdentifier(node.expression));
      if (title !== undefined && TESTS.includes(name)) titles.add([...suites, title].join(SEPARATOR));
      if (title !== undefined && SUITES.includes(name)) inner = [...suites, title];
    }
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(source, []);
  return titles;
}
