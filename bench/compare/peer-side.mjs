/**
 * Another producer as a side of a comparison. Its program gets the port, the bytes of a record, the seconds of warm-up
 * and of the measured time, and a count: above 0 it hands over this many numbered records instead, and only tells how
 * it ended.
 */
import { accountOf } from "./account.mjs";
import { runPeer } from "./peer-run.mjs";

/**
 * @typedef {{ port: number, size: number, warmUp: number, seconds: number, count: number }} PeerLoad
 * @typedef {{ command: string, args: (load: PeerLoad) => string[], environment?: NodeJS.ProcessEnv, firstKey?: number }} PeerSource
 *   `firstKey`: the index of the first record's key, of the keys of bench/end-to-end/workload.mjs
 */

/** Shards of the stream, for all sides. */
export const SHARDS = 4;
/** A `Workload` begins with the second of its keys. */
export const WORKLOADS_FIRST_KEY = 1;
/** Above this delay a run is stuck. */
const SLACK_MS = 120_000;

/**
 * @param {string} name
 * @param {PeerSource} source
 * @returns {import("./producers.mjs").Side}
 */
export function peerSide(name, { command, args, environment = {}, firstKey = 0 }) {
  return {
    name,
    measure: ({ size, seconds, warmUp }) =>
      runPeer(name, {
        command,
        args: (port) => args({ port, size, warmUp, seconds, count: 0 }),
        environment,
        shards: SHARDS,
        limitMs: (warmUp + seconds) * 1000 + SLACK_MS,
      }),
    account: ({ size, count }) =>
      accountOf(
        name,
        {
          command,
          args: (port) => args({ port, size, warmUp: 0, seconds: 0, count }),
          environment,
          shards: SHARDS,
          limitMs: SLACK_MS,
        },
        firstKey,
      ),
  };
}
