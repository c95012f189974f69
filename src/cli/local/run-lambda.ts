import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type InvocationReport,
  type LambdaFailureRecord,
  type LambdaHandler,
  LambdaTrigger,
  type LambdaTriggerStats,
  type LocalKinesis,
  lambdaEndpoint,
} from "../../testing/index.js";
import { thrownText } from "../../wording/shown-error.js";
import { CommandError, type Terminal } from "../command.js";
import { counted } from "../counted.js";
import { UsageError } from "../usage-error.js";
import type { LambdaChoice } from "./lambda-options.js";
import type { Output } from "./local-options.js";

/** A loaded function, and how it is invoked. */
export interface LoadedLambda {
  readonly choice: LambdaChoice;
  readonly handler: LambdaHandler;
}

/**
 * Loads the function.
 *
 * @throws CommandError when the file cannot be loaded; UsageError when it has no such function
 */
export async function loadLambda(choice: LambdaChoice): Promise<LoadedLambda> {
  const { target, text } = choice;
  if ("url" in target) return { choice, handler: lambdaEndpoint(target.url) };
  let loaded: Record<string, unknown>;
  try {
    loaded = await import(pathToFileURL(resolve(target.file)).href);
  } catch (error) {
    throw new CommandError(`--lambda ${text} cannot be loaded: ${thrownText(error)}`, { cause: error });
  }
  // A CommonJS module may have its exports only within the default one.
  const exports: Record<string, unknown> = { ...(loaded.default as object | undefined), ...loaded };
  const handler = exports[target.exportName];
  if (typeof handler === "function") return { choice, handler: handler as LambdaHandler };
  const names = Object.keys(exports)
    .filter((name) => (name === "default" ? typeof exports.default === "function" : name !== "module.exports"))
    .sort();
  throw new UsageError(
    `--lambda ${target.file} has no function ${target.exportName}; its exports are ${names.join(", ") || "none"}`,
  );
}

/**
 * The trigger of a function. It prints a line for each invocation, and for each batch that is given up.
 *
 * @throws UsageError for a stream that is not there, or a wrong option
 */
export function lambdaTrigger(
  { choice, handler }: LoadedLambda,
  kinesis: LocalKinesis,
  output: Output,
  terminal: Terminal,
): LambdaTrigger {
  const { target, mapping } = choice;
  const print = (data: object, text: string): void => {
    if (output !== "quiet") terminal.out(output === "json" ? JSON.stringify(data) : text);
  };
  try {
    return new LambdaTrigger({
      functionName: "url" in target ? "function" : basename(target.file, extname(target.file)),
      ...mapping,
      kinesis,
      streamName: streamOf(choice, kinesis),
      handler,
      onInvocation: (invocation) => print({ invocation }, describeInvocation(invocation)),
      onFailure: (discarded) => print({ discarded }, describeDiscard(discarded)),
    });
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`--lambda-options: ${error.message}`) : error;
  }
}

function streamOf({ streamName }: LambdaChoice, kinesis: LocalKinesis): string {
  const names = kinesis.streamNames();
  const [only, ...others] = names;
  if (only === undefined) throw new UsageError("--lambda needs a stream: --stream NAME");
  if (streamName === undefined && others.length > 0) {
    throw new UsageError(`--lambda needs one stream of ${names.join(", ")}: --lambda-stream NAME`);
  }
  if (streamName !== undefined && !names.includes(streamName)) {
    throw new UsageError(`--lambda-stream must be ${names.join(" or ")}, got ${JSON.stringify(streamName)}`);
  }
  return streamName ?? only;
}

/** One invocation as a line: `shardId-000000000000  12 records  attempt 1  3 ms  success`. */
function describeInvocation(invocation: InvocationReport): string {
  const { shardId, records, attempt, durationMs, outcome, reason, isFinal } = invocation;
  const parts = [
    shardId,
    isFinal ? "end of the window" : counted(records, "record"),
    `attempt ${attempt}`,
    `${Math.round(durationMs)} ms`,
    reason === undefined ? outcome : `${outcome}: ${reason}`,
  ];
  return parts.join("  ");
}

/** Discarded records as a line. */
function describeDiscard({ requestContext, KinesisBatchInfo }: LambdaFailureRecord): string {
  const { shardId, batchSize, startSequenceNumber } = KinesisBatchInfo;
  const records = counted(batchSize, "record");
  return `${shardId}  ${records} given up (${requestContext.condition}), from ${startSequenceNumber} on`;
}

/** The figures of a function as one line of the summary. */
export function describeLambda(stats: LambdaTriggerStats): string {
  const { invocations, recordsHandled, recordsFiltered, recordsDiscarded, lastProcessingResult } = stats;
  return `lambda: ${counted(invocations, "invocation")}, ${counted(recordsHandled, "record")} handled, ${recordsFiltered.toLocaleString("en")} filtered, ${recordsDiscarded.toLocaleString("en")} given up, last result ${lastProcessingResult}`;
}
