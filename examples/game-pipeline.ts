/**
 * The example of `npm run example:game`: from the servers of a mobile game to files in S3, on this machine. An account at
 * the end says where each event is. docs/game-pipeline.md describes it.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process, { stdout } from "node:process";
import { folderBucket, s3Bucket } from "./game-pipeline/bucket.js";
import { describeResult } from "./game-pipeline/describe-account.js";
import { HELP, readOptions } from "./game-pipeline/options.js";
import { run } from "./game-pipeline/run.js";

const DEFAULT_OUT = join("build", "game-pipeline");

async function main(args: readonly string[]): Promise<boolean> {
  const options = readOptions(args);
  if (options === "help") {
    stdout.write(HELP);
    return true;
  }
  const { out, s3, json } = options;
  const folder = newFolder(out);
  const bucket = s3 === undefined ? folderBucket(join(folder, "bucket")) : await s3Bucket(s3, `game-${Date.now()}`);
  const result = await run(options, folder, bucket);
  stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : describeResult(result));
  return result.account.isClosed;
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
