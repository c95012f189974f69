/**
 * Every fault of LocalKinesis against every way of packing, over sockets: `npm run reliability -- [--only <regular
 * expression>] [--update] [--seed n] [--at-once 4]`. Fails when a bar is missed.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { selfSignedCertificate } from "../../src/testing/http/self-signed-certificate.js";
import type { ServerCertificate } from "../../src/testing/index.js";
import { replaceSection } from "../support/document.js";
import { FAULT_ROWS, type FaultRow, kindsWithoutRow } from "./fault-rows.js";
import { type CellOutcome, matrixTables } from "./matrix-tables.js";
import {
  CELL_TRANSPORTS,
  type CellLoad,
  type CellMode,
  type CellResult,
  type CellTransport,
  HANDED_IN,
  modesOver,
  runCell,
  SDK_TRANSPORT,
} from "./run-cell.js";

/** The folder in which the parent process has put the key and the certificate. */
const TLS_FOLDER = "KP_RELIABILITY_TLS";

/** A cell to run. */
interface Cell {
  readonly row: FaultRow;
  readonly mode: CellMode;
  readonly transport: CellTransport;
  readonly isTls: boolean;
}

/** Runs the matrix; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const folder = process.env[TLS_FOLDER];
  if (folder === undefined) return withCertificate();
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", default: "" },
      update: { type: "boolean", default: false },
      seed: { type: "string", default: "1" },
      "at-once": { type: "string", default: "4" },
    },
  });
  if (values.update && values.only !== "") throw new Error("--update writes the whole matrix: leave out --only");
  const missing = kindsWithoutRow();
  if (missing.length > 0) throw new Error(`test/reliability/fault-rows.ts has no row for ${missing.join(", ")}`);
  const tls = { key: readFileSync(join(folder, "key.pem")), cert: readFileSync(join(folder, "cert.pem")) };
  const load: CellLoad = { waves: 16, recordsPerWave: 125, keys: 40, gapMs: 15, seed: Number(values.seed) };
  const pattern = new RegExp(values.only, "i");
  const cells = FAULT_ROWS.flatMap((row) =>
    (row.overHttp2 === true ? [SDK_TRANSPORT, HANDED_IN] : CELL_TRANSPORTS).flatMap((transport) =>
      [false, true].flatMap((isTls) => modesOver(isTls).map((mode): Cell => ({ row, mode, transport, isTls }))),
    ),
  ).filter((cell) => pattern.test(nameOf(cell)));
  const startedAt = performance.now();
  const outcomes = await runAll(cells, load, tls, Number(values["at-once"]));
  const minutes = (performance.now() - startedAt) / 60_000;
  const offered = load.waves * load.recordsPerWave;
  const machine = `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`;
  const heading = `${outcomes.length} cells of ${offered.toLocaleString("en")} records, seed ${load.seed}, ${minutes.toFixed(1)} min; ${machine}`;
  const tables = matrixTables(outcomes, heading);
  console.log(`\n${tables}`);
  if (values.update) replaceSection("docs/reliability.md", "matrix", tables);
  return outcomes.length > 0 && outcomes.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

/** Runs this program again, in a process that trusts a new certificate. */
function withCertificate(): number {
  const folder = mkdtempSync(join(tmpdir(), "kinesis-producer-tls-"));
  try {
    const { key, cert } = selfSignedCertificate(
      { dns: ["localhost"], addresses: [Uint8Array.of(127, 0, 0, 1)] },
      Date.now(),
    );
    const certFile = join(folder, "cert.pem");
    writeFileSync(certFile, cert);
    writeFileSync(join(folder, "key.pem"), key);
    const env = { ...process.env, [TLS_FOLDER]: folder, NODE_EXTRA_CA_CERTS: certFile };
    return spawnSync(process.execPath, process.argv.slice(1), { env, stdio: "inherit" }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function nameOf({ row, mode, transport, isTls }: Cell): string {
  return `${row.name}, ${mode.name}, ${transport.name}, ${isTls ? "https" : "http"}`;
}

async function runAll(
  cells: readonly Cell[],
  load: CellLoad,
  tls: ServerCertificate,
  atOnce: number,
): Promise<CellOutcome[]> {
  const outcomes: CellOutcome[] = [];
  const left = [...cells.entries()];
  const next = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const [index, cell] = item;
      const result = await runCell(cell.row, cell.mode, cell.transport, load, cell.isTls ? tls : undefined);
      const problems = problemsWith(cell, result, load.waves * load.recordsPerWave);
      outcomes[index] = { ...cell, result, problems };
      const verdict = problems.length === 0 ? "good" : `BAD: ${problems.join("; ")}`;
      console.log(`${index + 1}/${cells.length} ${nameOf(cell)}: ${verdict} (${Math.round(result.elapsedMs)} ms)`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return outcomes;
}

/** The bars that a cell misses. */
function problemsWith({ row, mode, transport }: Cell, result: CellResult, offered: number): string[] {
  const { lost, duplicated, duplicatedUntold, outOfOrder, failed, failedUnknown, delivered, troubles } = result;
  const problems: string[] = [];
  const failures = [...failed.values()].reduce((sum, count) => sum + count, 0);
  if (lost > 0) problems.push(`${lost} lost`);
  if (delivered + failures + lost < offered) problems.push(`${offered - delivered - failures} unaccounted for`);
  const cutsOthers = row.cutsConnections === true && transport.isHandedIn === true;
  const mayDuplicate = row.duplicates === "anywhere" || cutsOthers || (row.duplicates === "mixed" && mode.isMixed);
  if (duplicated > 0 && !mayDuplicate) problems.push(`${duplicated} duplicated`);
  if (duplicatedUntold > 0) problems.push(`${duplicatedUntold} duplicated and not told so`);
  if (outOfOrder > 0 && mode.options.ordering === "shard") problems.push(`${outOfOrder} out of order`);
  for (const [code, count] of failed)
    if (row.mayFail?.test(code) !== true) problems.push(`${count} failed with ${code}`);
  if (failedUnknown > 0 && row.duplicates === undefined) problems.push(`${failedUnknown} failed with unknown`);
  if (troubles === 0 && row.isQuiet !== true) problems.push("the fault never struck");
  return problems;
}
