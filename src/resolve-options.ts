import type { Packing } from "./core/aggregator.js";
import { InvalidOptionError } from "./errors.js";
import { nearestName, show } from "./option-text.js";
import {
  BOUNDS,
  type ClosingSignal,
  DEFAULTS,
  type NumericOption,
  type ProducerOptions,
  type ResolvedOptions,
} from "./options.js";

const TOP_LEVEL: readonly (keyof ProducerOptions)[] = [
  "streamName",
  "streamArn",
  "client",
  "region",
  "endpoint",
  "credentials",
  "aggregation",
  "lingerMs",
  "maxRequestRecords",
  "maxRequestBytes",
  "maxInFlightRequests",
  "requestTimeoutMs",
  "maxBufferedRecords",
  "maxBufferedBytes",
  "maxWaitingPuts",
  "maxWaitingBytes",
  "maxBufferedShare",
  "recordTtlMs",
  "maxAttempts",
  "failIfThrottled",
  "recordIds",
  "ordering",
  "onOrderedFailure",
  "shardLimits",
  "recordDistribution",
  "maxRecordBytes",
  "shardMapTimeoutMs",
  "shardMapMaxAgeMs",
  "closeOnSignals",
  "protocol",
  "transport",
  "directory",
  "onDelivery",
  "onFailed",
  "logger",
  "clock",
  "random",
];

/**
 * Above this the cost of a request hardly counts beside that of its bytes (`npm run bench end-to-end`). Digests are made eight
 * at a time: three times eight aggregates of the default size.
 */
const WORTHWHILE_BYTES = 24 * 51_200;

const STREAM_NAME = /^[a-zA-Z0-9_.-]{1,128}$/;
const STREAM_ARN = /^arn:[\w-]+:kinesis:[\w-]+:\d{12}:stream\/([a-zA-Z0-9_.-]{1,128})$/;

