/** A part of docs/tutorial.md, in the order of the page. */
export type TutorialPart =
  /** Commands of a shell that go on until the end, in a separate terminal. */
  | { readonly kind: "terminal"; readonly name: string; readonly text: string }
  /** A file that the reader makes. */
  | { readonly kind: "file"; readonly name: string; readonly text: string }
  /** Commands, and what they print; undefined: the page does not say. */
  | { readonly kind: "run"; readonly text: string; readonly printed: string | undefined }
  /** The end of a terminal's output. */
  | { readonly kind: "end"; readonly name: string; readonly printed: string };

interface Block {
  readonly marker: string | undefined;
  readonly language: string;
  readonly text: string;
}

/**
 * The parts of a tutorial: fenced blocks below a comment that says what they are, and blocks of text with the output of
 * the commands before them.
 *
 * @throws Error for a block that is neither: it would not be tested
 */
export function tutorialParts(markdown: string): TutorialPart[] {
  const parts: TutorialPart[] = [];
  for (const { marker, language, text } of blocksOf(markdown)) {
    const [, kind = "", name = ""] = /^(terminal|file|printed at the end|run)(?:: (\S+))?$/.exec(marker ?? "") ?? [];
    const before = parts.at(-1);
    if (kind === "run" && language === "sh") parts.push({ kind, text, printed: undefined });
    else if (kind === "terminal" && language === "sh") parts.push({ kind, name, text });
    else if (kind === "file") parts.push({ kind, name, text });
    else if (kind === "printed at the end") parts.push({ kind: "end", name, printed: text });
    else if (marker === undefined && language === "text" && before?.kind === "run" && before.printed === undefined)
      parts[parts.length - 1] = { ...before, printed: text };
    else throw new Error(`a block of the tutorial is not tested: ${marker ?? language}: ${text.slice(0, 60)}`);
  }
  return parts;
}

function* blocksOf(markdown: string): Generator<Block> {
  const block = /(?:^<!-- (.+) -->\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm;
  for (const [, marker, language = "", text = ""] of markdown.matchAll(block)) yield { marker, language, text };
}

/** Matches an output; `…` in it stands for anything within a line. */
export function outputPattern(printed: string): RegExp {
  const escaped = printed
    .trimEnd()
    .split("…")
    .map((text) => text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`);
}
