import { didYouMean } from "../../wording/nearest-name.js";
import { show } from "../../wording/shown-value.js";
import { wholeNumberProblem } from "../../wording/whole-number.js";
import type {
  CompressionFormat,
  DeliveryStreamOptions,
  DeliveryTransform,
  DynamicPartitioning,
} from "./delivery-options.js";
import type { DeliveryDestination } from "./destinations.js";
import { checkStreamSource, type StreamSource } from "./kinesis-source.js";
import { defaultExtension } from "./object-key.js";
import { isPartitionQuery, type PartitionQuery } from "./partition-keys.js";
import { MAX_PREFIX_CHARACTERS, type PrefixExpression, parsePrefix } from "./prefix-expression.js";

/** The options, checked and complete. */
export interface DeliverySettings {
  readonly deliveryStreamName: string;
  readonly source: StreamSource;
  readonly destination: DeliveryDestination;
  readonly fileBytes: number;
  readonly fileIntervalMs: number;
  readonly compressionFormat: CompressionFormat;
  readonly prefix: PrefixExpression;
  readonly errorOutputPrefix: PrefixExpression;
  readonly extension: string;
  readonly transform: TransformSettings | undefined;
  readonly partitioning: PartitioningSettings | undefined;
  readonly delimiter: Uint8Array;
}

export interface TransformSettings {
  readonly handler: DeliveryTransform["handler"];
  readonly bytes: number;
  readonly intervalMs: number;
  readonly numberOfRetries: number;
  readonly lambdaArn: string;
}

export interface PartitioningSettings {
  readonly query: Readonly<Record<string, PartitionQuery>>;
  readonly maxActivePartitions: number;
}

/** Bytes of a MB of Firehose's hints. Source: "BufferingHints", Data Firehose API Reference ("in MiBs"). */
const MIB: number = 1024 * 1024;

const OPTION_NAMES: Readonly<Record<keyof DeliveryStreamOptions, true>> = {
  deliveryStreamName: true,
  source: true,
  destination: true,
  bufferingHints: true,
  compressionFormat: true,
  prefix: true,
  errorOutputPrefix: true,
  fileExtension: true,
  transform: true,
  dynamicPartitioning: true,
  appendDelimiterToRecord: true,
  onFailure: true,
  clock: true,
};

const DATE = "!{timestamp:yyyy/MM/dd/HH/}";

/** @throws RangeError for a bad option; its message names the option, the limit and the value */
export function resolveDeliveryOptions(options: DeliveryStreamOptions): DeliverySettings {
  checkNames("DeliveryStream", options, Object.keys(OPTION_NAMES));
  const { deliveryStreamName, source, destination, dynamicPartitioning, transform, onFailure } = options;
  if (typeof deliveryStreamName !== "string" || !/^[a-zA-Z0-9_.-]{1,64}$/.test(deliveryStreamName)) {
    throw new RangeError(
      `deliveryStreamName must have 1 to 64 letters, digits, _, . or -, got ${show(deliveryStreamName)}`,
    );
  }
  checkStreamSource(source);
  if (typeof destination?.put !== "function") {
    throw new RangeError(`destination must have a put() method, got ${show(destination)}`);
  }
  if (onFailure !== undefined && typeof onFailure !== "function") {
    throw new RangeError(`onFailure must be a function, got ${show(onFailure)}`);
  }
  const partitioning = dynamicPartitioning === undefined ? undefined : resolvePartitioning(dynamicPartitioning);
  return {
    deliveryStreamName,
    source,
    destination,
    ...resolveHints(options, partitioning !== undefined),
    ...resolveForm(options),
    ...resolvePrefixes(options, partitioning),
    transform: transform === undefined ? undefined : resolveTransform(transform),
    partitioning,
  };
}

