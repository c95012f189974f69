import type { OperationName } from "../operations/operations.js";
import { isOperationName } from "../operations/operations.js";
import { checkFaultRule } from "./check-fault-rule.js";
import { EFFECT_SHAPES } from "./effect-fields.js";
import type { CallNumbers, FaultEffect, FaultRule } from "./fault-rule.js";

/**
 * Reads a fault from one line: operations (`*`, or none, for all), the kind of effect, and `name=value` pairs in any
 * order. `p`, `times`, `calls`, `every`, `stream`, `shard` and `key` are conditions. All others are fields of the
 * effect; a flag may stand alone, and `status` is short for `statusCode`. Text with blanks needs double quotes.
 *
 * @throws RangeError that names the unreadable part
 *
 * @example
 * ```ts
 * parseFault("PutRecords throttle p=0.1");
 * parseFault("PutRecords fail-entry stored key=user-17 times=3");
 * parseFault("ListShards,DescribeStreamSummary error code=LimitExceededException calls=1..5");
 * parseFault("latency ms=20..200");
 * ```
 */
export function parseFault(line: string): FaultRule {
  const words = line.match(/(?:[^\s"]+|"[^"]*")+/g) ?? [];
  const operations = readOperations(words[0]);
  const [kind = "", ...pairs] = operations === undefined ? words : words.slice(1);
  if (!Object.hasOwn(EFFECT_SHAPES, kind)) {
    throw new RangeError(
      `${JSON.stringify(line)}: no fault ${JSON.stringify(kind)}; known are ${Object.keys(EFFECT_SHAPES).join(", ")}`,
    );
  }
  const draft: Draft = { on: {}, effect: { kind } };
  if (operations !== undefined && operations !== "*") draft.on.operation = operations;
  for (const pair of pairs) readPair(pair, kind as FaultEffect["kind"], draft, line);
  const rule = {
    ...(Object.keys(draft.on).length === 0 ? {} : { on: draft.on }),
    do: draft.effect,
    ...(draft.times === undefined ? {} : { times: draft.times }),
  } as unknown as FaultRule;
  try {
    checkFaultRule(rule);
  } catch (error) {
    throw new RangeError(`${JSON.stringify(line)}: ${(error as Error).message}`);
  }
  return rule;
}

interface Draft {
  readonly on: Record<string, unknown>;
  readonly effect: Record<string, unknown>;
  times?: number;
}

const SHORT_NAMES: Readonly<Record<string, string>> = { status: "statusCode" };

function readOperations(word: string | undefined): readonly OperationName[] | "*" | undefined {
  if (word === "*") return "*";
  const names = (word ?? "").split(",");
  return names.every(isOperationName) ? names : undefined;
}

function readPair(pair: string, kind: FaultEffect["kind"], draft: Draft, line: string): void {
  const equals = pair.indexOf("=");
  const name = equals < 0 ? pair : pair.slice(0, equals);
  // A flag may stand alone.
  const text = equals < 0 ? "true" : pair.slice(equals + 1).replaceAll('"', "");
  if (readCondition(name, text, draft)) return;
  const { required, optional } = EFFECT_SHAPES[kind];
  const field = SHORT_NAMES[name] ?? name;
  const known = { ...required, ...optional };
  const reader = Object.hasOwn(known, field) ? known[field] : undefined;
  if (reader === undefined) {
    const names = ["p", "times", "calls", "every", "stream", "shard", "key", ...Object.keys(known)].join(", ");
    throw new RangeError(`${JSON.stringify(line)}: ${kind} takes no ${JSON.stringify(name)}; known are ${names}`);
  }
  draft.effect[field] = reader.read(text);
}

function readCondition(name: string, text: string, draft: Draft): boolean {
  switch (name) {
    case "p":
      draft.on.probability = Number(text);
      return true;
    case "times":
      draft.times = Number(text);
      return true;
    case "calls":
      draft.on.calls = readCalls(text);
      return true;
    case "every":
      draft.on.calls = { every: Number(text) };
      return true;
    case "stream":
      draft.on.stream = text;
      return true;
    case "shard":
      draft.on.shardId = text;
      return true;
    case "key":
      draft.on.partitionKey = text;
      return true;
    default:
      return false;
  }
}

/** `3`, `1,4,9`, `5..9` or `5..`. */
function readCalls(text: string): CallNumbers {
  const [from = "", to] = text.split("..");
  if (to !== undefined) return { from: Number(from), ...(to === "" ? {} : { to: Number(to) }) };
  const numbers = text.split(",").map(Number);
  return numbers.length === 1 ? (numbers[0] as number) : numbers;
}
