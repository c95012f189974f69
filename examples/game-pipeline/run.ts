import { join } from "node:path";
import process, { stderr } from "node:process";
import { closeAccount } from "./account.js";
import { billOneByOne, billsOfStreams } from "./bills.js";
import type { Bucket } from "./bucket.js";
import { fileSecondsOf } from "./day.js";
import { endOf, type RunResult } from "./describe-account.js";
import { Fleet } from "./fleet.js";
import { LiveFigures, watchedBucket } from "./live-figures.js";
import { LivePage } from "./live-page.js";
import type { Options } from "./options.js";
import { Pipeline, STREAMS } from "./pipeline.js";
import { type Day, runDay } from "./run-day.js";
import { happenings } from "./trouble.js";

/** Frames of the page in a day, and the shortest time between two. */
const FRAMES = 120;
const LEAST_FRAME_SECONDS = 0.2;

/**
 * Runs the day, waits until every event is through, and closes the account.
 *
 * @param folder - gets the journals of the servers in `servers`, which exists
 */
export async function run(options: Options, folder: string, place: Bucket): Promise<RunResult> {
  const { seconds, port } = options;
  const begin = performance.now();
  const now = (): number => (performance.now() - begin) / 1000;
  const interruption = new AbortController();
  process.once("SIGINT", () => interruption.abort());
  const page = new LivePage(seconds);
  const onNews = (text: string, isMarked = false): void => {
    stderr.write(`${now().toFixed(1).padStart(6)} s  ${text}\n`);
    page.news(now(), text, isMarked);
  };
  stderr.write(`live page  ${await page.listen(port)}\n`);
  try {
    const result = await runOn(page, options, { folder, place, now, onNews, signal: interruption.signal });
    page.end(endOf(result));
    if (options.isStaying) await interrupted(interruption.signal);
    return result;
  } finally {
    await page.close();
  }
}

/** The surroundings of a run. */
interface Surroundings {
  readonly folder: string;
  readonly place: Bucket;
  /** Seconds since the beginning. */
  readonly now: () => number;
  readonly onNews: (text: string, isMarked?: boolean) => void;
  readonly signal: AbortSignal;
}

async function runOn(
  page: LivePage,
  options: Options,
  { folder, place, now, onNews, signal }: Surroundings,
): Promise<RunResult> {
  const { seconds, rate } = options;
  const fileSeconds = fileSecondsOf(seconds);
  const { bucket, lagMs } = watchedBucket(place);
  const pipeline = await Pipeline.start(bucket, fileSeconds, onNews);
  const { kinesis, client } = pipeline;
  const fleet = new Fleet(join(folder, "servers"), STREAMS.events, kinesis.clientConfig(), onNews);
  try {
    const figures = new LiveFigures(pipeline, fleet, { seconds, fileSeconds, fileLagMs: lagMs });
    let lastFrame = Number.NEGATIVE_INFINITY;
    const onTick = (day: Day): void => {
      if (now() - lastFrame < Math.max(LEAST_FRAME_SECONDS, seconds / FRAMES)) return;
      lastFrame = now();
      page.frame(figures.frame(lastFrame, day));
    };
    const plan = happenings(kinesis, client, STREAMS, options.isCalm);
    await runDay(options, fleet, plan, { onTick, onNews, signal });
    const taken = now();
    onNews("the day is over; the last events go through");
    await pipeline.drain();
    const evidence = await pipeline.evidence(fleet);
    const events = evidence.servers.flatMap((server) => server.events);
    const bills = { ...billsOfStreams(kinesis, STREAMS, taken), oneByOne: billOneByOne(events, taken, rate) };
    page.frame(figures.frame(now(), { part: 1, wanted: 0 }));
    return { account: closeAccount(evidence), bills, bucket: bucket.name };
  } finally {
    // After an error there are servers still.
    await fleet.endAll();
    await pipeline.close();
  }
}

function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  stderr.write("the page stays until Ctrl-C\n");
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}