function resolveHints(
  { bufferingHints = {} }: DeliveryStreamOptions,
  isPartitioned: boolean,
): Pick<DeliverySettings, "fileBytes" | "fileIntervalMs"> {
  checkNames("bufferingHints", bufferingHints, ["sizeInMBs", "intervalInSeconds"]);
  // Source: "BufferingHints", API Reference; for dynamic partitioning "Buffer data for dynamic partitioning", Developer Guide.
  const [minMBs, minSeconds] = isPartitioned ? [64, 60] : [1, 0];
  const { sizeInMBs = isPartitioned ? 64 : 5, intervalInSeconds = 300 } = bufferingHints;
  const because = isPartitioned ? " with dynamic partitioning" : "";
  whole(`bufferingHints.sizeInMBs${because}`, sizeInMBs, minMBs, 128);
  whole(`bufferingHints.intervalInSeconds${because}`, intervalInSeconds, minSeconds, 900);
  return { fileBytes: sizeInMBs * MIB, fileIntervalMs: intervalInSeconds * 1000 };
}

function resolveForm(
  options: DeliveryStreamOptions,
): Pick<DeliverySettings, "compressionFormat" | "extension" | "delimiter"> {
  const { compressionFormat = "UNCOMPRESSED", fileExtension, appendDelimiterToRecord = false } = options;
  if (compressionFormat !== "UNCOMPRESSED" && compressionFormat !== "GZIP") {
    throw new RangeError(`compressionFormat must be UNCOMPRESSED or GZIP, got ${show(compressionFormat)}`);
  }
  // Source: "ExtendedS3DestinationConfiguration", API Reference.
  if (fileExtension !== undefined && !/^\.[0-9a-z!\-_.*'()]{1,127}$/.test(fileExtension)) {
    throw new RangeError(
      `fileExtension must be a dot and 1 to 127 of 0-9 a-z ! - _ . * ' ( ), got ${show(fileExtension)}`,
    );
  }
  if (typeof appendDelimiterToRecord !== "boolean" && typeof appendDelimiterToRecord !== "string") {
    throw new RangeError(
      `appendDelimiterToRecord must be true, false or the delimiter, got ${show(appendDelimiterToRecord)}`,
    );
  }
  const delimiter = typeof appendDelimiterToRecord === "string" ? appendDelimiterToRecord : "\n";
  return {
    compressionFormat,
    extension: fileExtension ?? defaultExtension(compressionFormat),
    delimiter: Buffer.from(appendDelimiterToRecord === false ? "" : delimiter),
  };
}

function resolvePartitioning(options: DynamicPartitioning): PartitioningSettings {
  checkNames("dynamicPartitioning", options, ["query", "maxActivePartitions"]);
  const { query = {}, maxActivePartitions = 500 } = options;
  if (typeof query !== "object" || query === null) {
    throw new RangeError(`dynamicPartitioning.query must be an object, got ${show(query)}`);
  }
  for (const [name, each] of Object.entries(query)) {
    if (isPartitionQuery(each)) continue;
    throw new RangeError(
      `dynamicPartitioning.query.${name} must be a path like .customer_id or .type.device, or a function, got ${show(each)}`,
    );
  }
  // Source: "Quota", Developer Guide: 500 active partitions, 5000 on request.
  whole("dynamicPartitioning.maxActivePartitions", maxActivePartitions, 1, 5_000);
  return { query, maxActivePartitions };
}

/** Source of the rules: "Custom prefixes for Amazon S3 objects", Developer Guide. */
function resolvePrefixes(
  { prefix = "", errorOutputPrefix }: DeliveryStreamOptions,
  partitioning: PartitioningSettings | undefined,
): Pick<DeliverySettings, "prefix" | "errorOutputPrefix"> {
  checkText("prefix", prefix);
  if (errorOutputPrefix !== undefined) checkText("errorOutputPrefix", errorOutputPrefix);
  const given = parsePrefix("prefix", prefix);
  if (given.hasErrorOutputType) throw new RangeError("prefix must not have !{firehose:error-output-type}");
  checkKeys(given, partitioning);
  if (errorOutputPrefix === undefined && given.hasExpressions) {
    throw new RangeError("errorOutputPrefix must be given when prefix has expressions");
  }
  const errors = parsePrefix(
    "errorOutputPrefix",
    errorOutputPrefix ?? `${prefix}!{firehose:error-output-type}/${DATE}`,
  );
  if (!errors.hasErrorOutputType) {
    throw new RangeError(`errorOutputPrefix must have !{firehose:error-output-type}, got ${show(errorOutputPrefix)}`);
  }
  if (errors.keys.length > 0) throw new RangeError("errorOutputPrefix must not have keys of dynamic partitioning");
  const isDated = given.hasTimestamp || partitioning !== undefined;
  const whole = isDated ? given : parsePrefix("prefix", prefix + DATE);
  checkLength("prefix", whole);
  checkLength("errorOutputPrefix", errors);
  return { prefix: whole, errorOutputPrefix: errors };
}

function checkKeys({ keys }: PrefixExpression, partitioning: PartitioningSettings | undefined): void {
  if (partitioning === undefined) {
    if (keys.length === 0) return;
    throw new RangeError(`prefix has !{${keys[0]?.source}:${keys[0]?.name}} without dynamicPartitioning`);
  }
  if (keys.length === 0) {
    throw new RangeError(
      "prefix must have !{partitionKeyFromQuery:…} or !{partitionKeyFromLambda:…} with dynamicPartitioning",
    );
  }
  for (const { source, name } of keys) {
    if (source !== "partitionKeyFromQuery" || Object.hasOwn(partitioning.query, name)) continue;
    throw new RangeError(`prefix has !{partitionKeyFromQuery:${name}}, and dynamicPartitioning.query has no ${name}`);
  }
}

/** The part of a prefix that does not depend on records. */
function checkLength(option: string, prefix: PrefixExpression): void {
  const facts = { oldestArrival: new Date(0), keyValues: [], errorOutputType: "processing-failed", random: () => 0 };
  const { length } = prefix.evaluate(facts);
  if (length <= MAX_PREFIX_CHARACTERS) return;
  throw new RangeError(
    `${option} must have at most ${MAX_PREFIX_CHARACTERS} characters when it is evaluated, got ${length}`,
  );
}

function resolveTransform(options: DeliveryTransform): TransformSettings {
  checkNames("transform", options, [
    "handler",
    "bufferSizeInMBs",
    "bufferIntervalInSeconds",
    "numberOfRetries",
    "lambdaArn",
  ]);
  const { handler, bufferSizeInMBs = 1, bufferIntervalInSeconds = 60, numberOfRetries = 3 } = options;
  const { lambdaArn = "arn:aws:lambda:us-east-1:000000000000:function:transform:$LATEST" } = options;
  if (typeof handler !== "function") throw new RangeError(`transform.handler must be a function, got ${show(handler)}`);
  // Source: "Transform source data in Amazon Data Firehose", Developer Guide; retries: "ProcessorParameter", API Reference.
  checkText("transform.lambdaArn", lambdaArn);
  if (!(typeof bufferSizeInMBs === "number" && bufferSizeInMBs >= 0.2 && bufferSizeInMBs <= 3)) {
    throw new RangeError(`transform.bufferSizeInMBs must be from 0.2 to 3, got ${show(bufferSizeInMBs)}`);
  }
  whole("transform.bufferIntervalInSeconds", bufferIntervalInSeconds, 0, 900);
  whole("transform.numberOfRetries", numberOfRetries, 0, 300);
  return {
    handler,
    bytes: bufferSizeInMBs * MIB,
    intervalMs: bufferIntervalInSeconds * 1000,
    numberOfRetries,
    lambdaArn,
  };
}

function checkText(option: string, value: unknown): void {
  if (typeof value !== "string") throw new RangeError(`${option} must be a string, got ${show(value)}`);
}

function whole(option: string, value: number, min: number, max: number): void {
  const problem = wholeNumberProblem(option, value, min, max);
  if (problem !== undefined) throw new RangeError(problem);
}

function checkNames(whose: string, options: object, known: readonly string[]): void {
  if (typeof options !== "object" || options === null) {
    throw new RangeError(`the options of ${whose} must be an object, got ${show(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const hint = didYouMean(name, known) || `; known are ${known.join(", ")}`;
    throw new RangeError(`${whose} has no option ${show(name)}${hint}`);
  }
}
