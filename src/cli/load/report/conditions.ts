import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import process from "node:process";
import type { OptionValues } from "../../option-table.js";
import { packageVersion } from "../../package-version.js";
import { LOAD_OPTIONS, type LoadOptions } from "../load-options.js";
import type { LoadConditions } from "./report-data.js";

const GIB = 1024 ** 3;

/** The circumstances of a load that starts now. */
export function conditionsOf(values: OptionValues, { target, plan }: LoadOptions): LoadConditions {
  const { streamName, streamArn, endpoint } = plan.producer;
  const stream = streamArn ?? streamName ?? "";
  return {
    command: commandLine(values),
    startedAt: new Date().toISOString(),
    version: packageVersion(),
    node: process.versions.node,
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: (cpus()[0]?.model ?? "unknown").replace(/\s+/g, " ").trim(),
    cpus: availableParallelism(),
    memoryGib: Math.round(totalmem() / GIB),
    target:
      target.kind === "own"
        ? `local Kinesis, ${target.limits ? "with" : "without"} limits, ${target.tls ? "TLS" : "no TLS"}, a separate process on this machine`
        : `${stream} at ${endpoint === undefined ? "the service's endpoint" : withoutPassword(endpoint)}`,
    durationSeconds: plan.durationMs / 1_000,
    events:
      target.kind === "own"
        ? target.schedule.map(({ atMs, untilMs, text }) => ({
            atSeconds: atMs / 1_000,
            ...(untilMs === undefined ? {} : { untilSeconds: untilMs / 1_000 }),
            text,
          }))
        : [],
  };
}

/** The command line again, from its options. */
export function commandLine(values: OptionValues): string {
  const words = Object.entries(LOAD_OPTIONS).flatMap(([name, { value }]) => {
    if (!values.has(name)) return [];
    if (value === undefined) return [`--${name}`];
    return values.texts(name).map((text) => `--${name} ${quoted(name === "endpoint" ? withoutPassword(text) : text)}`);
  });
  return ["kinesis-producer load", ...words].join(" ");
}

function quoted(text: string): string {
  return /^[\w.:/,%@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function withoutPassword(endpoint: string): string {
  return endpoint.replace(/\/\/[^/@]*@/, "//");
}
