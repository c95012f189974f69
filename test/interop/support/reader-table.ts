import { isDeepStrictEqual } from "node:util";
import type { SpecificationRow } from "../../support/kcl-specification/specification-row.js";
import type { ReaderAnswer } from "./aggregate-readers.js";

/** The answers of a reader to each case of the specification, in the order of the specification. */
export interface ReaderColumn {
  readonly name: string;
  readonly answers: readonly ReaderAnswer[];
}

/**
 * A row for each class of record, a column for each reader: ✓ for the same answer as the first column, the KCL;
 * otherwise the difference. Cases of a class with the same answers of all readers share a row.
 */
export function readerTable(specification: readonly SpecificationRow[], columns: readonly ReaderColumn[]): string {
  const [kcl, ...others] = columns as [ReaderColumn, ...ReaderColumn[]];
  const lines = [row(["class", "for example", kcl.name, ...others.map(({ name }) => name)])];
  lines.push(row(["---", "---", ...columns.map(() => "---")]));
  let at = 0;
  for (const { name, cases } of specification) {
    const groups = new Map<string, { cells: string[]; names: string[] }>();
    for (const each of cases) {
      const expected = kcl.answers[at] as ReaderAnswer;
      const told = others.map(({ answers }) => difference(answers[at] as ReaderAnswer, expected));
      const cells = [inWords(expected), ...told];
      const group = groups.get(cells.join()) ?? { cells, names: [] };
      group.names.push(each.name);
      groups.set(cells.join(), group);
      at++;
    }
    for (const [i, { cells, names }] of [...groups.values()].entries()) {
      lines.push(row([i === 0 ? name : "", namesInShort(names), ...cells]));
    }
  }
  return lines.join("\n");
}

/** The difference of a reader's answer from the correct one; a tick when there is no difference. */
function difference(answer: ReaderAnswer, right: ReaderAnswer): string {
  if (isDeepStrictEqual(answer, right)) return "✓";
  const sameData = isDeepStrictEqual(
    answer.records.map(({ data, aggregated }) => [data, aggregated]),
    right.records.map(({ data, aggregated }) => [data, aggregated]),
  );
  if (answer.error !== undefined || !sameData) return inWords(answer);
  const sameKeys = isDeepStrictEqual(
    answer.records.map(({ partitionKey }) => partitionKey),
    right.records.map(({ partitionKey }) => partitionKey),
  );
  if (!sameKeys) return "other keys";
  return answer.records.every(({ explicitHashKey }) => explicitHashKey === undefined)
    ? "no hash keys"
    : "other hash keys";
}

/** An answer in a few words. */
function inWords({ records, error }: ReaderAnswer): string {
  const [first] = records;
  const count = records.length === 1 ? "1 record" : `${records.length} records`;
  if (error !== undefined) return records.length === 0 ? error : `${count}, then ${error}`;
  if (first === undefined) return "nothing";
  return first.aggregated ? count : "plain";
}

/** The first and the last of many names. */
function namesInShort(names: readonly string[]): string {
  return names.length > 8 ? `${names[0]}, … ${names.at(-1)} (${names.length})` : names.join(", ");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
