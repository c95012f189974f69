/**
 * Compares decoders of aggregates, in one thread, on the same files, all with a check of the MD5: full aggregates of
 * 51,200 B of user records of 100 B and of 1 KiB under 1,000 keys of 8 characters. Each peer has a separate process for
 * each round, and they take turns. The key and the data of every user record are read; the checksums must be equal. Needs
 * mvn, java and javac for the KCL.
 *
 *     npm run bench compare -- decode [--rounds 5] [--seconds 2] [--only <regular expression>] [--json] [--check]
 *
 * `--json` prints a line for each sample, and one for each size with the ratios of the medians; `--check` fails below a
 * target.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { makeInput, SIZES } from "./inputs.mjs";
import { installedPeers } from "./peers.mjs";
import { ratios, table } from "./table.mjs";

/**
 * @typedef {import("./peers.mjs").Peer} Peer
 * @typedef {import("./table.mjs").Sample} Sample
 */

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const AGGREGATE = join(ROOT, "dist/aggregate/index.js");

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", default: "" },
    json: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
if (!Number.isInteger(rounds) || rounds < 1)
  throw new Error(`--rounds must be a whole number from 1, got ${values.rounds}`);
if (!(seconds > 0 && seconds <= 60)) throw new Error(`--seconds must be a number up to 60, got ${values.seconds}`);

const pattern = new RegExp(values.only, "i");
const peers = installedPeers().filter(({ name }) => pattern.test(name));
if (peers.length === 0) throw new Error(`no peer matches ${values.only}`);
const machine = { node: process.version, java: javaVersion(), cpu: cpus()[0]?.model.trim(), cores: cpus().length };

/**
 * One peer, once.
 *
 * @param {Peer} peer
 * @param {string} file
 * @returns {Sample}
 */
function measure(peer, file) {
  const [command, ...args] = peer.command(file, seconds);
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", timeout: 180_000 });
  if (status !== 0) throw new Error(`${peer.name}: ${error?.message ?? `exit code ${status}`}\n${stdout}${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}

function javaVersion() {
  return /version "([^"]+)"/.exec(spawnSync("java", ["-version"], { encoding: "utf8" }).stderr ?? "")?.[1] ?? "?";
}

/** @param {object} line */
function printLine(line) {
  if (values.json) console.log(JSON.stringify(line));
}

if (!existsSync(AGGREGATE)) throw new Error("dist/ is not there: `npm run build` makes it");
const { RecordAggregator } = await import(pathToFileURL(AGGREGATE).href);
printLine({ bench: "decode", machine, rounds, seconds });
if (!values.json) {
  const { node, java, cores, cpu } = machine;
  console.log(`Node.js ${node}, Java ${java}, ${cores} × ${cpu}, medians of ${rounds} rounds of ${seconds} s`);
}
/** @type {string[]} */
const missed = [];
for (const dataBytes of SIZES) {
  const file = join(ROOT, `build/compare/decode/aggregates-of-${dataBytes}.bin`);
  makeInput(file, dataBytes, RecordAggregator);
  const measured = peers.map((peer) => ({ peer, samples: /** @type {Sample[]} */ ([]) }));
  for (let round = 1; round <= rounds; round++) {
    for (const { peer, samples } of measured) {
      const sample = measure(peer, file);
      samples.push(sample);
      printLine({ bench: "decode", dataBytes, round, peer: peer.name, version: peer.version, ...sample });
      if (!values.json)
        console.error(`${dataBytes} B, ${round}/${rounds}  ${peer.name}: ${sample.wallNs.toFixed(0)} ns`);
    }
  }
  const sums = new Set(measured.flatMap(({ samples }) => samples.map(({ checksum }) => checksum)));
  if (sums.size !== 1) throw new Error(`the peers did not decode the same: checksums ${[...sums].join(", ")}`);
  if (!values.json) console.log(`\n### ${dataBytes} B\n\n${table(measured)}`);
  for (const { peer } of measured) {
    const { byWall, byCpu, ofAll } = ratios(peer, measured);
    if (byWall === undefined) continue;
    printLine({
      bench: "decode",
      dataBytes,
      peer: peer.name,
      timesOurs: byWall,
      timesOursByCpu: byCpu,
      timesDeaggregateAll: ofAll,
      target: peer.target,
    });
    // The targets are for small records. For large records most of the time is MD5, which is equal for all.
    if (dataBytes === SIZES[0] && byWall < (peer.target ?? 0)) missed.push(`${peer.name}: ${byWall.toFixed(2)}`);
  }
}
if (missed.length > 0) console.error(`\nbelow the target at ${SIZES[0]} B: ${missed.join("; ")}`);
if (values.check && missed.length > 0) process.exitCode = 1;
