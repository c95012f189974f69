import type { CallLimitOptions, LimitOptions, ReadLimitOptions, WriteLimitOptions } from "../../testing/index.js";
import { didYouMean } from "../../wording/nearest-name.js";
import { UsageError } from "../usage-error.js";

/** Names of write and read limits that take a number. */
const RATES = {
  write: ["recordsPerSecond", "bytesPerSecond", "burstBytes"],
  read: ["callsPerSecond", "bytesPerSecond"],
} as const;

const WRITE_MODELS = ["bucket", "window", "burst"] as const;

const NAMES: readonly string[] = [
  "write",
  ...RATES.write.map((name) => `write.${name}`),
  "read",
  ...RATES.read.map((name) => `read.${name}`),
  "calls",
  "calls.<operation>",
];

/** The limits read so far. */
interface Draft {
  write: WriteLimitOptions | false;
  read: ReadLimitOptions | false;
  calls: Record<string, number> | false;
}

/**
 * Reads the values of `--limit`: `write=burst`, `write.recordsPerSecond=100`, `read=off`, `calls.ListShards=50`. Other
 * limits have the service's numbers.
 *
 * @throws UsageError for an unknown name or a wrong value
 */
export function readLimits(values: readonly string[]): LimitOptions {
  const draft: Draft = { write: {}, read: {}, calls: {} };
  for (const value of values) {
    const equals = value.indexOf("=");
    if (equals < 0) throw new UsageError(`--limit must be NAME=VALUE, got ${JSON.stringify(value)}`);
    readLimit(value.slice(0, equals), value.slice(equals + 1), draft);
  }
  // LocalKinesis checks the names of operations.
  return { ...draft, calls: draft.calls as CallLimitOptions | false };
}

function readLimit(name: string, value: string, draft: Draft): void {
  const [group = "", field, ...more] = name.split(".");
  if (!isGroup(group) || more.length > 0) throw unknownName(name);
  if (field === undefined) {
    if (value === "off") draft[group] = false;
    else if (group === "write" && isWriteModel(value)) draft.write = { ...draft.write, model: value };
    else throw wrongLimit(name, group === "write" ? "bucket, window, burst or off" : "off", value);
    return;
  }
  const rate = Number(value);
  if (!(rate > 0)) throw wrongLimit(name, "a number above 0", value);
  if (group === "calls") draft.calls = { ...draft.calls, [field]: rate };
  else if (!(RATES[group] as readonly string[]).includes(field)) throw unknownName(name);
  else draft[group] = { ...draft[group], [field]: rate };
}

function isGroup(text: string): text is keyof Draft {
  return text === "write" || text === "read" || text === "calls";
}

function isWriteModel(text: string): text is (typeof WRITE_MODELS)[number] {
  return (WRITE_MODELS as readonly string[]).includes(text);
}

function unknownName(name: string): UsageError {
  return new UsageError(
    `--limit has no ${JSON.stringify(name)}${didYouMean(name, NAMES) || `; known are ${NAMES.join(", ")}`}`,
  );
}

function wrongLimit(name: string, allowed: string, value: string): UsageError {
  return new UsageError(`--limit ${name} must be ${allowed}, got ${JSON.stringify(value)}`);
}
