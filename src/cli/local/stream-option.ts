import type { StreamOptions } from "../../testing/index.js";
import { wrongValue } from "../option-table.js";
import { UsageError } from "../usage-error.js";

const FORM = "NAME, NAME:SHARDS (1 to 10000), NAME:on-demand or NAME:auto, or all three parts";

/**
 * Reads the values of `--stream`: `clicks`, `clicks:4`, `clicks:on-demand`, `clicks:4:auto`.
 *
 * @throws UsageError for any other form, or a repeated name
 */
export function readStreams(values: readonly string[]): Record<string, StreamOptions> {
  const streams = new Map<string, StreamOptions>();
  for (const value of values) {
    const [name = "", ...parts] = value.split(":");
    if (!/^[a-zA-Z0-9_.-]{1,128}$/.test(name)) {
      throw wrongValue(
        "stream",
        "NAME[:SHARDS][:on-demand|auto], where NAME has 1 to 128 letters, digits, _ . or -",
        value,
      );
    }
    if (streams.has(name)) throw new UsageError(`--stream names ${name} more than once`);
    streams.set(name, readParts(parts, value));
  }
  return Object.fromEntries(streams);
}

function readParts(parts: readonly string[], value: string): StreamOptions {
  let options: StreamOptions = {};
  const isCount = /^\d{1,5}$/.test(parts[0] ?? "");
  if (isCount) {
    const shards = Number(parts[0]);
    if (shards < 1 || shards > 10_000) throw wrongValue("stream", FORM, value);
    options = { shards };
  }
  const [given, ...more] = isCount ? parts.slice(1) : parts;
  if (more.length > 0) throw wrongValue("stream", FORM, value);
  if (given === undefined) return options;
  // Also accepts the service's forms ON_DEMAND and AUTO.
  const mode = given.toLowerCase().replace("_", "-");
  if (mode === "on-demand") return { ...options, mode: "ON_DEMAND" };
  if (mode === "auto") return { ...options, mode: "ON_DEMAND", recordDistribution: "AUTO" };
  throw wrongValue("stream", FORM, value);
}
