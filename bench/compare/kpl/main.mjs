/**
 * The KPL, unmodified, its Java process and its native core together, against the same sink as ours: over TLS, 4 shards, the
 * same keys. "Tuned" has `EnableOldestFutureTracker=false`; "defaults" has all at its default but what the machine needs
 * (endpoint, credentials, no metrics) and the rate limit, which is off in both, as ours is. Both callers have 10,000 records
 * outstanding at most: without any bound the KPL's queue grows until memory ends.
 *
 *     npm run bench compare -- kpl [--runs <n>] [--seconds <n>] [--warm-up <n>]
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnce, requireTools, run } from "../../../scripts/installing.mjs";
import { runPeer } from "../peer-run.mjs";
import { compareProducers, SHARDS } from "../producers.mjs";

const SOURCES = fileURLToPath(new URL(".", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../../../build/compare/kpl", import.meta.url));
/** The KPL unpacks its native core there: a folder whose files may be executed. */
const UNPACKED = fileURLToPath(new URL("../../../build/compare/kpl-core", import.meta.url));
const OUTSTANDING = 10_000;
/** A run that takes this much longer than it should is stuck. */
const SLACK_MS = 120_000;

requireTools(
  [
    { name: "java", args: ["-version"], purpose: "the KPL" },
    { name: "javac", args: ["-version"], purpose: "bench/compare/kpl/KplLoad.java" },
    { name: "mvn", args: ["-version"], purpose: "the KPL's libraries" },
    { name: "mkfifo", args: ["--version"], purpose: "the KPL's talk with its native core" },
  ],
  "the comparison with the KPL needs tools",
);
const files = ["pom.xml", "KplLoad.java"].map((name) => join(SOURCES, name));
installOnce(INSTALLED, files.map((file) => readFileSync(file, "utf8")).join("\0"), (folder) => {
  const copy = ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${folder}`, "-DincludeScope=runtime"];
  run("mvn", copy, SOURCES);
  run("javac", ["-encoding", "UTF-8", "-cp", join(folder, "*"), "-d", folder, "KplLoad.java"], SOURCES);
});
mkdirSync(UNPACKED, { recursive: true });

/**
 * @param {"tuned" | "defaults"} mode
 * @returns {import("../producers.mjs").Side}
 */
function kpl(mode) {
  return {
    name: `KPL, ${mode}`,
    measure: ({ size, seconds, warmUp }) =>
      runPeer(`KPL, ${mode}`, {
        command: "java",
        args: (port) => [
          ...["-cp", `${INSTALLED}:${join(INSTALLED, "*")}`, "KplLoad", String(port), "bench", UNPACKED, mode],
          ...[size, OUTSTANDING, warmUp, seconds].map(String),
        ],
        // Its native core would ask the machine's cloud otherwise.
        environment: { AWS_EC2_METADATA_DISABLED: "true" },
        shards: SHARDS,
        limitMs: (warmUp + seconds) * 1000 + SLACK_MS,
      }),
  };
}

const put = "kinesis-producer, put";
await compareProducers(
  [kpl("tuned"), kpl("defaults")],
  [
    { of: put, over: "KPL, tuned", size: 100, speed: 13, cpu: 1 / 20 },
    { of: put, over: "KPL, defaults", size: 100, speed: 25 },
    { of: put, over: "KPL, tuned", size: 1024, speed: 5, cpu: 1 / 8 },
  ],
);
