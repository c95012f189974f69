/**
 * aiokpl, a producer in Python with the KPL's stages, against the same sink as this library: over TLS, 4 shards, the
 * same keys, all options at their defaults, except that the rate limit is off on both sides, and 10,000 records
 * outstanding.
 *
 *     npm run bench compare -- aiokpl [--runs <n>] [--seconds <n>] [--warm-up <n>]
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnce, requireTools, run } from "../../../scripts/installing.mjs";
import { runPeer } from "../peer-run.mjs";
import { compareProducers, SHARDS } from "../producers.mjs";

const SOURCES = fileURLToPath(new URL(".", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../../../build/compare/aiokpl", import.meta.url));
const OUTSTANDING = 10_000;
/** Above this delay a run is stuck. */
const SLACK_MS = 120_000;

requireTools(
  [{ name: "python3", args: ["-m", "venv", "--help"], purpose: "aiokpl" }],
  "the comparison with aiokpl needs tools",
);
const requirements = join(SOURCES, "requirements.txt");
installOnce(INSTALLED, readFileSync(requirements, "utf8"), (folder) => {
  run("python3", ["-m", "venv", folder]);
  run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
});

await compareProducers(
  [
    {
      name: "aiokpl",
      measure: ({ size, seconds, warmUp }) =>
        runPeer("aiokpl", {
          command: join(INSTALLED, "bin/python"),
          args: (port) => [
            ...["-W", "ignore", join(SOURCES, "aiokpl_load.py"), String(port), "bench"],
            ...[size, OUTSTANDING, warmUp, seconds].map(String),
          ],
          shards: SHARDS,
          limitMs: (warmUp + seconds) * 1000 + SLACK_MS,
        }),
    },
  ],
  [],
);
