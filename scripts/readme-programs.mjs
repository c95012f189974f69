/**
 * Programs in a Markdown text: a fenced block right below a comment `<!-- program: name -->`.
 *
 * @param {string} markdown
 * @returns {Map<string, string>} name → source
 */
export function readmePrograms(markdown) {
  const programs = new Map();
  const marked = /^<!-- program: ([\w-]+) -->\r?\n+(?:```|~~~)\w*\r?\n([\s\S]*?)^(?:```|~~~)\s*$/gm;
  for (const [, name, source] of markdown.matchAll(marked)) programs.set(name, source);
  return programs;
}
