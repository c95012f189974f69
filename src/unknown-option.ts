import { InvalidOptionError } from "./errors.js";
import { OPTIONS, type OptionRow } from "./option-table.js";
import { didYouMean } from "./wording/nearest-name.js";

/** Options of the KPL that have no counterpart, by the reason. */
const WITHOUT_COUNTERPART: Readonly<Record<string, readonly string[]>> = {
  "there is no native process": [
    "EnableCoreDumps",
    "NativeExecutable",
    "TempDirectory",
    "EnableDaemonHealthCheck",
    "DaemonHealthCheckTimeoutMs",
  ],
  "there are no threads; maxInFlightRequests bounds the requests": [
    "ThreadingModel",
    "ThreadPoolSize",
    "MinConnections",
  ],
  "the SDK's credentials provider takes care of it": ["CredentialsRefreshDelay", "StsEndpoint", "StsPort"],
  "CloudWatchReporter of kinesis-producer/cloudwatch sends metrics, and stats() has the figures": [
    "MetricsLevel",
    "MetricsGranularity",
    "MetricsNamespace",
    "MetricsUploadDelay",
    "MetricsCredentialsProvider",
    "CloudwatchEndpoint",
    "CloudwatchPort",
    "AdditionalMetricsDimension",
    "EnableOldestFutureTracker",
  ],
  "a RecordFailedError always has its record": ["ReturnUserRecordOnFailure"],
};

/**
 * The error for an option that does not exist. Its message names the option that has this name in other libraries, or
 * else the nearest name.
 *
 * @param prefix - the section that the option is set in, with a dot
 */
export function unknownOption(name: string, prefix: string): InvalidOptionError {
  return new InvalidOptionError(prefix + name, `there is no option ${prefix}${name}${hint(name, prefix)}`);
}

function hint(name: string, prefix: string): string {
  if (prefix === "" && Object.hasOwn(OPTIONS, name)) {
    const dot = name.indexOf(".");
    return `; write ${name.slice(0, dot)}: { ${name.slice(dot + 1)}: … }`;
  }
  const word = bare(name);
  const path = Object.entries<OptionRow>(OPTIONS).find(([each, { aliases = [] }]) =>
    wordsFor(each, aliases).has(word),
  )?.[0];
  if (path !== undefined)
    return bare(path) === bare(prefix + name) ? `; did you mean ${path}?` : `; its name here is ${path}`;
  const reason = Object.entries(WITHOUT_COUNTERPART).find(([, names]) =>
    names.some((each) => bare(each) === word),
  )?.[0];
  if (reason !== undefined) return `: ${reason}`;
  const known = Object.keys(OPTIONS).filter((each) => each.startsWith(prefix));
  const siblings = known.map((each) => each.slice(prefix.length)).filter((each) => !each.includes("."));
  return didYouMean(name, siblings, prefix);
}

/**
 * All accepted names of an option. In a section also the name without the section, or both in one word, as in the KPL.
 */
function wordsFor(path: string, aliases: readonly string[]): Set<string> {
  return new Set([path, path.slice(path.indexOf(".") + 1), ...aliases].map(bare));
}

/**
 * A name without its style: `RecordTtl`, `setRecordTtl`, `record_ttl` and `record.ttl` are equal, with or without `Ms`.
 */
function bare(name: string): string {
  return name
    .replace(/^set(?=[A-Z])/, "")
    .replace(/[._-]/g, "")
    .toLowerCase()
    .replace(/(ms|millis|inmillis)$/, "");
}
