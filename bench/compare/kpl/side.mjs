/**
 * The unmodified KPL as a side of a comparison: its Java process and its native core together. "Tuned" has
 * `EnableOldestFutureTracker=false`; "defaults" has the default options, except those that the machine needs (endpoint,
 * credentials, no metrics) and the rate limit, which is off like ours.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnce, requireTools, run } from "../../../scripts/installing.mjs";
import { peerSide } from "../peer-side.mjs";

const SOURCES = fileURLToPath(new URL(".", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../../../build/compare/kpl", import.meta.url));
/** The KPL unpacks its native core into this folder, which must allow execution. */
const UNPACKED = fileURLToPath(new URL("../../../build/compare/kpl-core", import.meta.url));
/** Without a bound its queue grows until memory is exhausted. */
const OUTSTANDING = 10_000;

function install() {
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
}

/**
 * Installs the KPL.
 *
 * @param {"tuned" | "defaults"} mode
 */
export function kplSide(mode) {
  install();
  return peerSide(`KPL, ${mode}`, {
    command: "java",
    args: (load) => [
      ...["-cp", `${INSTALLED}:${join(INSTALLED, "*")}`, "KplLoad"],
      ...[load.port, "bench", UNPACKED, mode, load.size, OUTSTANDING, load.warmUp, load.seconds, load.count].map(
        String,
      ),
    ],
    // Otherwise its native core calls the metadata service of the machine's cloud.
    environment: { AWS_EC2_METADATA_DISABLED: "true" },
  });
}
