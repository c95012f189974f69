/**
 * github.com/a8m/kinesis-producer, a producer in Go with the KPL's aggregation, as a side of a comparison: its defaults,
 * with the backlog of the example in its documents and as many idle connections as it has requests. It does not verify
 * the sink's certificate.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnce, requireTools, run } from "../../../scripts/installing.mjs";
import { peerSide } from "../peer-side.mjs";

const SOURCES = fileURLToPath(new URL(".", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../../../build/compare/a8m", import.meta.url));

/** Builds its program. */
export function a8mSide() {
  requireTools(
    [{ name: "go", args: ["version"], purpose: "a8m/kinesis-producer" }],
    "the comparison with a8m/kinesis-producer needs tools",
  );
  const files = ["go.mod", "go.sum", "main.go"].map((name) => join(SOURCES, name));
  installOnce(INSTALLED, files.map((file) => readFileSync(file, "utf8")).join("\0"), (folder) => {
    run("go", ["build", "-o", join(folder, "load"), "."], SOURCES);
  });
  return peerSide("a8m/kinesis-producer", {
    command: join(INSTALLED, "load"),
    args: (load) => [String(load.port), "bench", ...[load.size, load.warmUp, load.seconds, load.count].map(String)],
  });
}
