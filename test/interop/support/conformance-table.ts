import type { Question } from "./battery.js";

const HEAD = `# LocalKinesis and the emulators beside the service

The same requests go to LocalKinesis, with its write and read limits on, and to the npm packages \`kinesalite\` 3.3.3 and
\`kinesis-local\` 0.6.2. The second column is the answer of the service, as documented or observed. ✓ is that answer; anything
else is a known deviation. \`npm run test:interop\` fails when an answer changes, and \`npm run test:interop -- --update\` writes
this page again.
`;

/** The page: a row for each question, a column for each server. */
export function conformanceTable(
  battery: readonly Question[],
  answers: Readonly<Record<string, readonly string[]>>,
): string {
  const names = Object.keys(answers);
  const rows = battery.map(({ asked, expected }, i) => {
    const told = names.map((name) => answers[name]?.[i] ?? "no answer");
    return [asked, expected, ...told.map((answer) => (answer === expected ? "✓" : answer))];
  });
  const deviations = names.map((_, column) => String(rows.filter((row) => row[column + 2] !== "✓").length));
  const lines = [
    ["asked", "the service", ...names],
    ["---", "---", ...names.map(() => "---")],
    ...rows,
    ["**deviations**", `of ${rows.length}`, ...deviations],
  ];
  return `${HEAD}\n${lines.map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")}\n`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
