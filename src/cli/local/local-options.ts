import { readFileSync } from "node:fs";
import {
  type LocalKinesisOptions,
  parseFault,
  type ServerCertificate,
  type ServiceTiming,
} from "../../testing/index.js";
import { type OptionTable, type OptionValues, wrongValue } from "../option-table.js";
import { readTime } from "../time-option.js";
import { UsageError } from "../usage-error.js";
import { LAMBDA_OPTIONS } from "./lambda-options.js";
import { readLimits } from "./limit-option.js";
import { readStreams } from "./stream-option.js";

const DEFAULT_PORT = 4567;

/** The longest time of a change: longer than any test. */
const MAX_TIMING_MS = 7 * 86_400_000;

/** Options that each set one span of the service's timing. */
const TIMING: readonly (readonly [option: string, field: keyof ServiceTiming])[] = [
  ["create-ms", "createMs"],
  ["delete-ms", "deleteMs"],
  ["reshard-ms", "reshardMs"],
  ["update-ms", "updateMs"],
  ["stale-list-ms", "staleListMs"],
];

/** The options of `kinesis-producer local`. */
export const LOCAL_OPTIONS: OptionTable = {
  stream: {
    value: "NAME[:SHARDS][:MODE]",
    isRepeatable: true,
    meaning: "create a stream at the start, MODE on-demand or auto; default 1 shard, 4 with on-demand",
  },
  port: { value: "PORT", meaning: `port on 127.0.0.1, 0 for any free port; ${DEFAULT_PORT} by default` },
  "data-dir": {
    value: "DIR",
    meaning: "keep streams and records in DIR for the next start; by default they are lost at the end",
  },
  deliver: {
    value: "FOLDER",
    meaning: "write the records of the only stream to files in FOLDER, as Firehose does: a line for each record",
  },
  limits: { meaning: "enforce the service's limits on writes, reads and calls" },
  limit: {
    value: "NAME=VALUE",
    isRepeatable: true,
    meaning: "as --limits, with changes: write=bucket|window|burst|off, read=off, calls=off, or a number (below)",
  },
  fault: { value: '"FAULT"', isRepeatable: true, meaning: "inject a fault (below)" },
  records: { value: "keep|count", meaning: "count: count records without keeping them; keep by default" },
  "create-ms": { value: "TIME", meaning: "how long a new stream is CREATING: 500, 500ms or 2s" },
  "delete-ms": { value: "TIME", meaning: "how long a deleted stream is DELETING" },
  "reshard-ms": { value: "TIME", meaning: "how long a split or merge takes" },
  "update-ms": { value: "TIME", meaning: "how long a stream is UPDATING after a change" },
  "stale-list-ms": { value: "TIME", meaning: "how long after a reshard listings still return the old shards" },
  region: { value: "REGION", meaning: "us-east-1 by default" },
  account: { value: "ID", meaning: "twelve digits; 000000000000 by default" },
  seed: { value: "NUMBER", meaning: "seed of the random draws of faults; 1 by default" },
  tls: {
    value: "FILE",
    meaning: "use TLS with a new self-signed certificate, and write it to FILE for clients to trust",
  },
  "tls-key": { value: "FILE", meaning: "use TLS with this key (PEM)" },
  "tls-cert": { value: "FILE", meaning: "the certificate of --tls-key (PEM)" },
  ...LAMBDA_OPTIONS,
  json: { meaning: "print one line of JSON at the start and one at the end" },
  quiet: { meaning: "print only the endpoint" },
};

/** The form of the output. */
export type Output = "text" | "json" | "quiet";

/**
 * Reads the form of the output.
 *
 * @throws UsageError when two forms are given
 */
export function readOutput(values: OptionValues): Output {
  if (values.has("json") && values.has("quiet")) throw new UsageError("--json and --quiet exclude each other");
  if (values.has("json")) return "json";
  return values.has("quiet") ? "quiet" : "text";
}

/**
 * Reads the options of LocalKinesis.
 *
 * @throws UsageError for a wrong value
 */
export function readLocalOptions(values: OptionValues): LocalKinesisOptions & { readonly port: number } {
  const records = values.text("records", { pattern: /^(keep|count)$/, allowed: "keep or count" });
  const dataDir = values.text("data-dir", { pattern: /./, allowed: "a directory" });
  const region = values.text("region", { pattern: /^[a-z0-9-]+$/, allowed: "a region like us-east-1" });
  const accountId = values.text("account", { pattern: /^\d{12}$/, allowed: "twelve digits" });
  const seed = values.integer("seed", 0, 2 ** 32 - 1);
  const tls = readTls(values);
  if (dataDir !== undefined && records === "count") {
    throw new UsageError("--data-dir keeps records, and --records count does not: use only one of them");
  }
  return {
    streams: readStreams(values.texts("stream")),
    port: values.integer("port", 0, 65_535) ?? DEFAULT_PORT,
    limits: values.has("limit") ? readLimits(values.texts("limit")) : values.has("limits"),
    faults: readFaults(values.texts("fault")),
    timing: readTiming(values),
    ...(records === undefined ? {} : { records: records === "count" ? "count" : "keep" }),
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(region === undefined ? {} : { region }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(seed === undefined ? {} : { seed }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function readTiming(values: OptionValues): Partial<ServiceTiming> {
  return Object.fromEntries(
    TIMING.map(
      ([option, field]) => [field, readTime(values, option, { minMs: 0, maxMs: MAX_TIMING_MS })] as const,
    ).filter(([, ms]) => ms !== undefined),
  );
}

function readFaults(lines: readonly string[]): readonly string[] {
  for (const line of lines) {
    try {
      parseFault(line);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new UsageError(`--fault ${error.message}`);
    }
  }
  return lines;
}

/** Decides whether the server has TLS, and with which certificate. */
function readTls(values: OptionValues): ServerCertificate | true | undefined {
  const isOwn = values.has("tls");
  if (isOwn && (values.has("tls-key") || values.has("tls-cert"))) {
    throw new UsageError(
      "--tls makes a new certificate, --tls-key and --tls-cert name an existing one: use only one of them",
    );
  }
  if (isOwn) return true;
  const key = values.text("tls-key");
  const cert = values.text("tls-cert");
  if (key === undefined && cert === undefined) return undefined;
  if (key === undefined) throw new UsageError("--tls-cert needs its --tls-key");
  if (cert === undefined) throw new UsageError("--tls-key needs its --tls-cert");
  return { key: readPem("tls-key", key), cert: readPem("tls-cert", cert) };
}

function readPem(option: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--${option} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  if (!text.includes("-----BEGIN ")) throw wrongValue(option, "a PEM file", file);
  return text;
}
