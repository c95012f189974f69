import { checkOptions, type OptionValues } from "./check-options.js";
import type { Packing } from "./core/lane/aggregator.js";
import type { StreamRef } from "./core/ports.js";
import { InvalidOptionError } from "./errors.js";
import { streamNameOf } from "./option-checks.js";
import type { OptionPath } from "./option-table.js";
import type { ProducerOptions } from "./options.js";
import type { PipelineSettings } from "./pipeline/pipeline-settings.js";
import { show } from "./wording/shown-value.js";

/**
 * Above this size the fixed cost of a request is small beside the cost of its bytes (`npm run bench end-to-end`). 24
 * aggregates of the default size, because digests are made eight at a time.
 */
const WORTHWHILE_BYTES = 24 * 51_200;

/** The checked options, in the form that the parts of a producer need. */
export interface ResolvedOptions {
  readonly stream: StreamRef | undefined;
  readonly pipeline: PipelineSettings;
  /** Each option by its name, with its default filled in. */
  readonly values: OptionValues;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {@link InvalidOptionError} for the first one that cannot be used
 */
export function resolveOptions(options: ProducerOptions): ResolvedOptions {
  const { values, set } = checkOptions(options);
  const packing = packingOf(values);
  checkOrdering(values, set.has("onOrderedFailure"));
  checkEnvelope(values, packing);
  checkPropagate(values, packing);
  checkProtocol(values);
  checkClient(values, set);
  checkAgent(values, set);
  return Object.freeze({ stream: resolveStream(values), pipeline: pipelineSettings(values, packing), values });
}

function packingOf(values: OptionValues): Packing {
  if (values.aggregation === false) return "none";
  return values["aggregation.mode"] === "reshard-safe" ? "key" : "shard";
}

function pipelineSettings(values: OptionValues, packing: Packing): PipelineSettings {
  const { lingerMs, recordTtlMs, maxAttempts, failIfThrottled, shardMapTimeoutMs, shardMapMaxAgeMs } = values;
  const { streamSummaryMaxAgeMs } = values;
  const { recordDistribution, maxRecordBytes } = values;
  const request = { maxRecords: values.maxRequestRecords, maxBytes: values.maxRequestBytes };
  const isOrdered = values.ordering === "shard";
  return {
    packing,
    isOrdered,
    failsKeys: isOrdered && values.onOrderedFailure === "failKey",
    aggregate: { maxBytes: values["aggregation.maxBytes"], maxCount: values["aggregation.maxCount"] },
    request,
    worthwhile: { maxRecords: request.maxRecords, maxBytes: Math.min(request.maxBytes, WORTHWHILE_BYTES) },
    lingerMs,
    recordTtlMs,
    shardLimits: {
      recordsPerSecond: values["shardLimits.recordsPerSecond"],
      bytesPerSecond: values["shardLimits.bytesPerSecond"],
      adaptive: values["shardLimits.adaptive"],
    },
    maxAttempts,
    failIfThrottled,
    shardMapTimeoutMs,
    shardMapMaxAgeMs,
    streamSummaryMaxAgeMs,
    known: { recordDistribution, maxRecordBytes },
  };
}

function resolveStream({ streamName, streamArn }: OptionValues): StreamRef | undefined {
  if (streamArn === undefined) return streamName === undefined ? undefined : { streamName };
  const named = streamNameOf(streamArn) as string;
  if (streamName !== undefined && streamName !== named) {
    throw new InvalidOptionError(
      "streamName",
      `streamName contradicts streamArn, which names the stream ${JSON.stringify(named)}, got ${show(streamName)}`,
    );
  }
  return { streamName: named, streamArn };
}

function checkOrdering({ ordering, recordDistribution }: OptionValues, isFailureSet: boolean): void {
  if (ordering === "shard" && recordDistribution === "AUTO") {
    throw new InvalidOptionError(
      "ordering",
      'ordering cannot be "shard" where recordDistribution is "AUTO": keys are ignored',
    );
  }
  if (isFailureSet && ordering !== "shard") {
    throw new InvalidOptionError("onOrderedFailure", 'onOrderedFailure needs ordering: "shard"');
  }
}

/** Record ids and compression have no place but the envelope. */
function checkEnvelope({ recordIds, compression, recordDistribution }: OptionValues, packing: Packing): void {
  for (const [name, isSet] of [
    ["recordIds", recordIds],
    ["compression", compression !== undefined],
  ] as const) {
    if (!isSet) continue;
    const why = `${name === "recordIds" ? "they need" : "it needs"} the envelope`;
    if (packing === "none")
      throw new InvalidOptionError(name, `${name} cannot be combined with aggregation: false: ${why}`);
    if (recordDistribution === "AUTO")
      throw new InvalidOptionError(name, `${name} cannot be set where recordDistribution is "AUTO": ${why}`);
  }
}

function checkPropagate({ propagate, recordDistribution }: OptionValues, packing: Packing): void {
  if (propagate === undefined) return;
  if (packing === "none") {
    throw new InvalidOptionError(
      "propagate",
      "propagate cannot be combined with aggregation: false: its tags need the envelope",
    );
  }
  if (recordDistribution === "AUTO") {
    throw new InvalidOptionError(
      "propagate",
      'propagate cannot be set where recordDistribution is "AUTO": its tags need the envelope',
    );
  }
}

function checkProtocol({ protocol, client, transport }: OptionValues): void {
  if (protocol !== "cbor" || (client === undefined && transport === undefined)) return;
  throw new InvalidOptionError(
    "protocol",
    `protocol "cbor" cannot be combined with ${client === undefined ? "transport" : "client"}: it writes its requests itself`,
  );
}

/** Options of the client cannot be set when the caller passes a client. */
function checkClient(values: OptionValues, set: ReadonlySet<OptionPath>): void {
  if (values.client === undefined) return;
  for (const name of ["region", "endpoint", "credentials", "agent", "tls", "proxy", "connectTimeoutMs"] as const) {
    if (set.has(name)) {
      throw new InvalidOptionError(
        name,
        `${name} cannot be combined with client: it belongs to the client's own configuration`,
      );
    }
  }
}

/** An agent of the caller decides itself how connections are made. */
function checkAgent({ agent }: OptionValues, set: ReadonlySet<OptionPath>): void {
  if (agent === undefined) return;
  for (const name of ["tls", "proxy", "connectTimeoutMs"] as const) {
    if (set.has(name)) {
      throw new InvalidOptionError(
        name,
        `${name} cannot be combined with agent: it belongs to the agent's own options`,
      );
    }
  }
}
