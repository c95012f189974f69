/**
 * aiokpl, a producer in Python with the KPL's stages, as a side of a comparison. All options are at their defaults,
 * except that the rate limit is off like ours, and 10,000 records are outstanding. It does not verify the sink's
 * certificate, because its client takes no certificate authority.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnce, requireTools, run } from "../../../scripts/installing.mjs";
import { peerSide } from "../peer-side.mjs";

const SOURCES = fileURLToPath(new URL(".", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../../../build/compare/aiokpl", import.meta.url));
const OUTSTANDING = 10_000;

/** Installs it. */
export function aiokplSide() {
  requireTools(
    [{ name: "python3", args: ["-m", "venv", "--help"], purpose: "aiokpl" }],
    "the comparison with aiokpl needs tools",
  );
  const requirements = join(SOURCES, "requirements.txt");
  installOnce(INSTALLED, readFileSync(requirements, "utf8"), (folder) => {
    run("python3", ["-m", "venv", folder]);
    run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  });
  return peerSide("aiokpl", {
    command: join(INSTALLED, "bin/python"),
    args: (load) => [
      ...["-W", "ignore", join(SOURCES, "aiokpl_load.py"), String(load.port), "bench"],
      ...[load.size, OUTSTANDING, load.warmUp, load.seconds, load.count].map(String),
    ],
  });
}