/** Whether the service could have a stream of this name. */
export function isStreamName(name: unknown): name is string {
  return typeof name === "string" && STREAM_NAME.test(name);
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {@link InvalidOptionError} for the first one that cannot be used
 */
export function resolveOptions(options: ProducerOptions): ResolvedOptions {
  if (typeof options !== "object" || options === null) throw refuse("options", "must be an object", options);
  refuseUnknown(options, TOP_LEVEL, "");
  const aggregation = aggregationSection(options.aggregation);
  const limits = section(options.shardLimits, "shardLimits", ["recordsPerSecond", "bytesPerSecond", "adaptive"]);
  const number = (name: Exclude<NumericOption, "maxRecordBytes">, value: unknown): number =>
    checkNumber(name, value === undefined ? DEFAULTS[name] : value);
  const flag = (name: "failIfThrottled" | "recordIds" | "shardLimits.adaptive", value: unknown): boolean =>
    checkBoolean(name, value === undefined ? DEFAULTS[name] : value);
  const { recordDistribution, transport } = options;
  const mode = checkChoice("aggregation.mode", aggregation.mode, ["shard", "reshard-safe"]);
  const packing: Packing = options.aggregation === false ? "none" : mode === "shard" ? "shard" : "key";
  const isOrdered = checkChoice("ordering", options.ordering, ["none", "shard"]) === "shard";
  const onOrderedFailure = checkChoice("onOrderedFailure", options.onOrderedFailure, ["skip", "failKey"]);
  if (
    recordDistribution !== undefined &&
    recordDistribution !== "AUTO" &&
    recordDistribution !== "USER_PARTITION_KEY"
  ) {
    throw refuse("recordDistribution", 'must be "AUTO" or "USER_PARTITION_KEY"', recordDistribution);
  }
  if (isOrdered && recordDistribution === "AUTO") {
    throw new InvalidOptionError(
      "ordering",
      'ordering cannot be "shard" where recordDistribution is "AUTO": keys are ignored',
    );
  }
  const recordIds = flag("recordIds", options.recordIds);
  if (recordIds && packing === "none") {
    throw new InvalidOptionError(
      "recordIds",
      "recordIds cannot be combined with aggregation: false: they need the envelope",
    );
  }
  if (recordIds && recordDistribution === "AUTO") {
    throw new InvalidOptionError(
      "recordIds",
      'recordIds cannot be true where recordDistribution is "AUTO": they need the envelope',
    );
  }
  if (options.onOrderedFailure !== undefined && !isOrdered) {
    throw new InvalidOptionError("onOrderedFailure", 'onOrderedFailure needs ordering: "shard"');
  }
  if (transport !== undefined && transport !== "sdk" && typeof transport?.putRecords !== "function") {
    throw refuse("transport", 'must be "sdk" or an object with a putRecords method', transport);
  }
  const protocol = checkChoice("protocol", options.protocol, ["json", "cbor"]);
  const writer = options.client === undefined ? "transport" : "client";
  if (protocol === "cbor" && options[writer] !== undefined) {
    throw new InvalidOptionError(
      "protocol",
      `protocol "cbor" cannot be combined with ${writer}: it writes its requests itself`,
    );
  }
  if (options.directory !== undefined && typeof options.directory.listShards !== "function") {
    throw refuse("directory", "must be an object with listShards and describeStream methods", options.directory);
  }
  checkFunction("onDelivery", options.onDelivery);
  checkFunction("onFailed", options.onFailed);
  checkFunction("random", options.random);
  checkClient(options);
  const request = {
    maxRecords: number("maxRequestRecords", options.maxRequestRecords),
    maxBytes: number("maxRequestBytes", options.maxRequestBytes),
  };
  return Object.freeze({
    stream: resolveStream(options),
    client: options,
    pipeline: {
      packing,
      isOrdered,
      failsKeys: isOrdered && onOrderedFailure === "failKey",
      aggregate: {
        maxBytes: number("aggregation.maxBytes", aggregation.maxBytes),
        maxCount: number("aggregation.maxCount", aggregation.maxCount),
      },
      request,
      worthwhile: { maxRecords: request.maxRecords, maxBytes: Math.min(request.maxBytes, WORTHWHILE_BYTES) },
      lingerMs: number("lingerMs", options.lingerMs),
      recordTtlMs: number("recordTtlMs", options.recordTtlMs),
      shardLimits: {
        recordsPerSecond: number("shardLimits.recordsPerSecond", limits.recordsPerSecond),
        bytesPerSecond: number("shardLimits.bytesPerSecond", limits.bytesPerSecond),
        adaptive: flag("shardLimits.adaptive", limits.adaptive),
      },
      maxAttempts: number("maxAttempts", options.maxAttempts),
      failIfThrottled: flag("failIfThrottled", options.failIfThrottled),
      shardMapTimeoutMs: number("shardMapTimeoutMs", options.shardMapTimeoutMs),
      shardMapMaxAgeMs: number("shardMapMaxAgeMs", options.shardMapMaxAgeMs),
      known: {
        recordDistribution,
        maxRecordBytes:
          options.maxRecordBytes === undefined ? undefined : checkNumber("maxRecordBytes", options.maxRecordBytes),
      },
    },
    maxBufferedRecords: number("maxBufferedRecords", options.maxBufferedRecords),
    maxBufferedBytes: number("maxBufferedBytes", options.maxBufferedBytes),
    maxBufferedShare: number("maxBufferedShare", options.maxBufferedShare),
    maxWaitingPuts: number("maxWaitingPuts", options.maxWaitingPuts),
    maxWaitingBytes: number("maxWaitingBytes", options.maxWaitingBytes),
    recordIds,
    maxInFlightRequests: number("maxInFlightRequests", options.maxInFlightRequests),
    requestTimeoutMs: number("requestTimeoutMs", options.requestTimeoutMs),
    closeOnSignals: checkSignals(options.closeOnSignals ?? []),
    onDelivery: options.onDelivery,
    onFailed: options.onFailed,
    protocol,
    transport,
    directory: options.directory,
    logger: options.logger,
    clock: options.clock,
    random: options.random,
  });
}

function aggregationSection(value: unknown): Readonly<Record<string, unknown>> {
  if (value === true || value === false) return {};
  if (value === "reshard-safe") return { mode: value };
  return section(value, "aggregation", ["maxBytes", "maxCount", "mode"]);
}

function resolveStream({ streamName, streamArn }: ProducerOptions): ResolvedOptions["stream"] {
  if (streamName !== undefined && !isStreamName(streamName)) {
    throw refuse("streamName", "must have 1 to 128 letters, digits, underscores, dots or hyphens", streamName);
  }
  if (streamArn === undefined) return streamName === undefined ? undefined : { streamName };
  const named = typeof streamArn === "string" ? STREAM_ARN.exec(streamArn)?.[1] : undefined;
  if (named === undefined)
    throw refuse("streamArn", "must be arn:aws:kinesis:<region>:<account>:stream/<name>", streamArn);
  if (streamName !== undefined && streamName !== named) {
    throw refuse("streamName", `contradicts streamArn, which names the stream ${JSON.stringify(named)}`, streamName);
  }
  return { streamName: named, streamArn };
}

/** A client that the caller passes has its own region, endpoint and credentials. */
function checkClient(options: ProducerOptions): void {
  const { client } = options;
  if (client === undefined) return;
  if (typeof client.send !== "function") throw refuse("client", "must be a KinesisClient", client);
  for (const name of ["region", "endpoint", "credentials"] as const) {
    if (options[name] !== undefined) {
      throw new InvalidOptionError(
        name,
        `${name} cannot be combined with client: it belongs to the client's own configuration`,
      );
    }
  }
}

function section(value: unknown, name: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refuse(
      name,
      name === "aggregation" ? 'must be true, false, "reshard-safe" or an object' : "must be an object",
      value,
    );
  }
  refuseUnknown(value, known, `${name}.`);
  return value as Readonly<Record<string, unknown>>;
}

