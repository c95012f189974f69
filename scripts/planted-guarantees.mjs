/**
 * One violation for each check of `check-guarantees.mjs`, and files that must pass. Rule numbers are built from parts
 * here, so that the check does not read them as citations in this repository.
 */

/** @typedef {import("./planted-violations.mjs").Plant} Plant */

export const GUARANTEES = "guarantees";

const PAGE = "docs/guarantees.md";
const TESTS = "unit/legal-guarantees.test.ts";
const WORD = "Rule";

/** @type {(text: string, reason: string) => Plant} */
const ofPage = (text, reason) => ({ file: PAGE, text: `${text}\n`, rule: GUARANTEES, reason });

/** @type {(file: string, text: string, cited: string) => Plant} */
const citation = (file, text, cited) => ({
  file,
  text: `${text}\n`,
  rule: GUARANTEES,
  reason: `has no rule ${cited}`,
});

/** In this order they make the page. @type {readonly Plant[]} */
const PLANTED_PAGE = [
  ofPage("### 1. A rule\n\n- **1a** is held.\n- **1b** is not.", "clause 1b has no test"),
  ofPage(
    `- 1a \`${TESTS}\`: a suite › holds …\n- 1a \`${TESTS}\`: a suite › is gone`,
    'has no test "a suite › is gone"',
  ),
  ofPage("- 1a `unit/gone.test.ts`: a suite › holds …", "there is no test/unit/gone.test.ts"),
  ofPage(`- 1c \`${TESTS}\`: a suite › holds …`, "there is no clause 1c"),
  ofPage("- 1a a suite › holds …", "no test can be read"),
  ofPage("### 3. Another rule", "rule 3 stands where 2 is next"),
  ofPage("- **3b** comes before the first.", "clause 3b stands where 3a is next"),
  ofPage("", "rule 3 has no clause"),
];

/** @type {readonly Plant[]} */
export const PLANTED_GUARANTEES = [
  ...PLANTED_PAGE,
  citation("src/core/planted-citation.ts", `/** ${WORD} 99. */\nexport {};`, "99"),
  citation("src/core/planted-citation-of-clause.ts", `// ${WORD} 1f.\nexport {};`, "1f"),
  citation("src/core/planted-citation-of-several.ts", `/** ${WORD}s 1 to 3 and 98. */\nexport {};`, "98"),
  citation("src/core/planted-citation-over-lines.ts", `/**\n * See ${WORD}\n * 97.\n */\nexport {};`, "97"),
  citation("test/unit/planted-citation.test.ts", `export const title = "${WORD} 96 holds";`, "96"),
  citation("decisions/planted.md", `By ${WORD} 95 it waits.`, "95"),
];

export const LEGAL_GUARANTEES = [
  { file: "src/core/legal-citation.ts", text: `/** ${WORD} 1. ${WORD}s 1 and 3, as ${WORD} 1a says. */\nexport {};\n` },
  {
    file: `test/${TESTS}`,
    text: [
      'import { describe, it } from "vitest";',
      "",
      'describe("a suite", () => {',
      '  it.each([1, 2])("holds %d", () => {});',
      "});",
      "",
    ].join("\n"),
  },
];
