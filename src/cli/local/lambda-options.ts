import { readFileSync } from "node:fs";
import type { LambdaTriggerOptions } from "../../testing/index.js";
import type { OptionTable, OptionValues } from "../option-table.js";
import { UsageError } from "../usage-error.js";

/** The options of `kinesis-producer local` about a Lambda function. */
export const LAMBDA_OPTIONS: OptionTable = {
  lambda: {
    value: "FILE[:EXPORT]|URL",
    meaning: "invoke this Lambda function with the stream's records; the export is handler by default",
  },
  "lambda-stream": { value: "NAME", meaning: "the stream of --lambda, when there are several" },
  "lambda-batch-size": { value: "N", meaning: "records of a batch at most; 100 by default" },
  "lambda-options": {
    value: "FILE",
    meaning: "more of the event source mapping, as JSON: docs/lambda-trigger.md",
  },
};

/** Options of the mapping that a file may set. */
export type MappingOptions = Omit<
  LambdaTriggerOptions,
  "kinesis" | "endpoint" | "certificate" | "streamName" | "handler" | "onFailure" | "onInvocation" | "clock"
>;

/** The Lambda function of a command line. */
export interface LambdaChoice {
  /** A file and the name of its export, or a URL. */
  readonly target: { readonly file: string; readonly exportName: string } | { readonly url: URL };
  /** The value of the option, for messages. */
  readonly text: string;
  readonly streamName: string | undefined;
  readonly mapping: MappingOptions;
}

/** Options that the command sets. */
const NOT_IN_FILE = [
  "kinesis",
  "endpoint",
  "certificate",
  "streamName",
  "handler",
  "onFailure",
  "onInvocation",
  "clock",
];

/** Properties of an AWS::Lambda::EventSourceMapping that name what the command replaces, or that nothing here needs. */
const IGNORED_IN_FILE: ReadonlySet<string> = new Set([
  "DestinationConfig",
  "Enabled",
  "EventSourceArn",
  "KmsKeyArn",
  "MetricsConfig",
  "Tags",
]);

/**
 * Reads the options about a Lambda function; undefined without one.
 *
 * @throws UsageError for a wrong value
 */
export function readLambda(values: OptionValues): LambdaChoice | undefined {
  const text = values.text("lambda", { pattern: /./, allowed: "a file or a URL" });
  if (text === undefined) {
    const orphan = Object.keys(LAMBDA_OPTIONS).find((name) => values.has(name));
    if (orphan !== undefined) throw new UsageError(`--${orphan} needs --lambda`);
    return undefined;
  }
  if (values.text("records") === "count") {
    throw new UsageError("--lambda reads the records, and --records count does not keep them: use only one of them");
  }
  const batchSize = values.integer("lambda-batch-size", 1, 10_000);
  return {
    target: readTarget(text),
    text,
    streamName: values.text("lambda-stream"),
    mapping: { ...readMapping(values.text("lambda-options")), ...(batchSize === undefined ? {} : { batchSize }) },
  };
}

function readTarget(text: string): LambdaChoice["target"] {
  if (/^https?:/.test(text)) {
    if (!URL.canParse(text)) throw new UsageError(`--lambda must be a file or a URL, got ${JSON.stringify(text)}`);
    return { url: new URL(text) };
  }
  const [, file = text, exportName = "handler"] = /^(.+):([A-Za-z_$][\w$]*)$/.exec(text) ?? [];
  return { file, exportName };
}

function readMapping(file: string | undefined): MappingOptions {
  if (file === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--lambda-options cannot be read from ${file}: ${(error as Error).message}`);
  }
  const options = withSmallNames(value);
  const wrong = Object.keys(options).find((name) => NOT_IN_FILE.includes(name));
  if (wrong !== undefined) throw new UsageError(`--lambda-options may not set ${wrong}: the command sets it`);
  const { startingPositionTimestamp: at } = options;
  // Seconds, or text in ISO 8601.
  const date = typeof at === "number" ? new Date(at * 1_000) : new Date(String(at));
  return { ...options, ...(at === undefined ? {} : { startingPositionTimestamp: date }) };
}

/** AWS writes `BatchSize`, the trigger writes `batchSize`; a file may have either. */
function withSmallNames(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UsageError("--lambda-options must have a JSON object");
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, each]) => !isIgnored(name, each))
      .map(([name, each]) => [small(name), small(name) === "filterCriteria" ? criteria(each) : each]),
  );
}

/** AWS's function name may be a reference or an ARN; only a plain name is one for the context. */
function isIgnored(name: string, value: unknown): boolean {
  if (name === "FunctionName") return typeof value !== "string" || !/^[\w-]+$/.test(value);
  return IGNORED_IN_FILE.has(name);
}

/** `{ Filters: [{ Pattern }] }` with small names; the trigger checks it. */
function criteria(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, filters]) => [
      small(name),
      Array.isArray(filters)
        ? filters.map((filter: object) =>
            Object.fromEntries(Object.entries(filter ?? {}).map(([each, pattern]) => [small(each), pattern])),
          )
        : filters,
    ]),
  );
}

function small(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
