/**
 * The cost of a handler at a cold start: the time to import `kinesis-producer/lambda`, as installed and as bundled, in
 * separate processes that take turns with one that imports nothing. Needs `npm run build`.
 *
 *     npm run bench cold-start -- [--rounds 21]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, "build/cold-start");

/** @typedef {{ name: string, file: string, wallMs: number[], importMs: number[], cpuMs: number[] }} Program */

/** Prints the duration of the import. The module was not read before. */
const LOADER = `
const before = process.cpuUsage();
const startedAt = performance.now();
await import(process.argv[2]);
const importMs = performance.now() - startedAt;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ importMs, cpuMs: (user + system) / 1000 }));
`;

/** Writes the programs to a folder. The bundle is made as in docs/consumers.md. */
async function makePrograms() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const nothing = join(FOLDER, "nothing.mjs");
  const bundle = join(FOLDER, "handler.mjs");
  writeFileSync(join(FOLDER, "loader.mjs"), LOADER);
  writeFileSync(nothing, "export {};\n");
  await build({
    entryPoints: [join(ROOT, "examples/lambda-consumer/handler.mjs")],
    alias: { "kinesis-producer/lambda": join(ROOT, "dist/lambda/index.js") },
    outfile: bundle,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
  });
  const sources = {
    nothing,
    "kinesis-producer/lambda": join(ROOT, "dist/lambda/index.js"),
    "the handler, bundled": bundle,
  };
  return Object.entries(sources).map(([name, file]) => ({ name, file, wallMs: [], importMs: [], cpuMs: [] }));
}

/** @param {Program} program */
function measure({ name, file, wallMs, importMs, cpuMs }) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(FOLDER, "loader.mjs"), pathToFileURL(file).href],
    { encoding: "utf8" },
  );
  wallMs.push(performance.now() - startedAt);
  if (status !== 0) throw new Error(`${name}: the process ended with ${status}\n${stderr}`);
  const told = JSON.parse(stdout);
  importMs.push(told.importMs);
  cpuMs.push(told.cpuMs);
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "21" } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds must be a whole number from 1, got ${values.rounds}`);
/** @type {Program[]} */
const programs = await makePrograms();
// The first round does not count: it reads the files from the disk.
for (const program of programs) measure({ ...program, wallMs: [], importMs: [], cpuMs: [] });
for (let round = 0; round < rounds; round++) for (const program of programs) measure(program);

const [bare] = programs;
console.log(
  `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, medians of ${rounds} processes each\n`,
);
console.log("| imported | import, ms | CPU ms of it | whole process, ms | more than with nothing, ms |");
console.log("| --- | ---: | ---: | ---: | ---: |");
for (const { name, wallMs, importMs, cpuMs } of programs) {
  const wall = median(wallMs);
  const cells = [name, median(importMs), median(cpuMs), wall, wall - median(bare?.wallMs ?? [])];
  console.log(`| ${cells.map((cell) => (typeof cell === "number" ? cell.toFixed(1) : cell)).join(" | ")} |`);
}