function refuseUnknown(value: object, known: readonly string[], prefix: string): void {
  for (const name of Object.keys(value)) {
    if (known.includes(name)) continue;
    const near = nearestName(name, known);
    const hint = near === undefined ? "" : `; did you mean ${prefix}${near}?`;
    throw new InvalidOptionError(prefix + name, `there is no option ${prefix}${name}${hint}`);
  }
}

function checkNumber(name: NumericOption, value: unknown): number {
  const { min, max, why, isWhole = false, mayBeInfinite = false } = BOUNDS[name];
  if (mayBeInfinite && value === Number.POSITIVE_INFINITY) return value;
  const isGood = typeof value === "number" && value >= min && value <= max && (!isWhole || Number.isInteger(value));
  if (!isGood) {
    const kind = isWhole ? "a whole number" : "a number";
    throw refuse(name, `must be ${kind} from ${min} to ${max}${mayBeInfinite ? ", or Infinity" : ""} (${why})`, value);
  }
  return value;
}

function checkChoice<Choice extends string>(
  name: "protocol" | "aggregation.mode" | "ordering" | "onOrderedFailure",
  value: unknown,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const wanted = value === undefined ? DEFAULTS[name] : value;
  const choice = choices.find((each) => each === wanted);
  if (choice === undefined) throw refuse(name, `must be ${choices.map((each) => `"${each}"`).join(" or ")}`, value);
  return choice;
}

const CLOSING_SIGNALS: ReadonlySet<unknown> = new Set<ClosingSignal>(["SIGTERM", "SIGINT", "SIGHUP"]);

function checkSignals(value: readonly ClosingSignal[]): readonly ClosingSignal[] {
  if (Array.isArray(value) && value.every((signal) => CLOSING_SIGNALS.has(signal))) return [...new Set(value)];
  throw refuse("closeOnSignals", 'must be a list of "SIGTERM", "SIGINT" and "SIGHUP"', value);
}

function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw refuse(name, "must be true or false", value);
  return value;
}

function checkFunction(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw refuse(name, "must be a function", value);
}

function refuse(name: string, rule: string, value: unknown): InvalidOptionError {
  return new InvalidOptionError(name, `${name} ${rule}, got ${show(value)}`);
}
