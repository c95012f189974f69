/**
 * Kills processes with an open spool, thousands of times, and looks for records that were lost or handled twice:
 * `npm run crash -- [--count 200] [--durability disk] [--ordering shard] [--seed n]`. Fails when one was.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { seededRandom } from "../../src/testing/faults/seeded-random.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { runCrashes } from "../support/spool-crashes.js";

const STREAM = "clicks";
const SHARDS = 4;
/** One answer of the service in this many is lost after the records were stored. */
const LOST_ANSWERS = 20;

/** Runs the crashes; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: "string", default: "200" },
      durability: { type: "string", default: "disk" },
      ordering: { type: "string", default: "shard" },
      seed: { type: "string", default: "1" },
    },
  });
  const crashes = Number(values.count);
  const { durability, ordering } = values;
  if (durability !== "disk" && durability !== "os") throw new Error('--durability must be "disk" or "os"');
  if (ordering !== "shard" && ordering !== "none") throw new Error('--ordering must be "shard" or "none"');
  const directory = mkdtempSync(join(tmpdir(), "kp-crash-"));
  const kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: SHARDS } } });
  kinesis.control("PutRecords", (call) => {
    if (call.index % LOST_ANSWERS !== 0) return undefined;
    call.run();
    return { kind: "destroy" };
  });
  try {
    const report = await runCrashes({
      entry: new URL("../../src/spool/index.js", import.meta.url).href,
      kinesis,
      stream: STREAM,
      directory,
      crashes,
      durability,
      ordering,
      random: seededRandom(Number(values.seed)),
      onCrash: (count) => {
        if (count % 50 === 0) process.stderr.write(`${count} crashes\n`);
      },
    });
    const { lost, repeated, outOfOrder } = report;
    const counts = { ...report, lost: lost.length, repeated: repeated.length, outOfOrder: outOfOrder.length };
    process.stdout.write(`${JSON.stringify({ crashes, durability, ordering, ...counts })}\n`);
    for (const name of [...lost, ...repeated, ...outOfOrder].slice(0, 10)) process.stdout.write(`  ${name}\n`);
    return lost.length + repeated.length + outOfOrder.length === 0 && report.acknowledged > 0 ? 0 : 1;
  } finally {
    await kinesis.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
