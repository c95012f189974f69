import type { Clock } from "../../core/ports.js";
import { didYouMean } from "../../wording/nearest-name.js";
import { show } from "../../wording/shown-value.js";
import { wholeNumberProblem } from "../../wording/whole-number.js";
import { systemTime } from "../system-time.js";
import type { BatchRules } from "./batch-queue.js";
import type { RetryRules } from "./batch-work.js";
import { compileFilters, type FilteredRecord } from "./filter/filter-criteria.js";
import type { InvocationReport, LambdaHandler } from "./lambda-function.js";
import type { ResponseRules } from "./read-response.js";
import type { FailureDestination, LambdaTriggerOptions } from "./trigger-options.js";

/** Options that are checked, with their defaults. */
export interface ResolvedTrigger {
  readonly streamName: string;
  readonly handler: LambdaHandler;
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly batch: BatchRules;
  /** Without the stream's retention period. */
  readonly retry: RetryRules;
  readonly response: ResponseRules;
  readonly lanes: number;
  readonly startingPosition: "TRIM_HORIZON" | "LATEST" | "AT_TIMESTAMP";
  readonly startingAt: Date | undefined;
  readonly onFailure: FailureDestination | undefined;
  readonly filter: ((record: FilteredRecord) => boolean) | undefined;
  readonly pollMs: number;
  readonly onInvocation: ((report: InvocationReport) => void) | undefined;
  readonly clock: Clock;
}

const MAX_RETRY_DELAY_MS = 10_000;

const POSITIONS = ["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"] as const;

/** Every option, for the error about an unknown one. */
const NAMES: Readonly<Record<keyof LambdaTriggerOptions, true>> = {
  kinesis: true,
  endpoint: true,
  certificate: true,
  streamName: true,
  handler: true,
  functionName: true,
  timeoutInSeconds: true,
  batchSize: true,
  maximumBatchingWindowInSeconds: true,
  parallelizationFactor: true,
  startingPosition: true,
  startingPositionTimestamp: true,
  functionResponseTypes: true,
  bisectBatchOnFunctionError: true,
  maximumRetryAttempts: true,
  maximumRecordAgeInSeconds: true,
  onFailure: true,
  tumblingWindowInSeconds: true,
  filterCriteria: true,
  retryDelayMs: true,
  pollMs: true,
  onInvocation: true,
  clock: true,
};

/**
 * Checks the options.
 *
 * @throws RangeError that names the option, its limit and the value
 */
export function resolveTrigger(options: LambdaTriggerOptions): ResolvedTrigger {
  checkNames(options);
  const { kinesis, endpoint, streamName, functionName = "local", handler, onInvocation, onFailure } = options;
  if ((kinesis === undefined) === (endpoint === undefined)) {
    throw new RangeError("a trigger needs kinesis or endpoint, and not both");
  }
  checkText("streamName", streamName);
  checkText("functionName", functionName);
  checkFunction("handler", handler);
  if (onInvocation !== undefined) checkFunction("onInvocation", onInvocation);
  if (onFailure !== undefined && !Array.isArray(onFailure))
    checkFunction("onFailure", onFailure, "a function or a list");
  const { tumblingWindowMs, lanes } = readParallelism(options);
  return {
    streamName,
    handler,
    functionName,
    timeoutMs: whole("timeoutInSeconds", options.timeoutInSeconds ?? 3, 1, 900) * 1_000,
    batch: {
      batchSize: whole("batchSize", options.batchSize ?? 100, 1, 10_000),
      batchingWindowMs:
        whole("maximumBatchingWindowInSeconds", options.maximumBatchingWindowInSeconds ?? 0, 0, 300) * 1_000,
      tumblingWindowMs,
    },
    retry: readRetry(options),
    response: { reportsFailures: readResponseTypes(options), hasWindow: tumblingWindowMs > 0 },
    lanes,
    ...readPosition(options),
    onFailure,
    filter: options.filterCriteria === undefined ? undefined : compileFilters(options.filterCriteria, "filterCriteria"),
    pollMs: whole("pollMs", options.pollMs ?? 250, 1, 60_000),
    onInvocation,
    clock: options.clock ?? systemTime,
  };
}

