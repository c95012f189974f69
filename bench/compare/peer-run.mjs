/**
 * One run of another producer: a program that prints `begin <delivered> <ns>`, `end <delivered> <ns>` and `closed <handed over>
 * <delivered> <failed>`, against its own sink.
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { ServerProcess } from "../end-to-end/server-process.mjs";
import { cpuMsOfTree } from "./process-cpu.mjs";

/**
 * @typedef {{ recordsPerSecond: number, cpuUs: number, sinkCpuUs: number }} PeerSample
 * @typedef {{ command: string, args: (port: number) => string[], environment?: NodeJS.ProcessEnv, shards: number, limitMs: number }} PeerProgram
 * @typedef {{ delivered: number, ns: number, cpuMs: number, sinkCpuMs: number }} Moment
 */

/**
 * @param {string} title
 * @param {PeerProgram} program
 * @returns {Promise<PeerSample>}
 */
export async function runPeer(title, program) {
  const server = await ServerProcess.start({ shards: program.shards, tls: true });
  try {
    const { moments, closed } = await follow(title, program, server);
    const [begin, end] = moments;
    if (begin === undefined || end === undefined || closed.length !== 3)
      throw new Error(`${title}: it did not say enough`);
    const [handedOver = 0, delivered = 0, failed = 0] = closed;
    const { throttled } = await server.usage();
    if (failed > 0 || throttled > 0 || delivered !== handedOver) {
      throw new Error(
        `${title}: ${handedOver} handed over, ${delivered} delivered, ${failed} failed, ${throttled} throttled`,
      );
    }
    const records = end.delivered - begin.delivered;
    return {
      recordsPerSecond: records / ((end.ns - begin.ns) / 1e9),
      cpuUs: ((end.cpuMs - begin.cpuMs) * 1000) / records,
      sinkCpuUs: ((end.sinkCpuMs - begin.sinkCpuMs) * 1000) / records,
    };
  } finally {
    await server.stop();
  }
}

/**
 * @param {string} title
 * @param {PeerProgram} program
 * @param {ServerProcess} server
 * @returns {Promise<{ moments: Moment[], closed: number[] }>}
 */
function follow(title, { command, args, environment = {}, limitMs }, server) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args(server.ready.port), {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timeout = setTimeout(() => child.kill("SIGKILL"), limitMs);
    let complaints = "";
    child.stderr.on("data", (chunk) => {
      complaints = (complaints + chunk).slice(-4000);
    });
    /** @type {Promise<Moment>[]} */
    const moments = [];
    /** @type {number[]} */
    let closed = [];
    createInterface(child.stdout).on("line", (line) => {
      const [moment, ...numbers] = line.split(" ");
      const [delivered = 0, ns = 0] = numbers.map(Number);
      if (moment === "closed") closed = numbers.map(Number);
      if (moment !== "begin" && moment !== "end") return;
      const cpuMs = cpuMsOfTree(/** @type {number} */ (child.pid));
      moments.push(server.usage().then((usage) => ({ delivered, ns, cpuMs, sinkCpuMs: usage.cpuMs })));
    });
    child.on("error", reject);
    child.on("close", async (code, signal) => {
      clearTimeout(timeout);
      if (code === 0) resolve({ moments: await Promise.all(moments), closed });
      else reject(new Error(`${title}: the program ended with ${code ?? signal}\n${complaints}`));
    });
  });
}
