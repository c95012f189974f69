import type { FaultRow } from "./fault-rows.js";
import { CELL_TRANSPORTS, type CellMode, type CellResult, type CellTransport, modesOver } from "./run-cell.js";

/** The result of a cell, and the bars that it misses. */
export interface CellOutcome {
  readonly row: FaultRow;
  readonly mode: CellMode;
  readonly transport: CellTransport;
  readonly isTls: boolean;
  readonly result: CellResult;
  readonly problems: readonly string[];
}

/** The matrix as Markdown. Each transport has one table for HTTP and one for HTTPS. */
export function matrixTables(outcomes: readonly CellOutcome[], heading: string): string {
  const sum = (count: (result: CellResult) => number): number =>
    outcomes.reduce((total, { result }) => total + count(result), 0);
  const ordered = outcomes.filter(({ mode }) => mode.options.ordering === "shard");
  const bad = outcomes.filter(({ problems }) => problems.length > 0);
  const swapped = ordered.reduce((total, { result }) => total + result.outOfOrder, 0);
  const lines = [
    heading,
    "",
    `${sum(({ delivered }) => delivered).toLocaleString("en")} delivered, ${sum(({ lost }) => lost)} lost, ${swapped} out of order in the ordered columns; ${bad.length} cells miss a bar.`,
    "",
    ...CELL_TRANSPORTS.flatMap((transport) =>
      [false, true].flatMap((isTls) => {
        const shown = outcomes.filter((outcome) => outcome.transport === transport && outcome.isTls === isTls);
        const title = `**${isTls ? "HTTPS" : "HTTP"}, ${transport.name}**`;
        return shown.length === 0 ? [] : [title, "", ...tableOf(shown, isTls), ""];
      }),
    ),
    ...bad.map(
      ({ row, mode, transport, isTls, problems }) =>
        `- ${row.name}, ${mode.name}, ${transport.name}, ${isTls ? "HTTPS" : "HTTP"}: ${problems.join("; ")}`,
    ),
  ];
  return lines.join("\n").trim();
}

function tableOf(outcomes: readonly CellOutcome[], isTls: boolean): string[] {
  const names = modesOver(isTls).map(({ name }) => name);
  const rows = [...new Set(outcomes.map(({ row }) => row))];
  return [
    `| fault | ${names.join(" | ")} | failed, and reported |`,
    `| --- | ${names.map(() => "---:").join(" | ")} | --- |`,
    ...rows.map((row) => {
      const ofRow = outcomes.filter((outcome) => outcome.row === row);
      const cells = names.map((name) => textOf(ofRow.find(({ mode }) => mode.name === name)?.result));
      return `| ${row.name} | ${cells.join(" | ")} | ${failuresOf(ofRow)} |`;
    }),
  ];
}

/** Lost, duplicated, out of order, longest stall. */
function textOf(result: CellResult | undefined): string {
  if (result === undefined) return "";
  const { lost, duplicated, outOfOrder, longestStallMs } = result;
  return `${lost} · ${duplicated} · ${outOfOrder} · ${Math.round(longestStallMs)} ms`;
}

function failuresOf(outcomes: readonly CellOutcome[]): string {
  const counts = new Map<string, number>();
  for (const { result } of outcomes)
    for (const [code, count] of result.failed) counts.set(code, (counts.get(code) ?? 0) + count);
  return [...counts].map(([code, count]) => `${count} × ${code}`).join(", ");
}
