/** Takes and evaluates a profile of this process. */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

const SAMPLING_US = 200;

/** @typedef {import("node:inspector").Profiler.Profile} Profile */

/** @returns {Promise<() => Promise<Profile>>} a function that ends it */
export async function startProfile() {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLING_US });
  await session.post("Profiler.start");
  return async () => {
    const { profile } = await session.post("Profiler.stop");
    session.disconnect();
    return profile;
  };
}

/**
 * Writes a profile for the viewers of Chrome and others.
 *
 * @param {string} file
 * @param {Profile} profile
 */
export function writeProfile(file, profile) {
  writeFileSync(file, JSON.stringify(profile));
}

/**
 * The functions with the most time of their bodies, without called functions: shares of the time in which the thread
 * was not idle.
 *
 * @param {Profile} profile
 * @param {number} count
 */
export function topOf({ nodes, samples = [], timeDeltas = [] }, count) {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const place = url === "" ? "" : ` ${url.split("/").slice(-2).join("/")}:${lineNumber + 1}`;
      return [id, `${functionName || "(anonymous)"}${place}`];
    }),
  );
  /** @type {Map<string, number>} */
  const self = new Map();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const name = names.get(id) ?? "?";
    if (name === "(idle)") continue;
    const us = timeDeltas[index] ?? 0;
    self.set(name, (self.get(name) ?? 0) + us);
    total += us;
  }
  return [...self]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, us]) => ({ name, share: us / total }));
}

/**
 * Kinds of work, by the names of their functions with folder and file; the first that matches counts. The first kind is
 * the work that no producer can avoid.
 *
 * @type {readonly (readonly [string, RegExp])[]}
 */
const KINDS = [
  [
    "SHA-256, MD5, base64, TLS, key to its shard",
    /^(oneShotDigest|writeBuffer|writev|writeUtf8String|wasm-function|js-to-wasm)| (base64|md5|simd|shards)\//,
  ],
  ["garbage collector", /^\(garbage collector\)/],
  ["promises and settlement", /^runMicrotasks|settle| (settlement|microtask)/i],
  ["copy and tables of aggregates", / (encode|wire)\/|(aggregator|pending-kinesis-record|lane-queue)\.js/],
  ["way in: check, room, lane", / (entry|record|lane|core|stream)\//],
  ["requests and answers", / (edge|pipeline|pacing|node:|internal)/],
  ["the caller and the profiler", /end-to-end\//],
];

/** @param {string} name */
export function kindOf(name) {
  if (name.includes("node:inspector")) return "the caller and the profiler";
  return KINDS.find(([, pattern]) => pattern.test(name))?.[0] ?? "other";
}

/**
 * Shares of kinds of work, of the time in which the thread was not idle; the largest first.
 *
 * @param {Profile} profile
 */
export function kindsOf(profile) {
  /** @type {Map<string, number>} */
  const shares = new Map();
  for (const { name, share } of topOf(profile, Number.POSITIVE_INFINITY)) {
    const kind = kindOf(name);
    shares.set(kind, (shares.get(kind) ?? 0) + share);
  }
  return [...shares].map(([name, share]) => ({ name, share })).sort((a, b) => b.share - a.share);
}
