/** Columns of a terminal that shows each line of the help as one line. */
export const HELP_COLUMNS = 80;

/** Breaks a text between words, so that no line is longer. A word that is longer has its own line. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines;
}

/** Wraps paragraphs. Lines that begin with a space, such as examples, stay as they are. */
export function wrapParagraphs(text: string, columns: number): string {
  const lines: string[] = [];
  let paragraph: string[] = [];
  const end = (): void => {
    if (paragraph.length > 0) lines.push(...wrapWords(paragraph.join(" "), columns));
    paragraph = [];
  };
  for (const line of text.split("\n")) {
    if (line !== "" && !line.startsWith(" ")) paragraph.push(line);
    else {
      end();
      lines.push(line);
    }
  }
  end();
  return lines.join("\n");
}

/** A row of two columns. */
export interface HelpRow {
  readonly head: string;
  readonly meaning: string;
}

/** The widest first column; the meaning of a longer head begins on the next line. */
const MOST_HEAD = 28;

/** Rows as lines of two columns. */
export function wrapRows(rows: readonly HelpRow[], columns: number): string[] {
  const heads = rows.map(({ head }) => head.length).filter((length) => length <= MOST_HEAD);
  const width = Math.max(0, ...heads) + 4;
  return rows.flatMap(({ head, meaning }) => {
    const lines = wrapWords(meaning, columns - width);
    const first = `  ${head}`;
    const rest = lines.map((line) => " ".repeat(width) + line);
    if (first.length + 2 > width) return [first, ...rest];
    return [first.padEnd(width) + lines[0], ...rest.slice(1)];
  });
}
