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
