/**
 * Wordings that stop a reader whose English is learnt, and a better wording for each. `docs/style.md` has the reasons;
 * `check-prose.mjs` looks for them in comments, texts and documents.
 *
 * @typedef {object} ProseRule
 * @property {string} name
 * @property {RegExp} pattern - global; it sees a paragraph in one line
 * @property {string} instead
 * @property {string} planted - a sentence that must be reported
 * @property {string} legal - a sentence that must not be
 */

/** @type {readonly ProseRule[]} */
export const PROSE_RULES = [
  {
    name: "a sentence begins with its subject",
    pattern: /(?:^|[.!:;]\s+|[–|]\s)(?:What|Whatever|Whoever|Whichever)\b[^.!?]*(?:[.!;:]|$)/g,
    instead: "name the thing: a noun from the glossary in DESIGN.md, then the verb",
    planted: "What came back goes to the front.",
    legal: "What does a split cost? It costs one refresh.",
  },
  {
    name: "no whoever",
    pattern: /\bwho(?:m)?ever\b/gi,
    instead: "name who it is: the caller, the reader, the next maintainer",
    planted: "It is for whoever waits.",
    legal: "A caller who waits has a place in the queue.",
  },
  {
    name: "nobody is told",
    pattern: /\b(?:is|are|was|were|be|been|being) told\b/gi,
    instead: "say how: a callback runs, a promise settles, the log has a line, an answer says",
    planted: "Then the caller is told.",
    legal: "Then the promise of the caller settles.",
  },
  {
    name: "its own comes first",
    pattern: /\bof (?:its|their|his|her|our|your|my|one's) own\b(?! accord)/gi,
    instead: 'put "own" before the noun ("its own connection"), or write "separate"',
    planted: "A stream has a lane of its own.",
    legal: "A stream has its own lane.",
  },
  {
    name: "in flight",
    pattern: /\bon (?:its|their) way\b/gi,
    instead: '"in flight" for requests and records, "due" or "coming" for others',
    planted: "One aggregate is on its way.",
    legal: "One aggregate is in flight.",
  },
  {
    name: "again",
    pattern: /\banew\b/gi,
    instead: '"again", or the verb with re-: "re-packed", "reset"',
    planted: "It is packed anew.",
    legal: "It is packed again.",
  },
  {
    name: "this many",
    pattern: /\bso (?:many|much|long|few|often)\b(?![^.;:]*?\b(?:as|that)\b)/gi,
    instead: '"this many", "N", "for N ms"',
    planted: "It waits for so long.",
    legal: "It waits for this many milliseconds.",
  },
  {
    name: "a caller is no he",
    pattern: /\b(?:he|his|himself)\b/gi,
    instead: '"they", "the caller", "it"',
    planted: "The caller waits for his record.",
    legal: "The caller waits for its record.",
  },
  {
    name: "without result",
    pattern: /\bin vain\b/gi,
    instead: '"for nothing", "without result", or say what it costs',
    planted: "That sweep is in vain.",
    legal: "That sweep finds nothing.",
  },
];

/**
 * The prose of a file, paragraph by paragraph: all of a document, comments and texts of a program.
 *
 * @param {string} file
 * @param {string} text
 * @returns {{ line: number, paragraph: string }[]}
 */
function paragraphsOf(file, text) {
  return file.endsWith(".md") ? documentParagraphs(text) : programParagraphs(text);
}

/**
 * @param {string} text
 * @returns {{ line: number, paragraph: string }[]}
 */
function documentParagraphs(text) {
  /** @type {{ line: number, paragraph: string }[]} */
  const found = [];
  /** @type {string[]} */
  let lines = [];
  let start = 1;
  let isCode = false;
  const end = () => {
    if (lines.length > 0) found.push({ line: start, paragraph: lines.join(" ") });
    lines = [];
  };
  for (const [index, line] of text.split("\n").entries()) {
    if (/^\s*(?:```|~~~)/.test(line)) {
      end();
      isCode = !isCode;
      continue;
    }
    const isOwn = /^\s*(?:[-*|#>]|\d+\.)\s?/.test(line);
    if (isCode || line.trim() === "" || isOwn) end();
    if (isCode || line.trim() === "" || /^#/.test(line)) continue;
    if (lines.length === 0) start = index + 1;
    lines.push(withoutCode(line.replace(/^\s*(?:[-*>#]+|\d+\.)\s+/, "").trim()));
  }
  end();
  return found;
}

/**
 * Comments, a run of line comments as one, and texts with at least three words.
 *
 * @param {string} text
 * @returns {{ line: number, paragraph: string }[]}
 */
function programParagraphs(text) {
  const found = [];
  const token =
    /\/\*[\s\S]*?\*\/|(?:^[ \t]*\/\/.*\n?)+|\/\/.*$|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/gm;
  for (const match of text.matchAll(token)) {
    const [raw] = match;
    const isComment = raw.trimStart().startsWith("/");
    if (!isComment && raw.trim().split(/\s+/).length < 3) continue;
    const line = text.slice(0, match.index).split("\n").length;
    const plain = isComment
      ? raw.replace(/^[ \t]*(?:\/\*\*?|\*\/|\*(?!\/)|\/\/)[ \t]?/gm, "").replace(/\*\/\s*$/, "")
      : raw.slice(1, -1);
    let at = 0;
    for (const part of plain.split(/\n[ \t]*\n|\n(?=[ \t]*(?:[-*]|@\w+)\s)/)) {
      const offset = plain.slice(0, plain.indexOf(part, at)).split("\n").length - 1;
      at = plain.indexOf(part, at) + part.length;
      const paragraph = withoutCode(
        part
          .replace(/^\s*[-*]\s+/, "")
          .replace(/^\s*@\w+\s+(?:\{[^}]*\}\s+)?(?:\S+\s+-\s+)?/, "")
          .replace(/\s*\n\s*/g, " ")
          .trim(),
      );
      if (paragraph !== "") found.push({ line: line + offset, paragraph });
    }
  }
  return found;
}

/** @param {string} text */
function withoutCode(text) {
  return text.replace(/`[^`]*`/g, "`…`");
}

/**
 * What the rules report of a file.
 *
 * @param {string} file
 * @param {string} text
 * @returns {{ file: string, line: number, rule: ProseRule, words: string }[]}
 */
export function proseProblems(file, text) {
  const problems = [];
  for (const { line, paragraph } of paragraphsOf(file, text)) {
    for (const rule of PROSE_RULES) {
      for (const match of paragraph.matchAll(rule.pattern)) {
        const words =
          match[0].length > 60
            ? `${match[0].slice(0, 60)}…`
            : paragraph.slice(Math.max(0, match.index - 25), match.index + match[0].length + 25);
        problems.push({ file, line, rule, words });
      }
    }
  }
  return problems;
}
