/**
 * The example of `npm run example:game`: from the servers of a mobile game to files in S3, on this machine. An account at
 * the end says where each event is. docs/game-pipeline.md describes it.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process, { stderr, stdout } from "node:process";
import { type Account, closeAccount } from "./game-pipeline/account.js";
import { type Bills, billOneByOne, billsOfStreams } from "./game-pipeline/bills.js";
import { type Bucket, folderBucket, s3Bucket } from "./game-pipeline/bucket.js";
import { describeAccount } from "./game-pipeline/describe-account.js";
import { Fleet } from "./game-pipeline/fleet.js";
import { HELP, type Options, readOptions } from "./game-pipeline/options.js";
import { Pipeline, STREAMS } from "./game-pipeline/pipeline.js";
import { runDay } from "./game-pipeline/run-day.js";
import { happenings } from "./game-pipeline/trouble.js";

const DEFAULT_OUT = join("build", "game-pipeline");

async function main(args: readonly string[]): Promise<boolean> {
  const options = readOptions(args);
  if (options === "help") {
    stdout.write(HELP);
    return true;
  }
  const folder = newFolder(options.out);
  const bucket =
    options.s3 === undefined ? folderBucket(join(folder, "bucket")) : await s3Bucket(options.s3, `game-${Date.now()}`);
  const { account, bills } = await run(options, folder, bucket);
  stdout.write(
    options.json
      ? `${JSON.stringify({ account, bills }, undefined, 2)}\n`
      : describeAccount(account, bills, bucket.name),
  );
  return account.isClosed;
}

async function run(
  options: Options,
  folder: string,
  bucket: Bucket,
): Promise<{ readonly account: Account; readonly bills: Bills }> {
  const begin = performance.now();
  const onNews = (text: string): void => {
    stderr.write(`${((performance.now() - begin) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
  };
  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());
  const pipeline = await Pipeline.start(bucket, Math.max(1, options.seconds / 20), onNews);
  const { kinesis, client } = pipeline;
  try {
    const fleet = new Fleet(join(folder, "servers"), STREAMS.events, kinesis.clientConfig(), onNews);
    const plan = happenings(kinesis, client, STREAMS, options.isCalm);
    await runDay(options, fleet, plan, { onTick: () => {}, onNews, signal: interruption.signal });
    const seconds = (performance.now() - begin) / 1000;
    onNews("the day is over; the last events go through");
    await pipeline.drain();
    const evidence = await pipeline.evidence(fleet);
    const events = evidence.servers.flatMap((server) => server.events);
    const bills = {
      ...billsOfStreams(kinesis, STREAMS, seconds),
      oneByOne: billOneByOne(events, seconds, options.rate),
    };
    return { account: closeAccount(evidence), bills };
  } finally {
    await pipeline.close();
  }
}

/** The folder of this run, with its sub-folder for the servers. @throws Error for a folder that has files */
function newFolder(out: string | undefined): string {
  const folder = out ?? DEFAULT_OUT;
  if (out === undefined) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`--out must be a new or empty folder, got ${folder}`);
  mkdirSync(join(folder, "servers"));
  return folder;
}

try {
  if (!(await main(process.argv.slice(2)))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
