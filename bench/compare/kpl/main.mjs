/**
 * The unmodified KPL, its Java process and its native core together, against the same sink as this library: over TLS, 4
 * shards, the same keys. "Tuned" has `EnableOldestFutureTracker=false`; "defaults" has the default options, except
 * those that the machine needs (endpoint, credentials, no metrics) and the rate limit. The rate limit is off in both
 * modes and in this library. Both callers have at most 10,000 records outstanding: without a bound the KPL's queue
 * grows until memory is exhausted.
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
/** The KPL unpacks its native core into this folder, which must allow execution. */
const UNPACKED = fileURLToPath(new URL("../../../build/compare/kpl-core", import.meta.url));
const OUTSTANDING = 10_000;
/** Above this delay a run is stuck. */
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
        // Otherwise its native core calls the metadata service of the machine's cloud.
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
