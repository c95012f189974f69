/**
 * Minutes of random faults, reshards and throttling under a mixed load: `npm run soak -- [--minutes 3] [--seed n]
 * [--update]`. Fails when a record is lost, when the heap grows, or when sockets or timers are left.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seededRandom } from "../../src/testing/index.js";
import { replaceSection } from "../support/document.js";
import { HeapWatch, handlesNow, strayHandles } from "./heap-watch.js";
import type { FromServer, ToServer, Verdict } from "./messages.js";
import { SoakLoad } from "./soak-load.js";

const BURST_EVERY_MS = 20;
const EVENT_EVERY_MS = 400;
const QUIET_EVERY_MS = 10_000;

const FAULTS: readonly string[] = [
  "PutRecords fail-entry p=0.3",
  "PutRecords fail-entry stored p=0.2",
  "PutRecords throttle-entry p=0.5",
  "PutRecords throttle p=0.3",
  "PutRecords error code=InternalFailure stored p=0.2",
  "PutRecords error code=ServiceUnavailable body=html p=0.5",
  "PutRecords error code=ValidationException times=1",
  "PutRecords records answer=short p=0.2",
  "PutRecords truncate p=0.2",
  "PutRecords reset at=before-headers p=0.3",
  "PutRecords reset at=after-storing p=0.2",
  "PutRecords hang times=2",
  "PutRecords hang stored times=2",
  "PutRecords refuse-connections ms=300 times=1",
  "PutRecords latency ms=20..200",
  "ListShards stale-list",
  "ListShards error code=LimitExceededException p=0.5",
  "PutRecords unknown-child times=1 staleListMs=500",
];

/** Runs the soak; resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
      update: { type: "boolean", default: false },
    },
  });
  const minutes = Number(values.minutes);
  const seed = Number(values.seed);
  if (!(minutes > 0) || !Number.isInteger(seed)) throw new Error("--minutes and --seed must be numbers");
  const server = fork(
    fileURLToPath(new URL("./soak-server.js", import.meta.url)),
    [String(seed), ...SoakLoad.STREAMS],
    {
      serialization: "advanced",
      execArgv: [],
    },
  );
  try {
    const [ready] = (await once(server, "message")) as [FromServer];
    if (!("config" in ready)) throw new Error("the service did not start");
    const before = handlesNow();
    const load = new SoakLoad(ready.config, seed, minutes);
    const heap = new HeapWatch();
    await drive(load, server, heap, seed, minutes);
    await load.close();
    const stray = await strayHandles(before);
    const verdicts: Verdict[] = [];
    for (const fates of load.fates()) {
      tell(server, { do: "verify", fates });
      const [answer] = (await once(server, "message")) as [FromServer];
      if ("verdict" in answer) verdicts.push(answer.verdict);
    }
    tell(server, { do: "end" });
    return report({ load, heap, stray, verdicts, minutes, seed, isUpdate: values.update });
  } finally {
    server.kill();
  }
}

function tell(server: ChildProcess, message: ToServer): void {
  server.send(message);
}

/** Offers bursts and causes faults. Every ten seconds waits until all records are settled, and measures. */
async function drive(
  load: SoakLoad,
  server: ChildProcess,
  heap: HeapWatch,
  seed: number,
  minutes: number,
): Promise<void> {
  const random = seededRandom(seed);
  const startedAt = performance.now();
  const endAt = startedAt + minutes * 60_000;
  let [eventAt, quietAt] = [startedAt + EVENT_EVERY_MS, startedAt + QUIET_EVERY_MS];
  for (let now = startedAt; now < endAt; now = performance.now()) {
    load.burst(random);
    if (now >= eventAt) {
      eventAt = now + EVENT_EVERY_MS;
      makeTrouble(server, random);
    }
    if (now >= quietAt) {
      tell(server, { do: "calm" });
      await load.flush();
      heap.sample((performance.now() - startedAt) / 60_000);
      console.log(`${((now - startedAt) / 60_000).toFixed(1)} min: ${load.describe()}; ${heap.describe()}`);
      quietAt = performance.now() + QUIET_EVERY_MS;
    }
    await delay(BURST_EVERY_MS);
  }
  tell(server, { do: "calm" });
}

function makeTrouble(server: ChildProcess, random: () => number): void {
  const dice = random();
  if (dice < 0.2) tell(server, { do: "reshard", stream: pick(SoakLoad.STREAMS, random) });
  else if (dice < 0.3) tell(server, { do: "limit", recordsPerSecond: 20 + random() * 80, ms: 500 + random() * 2_000 });
  else tell(server, { do: "fault", line: pick(FAULTS, random), ms: 100 + random() * 1_000 });
}

function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}

interface Ended {
  readonly load: SoakLoad;
  readonly heap: HeapWatch;
  readonly stray: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly minutes: number;
  readonly seed: number;
  readonly isUpdate: boolean;
}

function report({ load, heap, stray, verdicts, minutes, seed, isUpdate }: Ended): number {
  const lost = verdicts.reduce((sum, verdict) => sum + verdict.lost, 0);
  const problems = [
    ...(lost > 0 ? [`${lost} records lost`] : []),
    ...(verdicts.length < SoakLoad.STREAMS.length ? ["a stream was not verified"] : []),
    ...(load.settledTwice > 0 ? [`${load.settledTwice} settled twice`] : []),
    ...heap.problems(),
    ...(stray.length > 0 ? [`left open: ${stray.join(", ")}`] : []),
  ];
  const text = [
    `${minutes} minutes, seed ${seed}, Node.js ${process.version}: ${load.describe()}; ${heap.describe()}.`,
    "",
    "| stream | delivered | failed, and reported | lost | duplicated |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...verdicts.map(
      ({ stream, delivered, failed, lost: gone, duplicated }) =>
        `| ${stream} | ${delivered.toLocaleString("en")} | ${failed.toLocaleString("en")} | ${gone} | ${duplicated.toLocaleString("en")} |`,
    ),
    "",
    `Failures: ${load.failures() || "none"}. Handles left after close: ${stray.length === 0 ? "none" : stray.join(", ")}.`,
  ].join("\n");
  console.log(`\n${text}\n\n${problems.length === 0 ? "good" : `FAILED: ${problems.join("; ")}`}`);
  if (isUpdate) replaceSection("docs/reliability.md", "soak", text);
  return problems.length === 0 ? 0 : 1;
}
