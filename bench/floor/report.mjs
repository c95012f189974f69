/** The tables of the bench. */
import { show, table } from "../statistics.mjs";
import { ROWS, spreadOf, spreadOfRow, verdictOf } from "./ratios.mjs";

/** @typedef {import("./ratios.mjs").Round} Round */

/** @param {import("./ratios.mjs").Row} row */
function limitOf({ atMost, atLeast, unit }) {
  const suffix = unit === "×" ? " ×" : ` ${unit}`;
  if (atMost !== undefined) return `≤ ${show(atMost)}${suffix}`;
  return atLeast === undefined ? "" : `≥ ${show(atLeast)}${suffix}`;
}

/** @param {readonly Round[]} rounds */
export function targetTable(rounds) {
  const rows = ROWS.flatMap((row) => {
    const spread = spreadOfRow(row, rounds);
    const verdict = verdictOf(row, spread);
    if (verdict === "no target" || row.atMost !== undefined || row.atLeast !== undefined || spread !== undefined) {
      const cells =
        spread === undefined
          ? ["", "", "0"]
          : [show(spread.median), `${show(spread.low)} to ${show(spread.high)}`, `${spread.rounds}`];
      return [[row.title, limitOf(row), ...cells, verdict === "no target" ? "" : verdict]];
    }
    return [];
  });
  return table(["ratio, or figure", "wanted", "median", "lowest to highest", "rounds", ""], rows);
}

/**
 * @param {readonly Round[]} rounds
 * @param {string} name
 * @param {string} figure
 */
function shown(rounds, name, figure) {
  const spread = spreadOf(rounds.map((round) => round.get(name)?.[figure] ?? Number.NaN));
  return spread === undefined ? "" : `${show(spread.median)} (${show(spread.low)} to ${show(spread.high)})`;
}

/** @param {readonly Round[]} rounds */
function namesIn(rounds) {
  return [...new Set(rounds.flatMap((round) => [...round.keys()]))];
}

/** The absolute figures, medians with lowest and highest. @param {readonly Round[]} rounds */
export function sampleTable(rounds) {
  const rows = namesIn(rounds)
    .filter((name) => !name.startsWith("part, "))
    .filter((name) => shown(rounds, name, "cpuUs") !== "")
    .map((name) => [
      name,
      shown(rounds, name, "cpuUs"),
      shown(rounds, name, "recordsPerSecond"),
      shown(rounds, name, "pending"),
    ]);
  return table(["sample", "CPU µs a record", "records/s", "records in flight"], rows);
}

/** The steps of a floor, each alone. @param {readonly Round[]} rounds */
export function partTable(rounds) {
  const names = namesIn(rounds).filter((name) => name.startsWith("part, 100 B: "));
  const rows = names.map((name) => [
    name.slice("part, 100 B: ".length),
    shown(rounds, name, "cpuUs"),
    shown(rounds, name.replace("100 B", "1 KiB"), "cpuUs"),
  ]);
  return table(["step alone, CPU µs a record", "100 B", "1 KiB"], rows);
}
