/**
 * The cost of a cold start: the import of entry points as installed, of a handler as bundled, and of the SDK's client
 * alone, in separate processes that take turns with one that imports nothing. Then the first record of a process: put
 * directly after the construction of the producer, and put later. Needs `npm run build`.
 *
 *     npm run bench cold-start -- [--rounds 21]
 */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER = join(ROOT, "build/cold-start");
const FIRST_PUT = fileURLToPath(new URL("first-put.mjs", import.meta.url));
const SDK = "@aws-sdk/client-kinesis";
/** A producer that is constructed at the start of an application has this long until the first record. */
const LATER_MS = 500;

/** @typedef {Record<string, number>} Figures */
/** @typedef {{ name: string, args: readonly string[], taken: Figures[] }} Program */

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
async function importPrograms() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const nothing = join(FOLDER, "nothing.mjs");
  const bundle = join(FOLDER, "handler.mjs");
  const loader = join(FOLDER, "loader.mjs");
  writeFileSync(loader, LOADER);
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
  // By its own name the package is found as users find it.
  const urls = {
    nothing: pathToFileURL(nothing).href,
    [SDK]: SDK,
    "kinesis-producer": import.meta.resolve("kinesis-producer"),
    "kinesis-producer/deaggregate": import.meta.resolve("kinesis-producer/deaggregate"),
    "kinesis-producer/lambda": import.meta.resolve("kinesis-producer/lambda"),
    "the handler, bundled": pathToFileURL(bundle).href,
  };
  return Object.entries(urls).map(([name, url]) => ({ name, args: [loader, url], taken: [] }));
}

/**
 * @param {string} endpoint
 * @returns {Program[]}
 */
function putPrograms(endpoint) {
  return [
    { name: "put directly after the construction", args: [FIRST_PUT, endpoint, "0"], taken: [] },
    { name: `put ${LATER_MS} ms later`, args: [FIRST_PUT, endpoint, String(LATER_MS)], taken: [] },
  ];
}

/**
 * Runs a program once. Its output is figures in JSON.
 *
 * @param {Program} program
 * @returns {Promise<Figures>}
 */
function measure({ name, args }) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, ["--no-warnings", ...args], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ ...JSON.parse(output), wallMs: performance.now() - startedAt });
      else reject(new Error(`${name}: the process ended with ${code}`));
    });
  });
}

/**
 * Runs all programs in turns. The first round does not count: it reads the files from the disk.
 *
 * @param {readonly Program[]} programs
 * @param {number} rounds
 */
async function measureAll(programs, rounds) {
  for (const program of programs) await measure(program);
  for (let round = 0; round < rounds; round++)
    for (const program of programs) program.taken.push(await measure(program));
}

/**
 * @param {Program | undefined} program
 * @param {string} figure
 */
function median(program, figure) {
  const values = (program?.taken ?? []).map((taken) => taken[figure] ?? Number.NaN);
  return values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly (string | number)[])[]} rows
 */
function print(head, rows) {
  console.log(`| ${head.join(" | ")} |`);
  console.log(`| --- |${" ---: |".repeat(head.length - 1)}`);
  for (const row of rows)
    console.log(`| ${row.map((cell) => (typeof cell === "number" ? cell.toFixed(1) : cell)).join(" | ")} |`);
}

const { values } = parseArgs({ options: { rounds: { type: "string", default: "21" } } });
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds must be a whole number from 1, got ${values.rounds}`);
const programs = await importPrograms();
await measureAll(programs, rounds);
const { LocalKinesis } = await import("kinesis-producer/testing");
const kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 4 } } });
const puts = putPrograms(kinesis.endpoint);
await measureAll(puts, rounds);
await kinesis.close();

const [bare] = programs;
const sdkCpuMs = median(
  programs.find(({ name }) => name === SDK),
  "cpuMs",
);
console.log(
  `Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, medians of ${rounds} processes each\n`,
);
print(
  [
    "imported",
    "import, ms",
    "CPU ms of it",
    "CPU / the SDK's client",
    "whole process, ms",
    "more than with nothing, ms",
  ],
  programs.map((program) => {
    const [wallMs, cpuMs] = [median(program, "wallMs"), median(program, "cpuMs")];
    const ratio = (cpuMs / sdkCpuMs).toFixed(2);
    return [program.name, median(program, "importMs"), cpuMs, ratio, wallMs, wallMs - median(bare, "wallMs")];
  }),
);
console.log("");
print(
  ["first record", "import, ms", "put, ms", "CPU ms of all"],
  puts.map((program) => [program.name, ...["importMs", "putMs", "cpuMs"].map((figure) => median(program, figure))]),
);