function checkNames(options: LambdaTriggerOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new RangeError(`a trigger needs an object of options, got ${show(options)}`);
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(NAMES, name));
  if (unknown !== undefined) {
    throw new RangeError(`a trigger has no option ${unknown}${didYouMean(unknown, Object.keys(NAMES))}`);
  }
}

function readParallelism(options: LambdaTriggerOptions): { readonly tumblingWindowMs: number; readonly lanes: number } {
  const seconds = whole("tumblingWindowInSeconds", options.tumblingWindowInSeconds ?? 0, 0, 900);
  const lanes = whole("parallelizationFactor", options.parallelizationFactor ?? 1, 1, 10);
  if (seconds > 0 && lanes > 1) {
    throw new RangeError(`parallelizationFactor must be 1 with tumblingWindowInSeconds, got ${lanes}`);
  }
  return { tumblingWindowMs: seconds * 1_000, lanes };
}

function readRetry(options: LambdaTriggerOptions): RetryRules {
  const { maximumRetryAttempts: retries = -1, maximumRecordAgeInSeconds: age = -1 } = options;
  const { bisectBatchOnFunctionError: bisects = false, retryDelayMs = 100 } = options;
  whole("maximumRetryAttempts", retries, -1, 10_000);
  // AWS refuses values between. Source: "AWS::Lambda::EventSourceMapping", CloudFormation User Guide.
  if (age !== -1 && wholeNumberProblem("", age, 60, 604_800) !== undefined) {
    throw new RangeError(`maximumRecordAgeInSeconds must be -1, or a whole number from 60 to 604800, got ${show(age)}`);
  }
  if (typeof bisects !== "boolean") {
    throw new RangeError(`bisectBatchOnFunctionError must be true or false, got ${show(bisects)}`);
  }
  return {
    bisects,
    maxRetries: retries === -1 ? Number.POSITIVE_INFINITY : retries,
    maxAgeMs: age === -1 ? Number.POSITIVE_INFINITY : age * 1_000,
    firstDelayMs: whole("retryDelayMs", retryDelayMs, 0, MAX_RETRY_DELAY_MS),
    maxDelayMs: MAX_RETRY_DELAY_MS,
  };
}

function readResponseTypes({ functionResponseTypes = [] }: LambdaTriggerOptions): boolean {
  const types: unknown = functionResponseTypes;
  if (!Array.isArray(types) || types.length > 1 || (types.length === 1 && types[0] !== "ReportBatchItemFailures")) {
    const got = Array.isArray(types) ? types.map(show).join(", ") : show(types);
    throw new RangeError(`functionResponseTypes must be [] or ["ReportBatchItemFailures"], got ${got}`);
  }
  return types.length === 1;
}

function readPosition(options: LambdaTriggerOptions): Pick<ResolvedTrigger, "startingPosition" | "startingAt"> {
  const { startingPosition = "TRIM_HORIZON", startingPositionTimestamp: startingAt } = options;
  if (!POSITIONS.includes(startingPosition)) {
    throw new RangeError(`startingPosition must be ${POSITIONS.join(", ")}, got ${show(startingPosition)}`);
  }
  const isTime = startingAt instanceof Date && !Number.isNaN(startingAt.getTime());
  if (startingPosition === "AT_TIMESTAMP" ? !isTime : startingAt !== undefined) {
    throw new RangeError(
      `startingPositionTimestamp must be a valid Date with AT_TIMESTAMP, and absent otherwise, got ${show(startingAt)}`,
    );
  }
  return { startingPosition, startingAt };
}

function whole(name: string, value: number, min: number, max: number): number {
  const problem = wholeNumberProblem(name, value, min, max);
  if (problem !== undefined) throw new RangeError(problem);
  return value;
}

function checkText(name: string, value: unknown): void {
  if (typeof value !== "string" || value === "") throw new RangeError(`${name} must be a text, got ${show(value)}`);
}

function checkFunction(name: string, value: unknown, allowed = "a function"): void {
  if (typeof value !== "function") throw new RangeError(`${name} must be ${allowed}, got ${show(value)}`);
}
