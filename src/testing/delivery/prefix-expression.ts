import { PatternProblem, timestampPattern } from "./timestamp-pattern.js";

/** Characters of a prefix when it is evaluated. Source: "Custom prefixes for Amazon S3 objects", Data Firehose Developer Guide. */
export const MAX_PREFIX_CHARACTERS = 512;

/** Characters of `!{firehose:random-string}`. Same source. */
const RANDOM_CHARACTERS = 11;

/** Where the value of a partition key comes from. */
export type KeySource = "partitionKeyFromQuery" | "partitionKeyFromLambda";

/** A partition key that a prefix names. */
export interface NamedKey {
  readonly source: KeySource;
  readonly name: string;
}

/** The facts that a prefix is evaluated with. */
export interface PrefixFacts {
  /** The arrival of the oldest record in the file. */
  readonly oldestArrival: Date;
  /** The values of the partition keys, in the order of {@link PrefixExpression.keys}. */
  readonly keyValues: readonly string[];
  readonly errorOutputType: string;
  /** From 0 to 1; each `!{firehose:random-string}` takes its own. */
  readonly random: () => number;
}

/** A prefix with expressions, parsed. */
export interface PrefixExpression {
  /** Whether it has an expression of any namespace. */
  readonly hasExpressions: boolean;
  readonly hasTimestamp: boolean;
  readonly hasErrorOutputType: boolean;
  /** The partition keys, in the order in which they appear. */
  readonly keys: readonly NamedKey[];
  evaluate(facts: PrefixFacts): string;
}

type Piece = (facts: PrefixFacts) => string;

/**
 * Parses a prefix: text with expressions `!{namespace:value}`.
 *
 * @param option - the name of the option, for messages
 * @throws RangeError that names the option and the part that is wrong
 */
export function parsePrefix(option: string, text: string): PrefixExpression {
  const pieces: Piece[] = [];
  const keys: NamedKey[] = [];
  const values = new Set<string>();
  let literalFrom = 0;
  for (let at = text.indexOf("!{"); at !== -1; at = text.indexOf("!{", literalFrom)) {
    const literal = text.slice(literalFrom, at);
    const { namespace, value, whole } = expressionAt(option, text, at);
    pieces.push(() => literal, pieceFor(option, namespace, value, keys));
    values.add(namespace === "firehose" ? value : namespace);
    literalFrom = at + whole.length;
  }
  const rest = text.slice(literalFrom);
  pieces.push(() => rest);
  return {
    hasExpressions: values.size > 0,
    hasTimestamp: values.has("timestamp"),
    hasErrorOutputType: values.has("error-output-type"),
    keys,
    evaluate: (facts) => pieces.map((piece) => piece(facts)).join(""),
  };
}

interface Expression {
  readonly namespace: string;
  readonly value: string;
  readonly whole: string;
}

function expressionAt(option: string, text: string, at: number): Expression {
  const [whole, namespace, value] = /^!\{([^:{}]*):([^{}]*)\}/.exec(text.slice(at)) ?? [];
  if (whole === undefined || namespace === undefined || value === undefined) {
    throw new RangeError(`${option} has !{ that begins no !{namespace:value}: ${text.slice(at, at + 40)}`);
  }
  return { whole, namespace, value };
}

function pieceFor(option: string, namespace: string, value: string, keys: NamedKey[]): Piece {
  if (namespace === "timestamp") return timestampPiece(option, value);
  if (namespace === "firehose") return firehosePiece(option, value);
  if (namespace === "partitionKeyFromQuery" || namespace === "partitionKeyFromLambda") {
    if (value === "") throw new RangeError(`${option} has !{${namespace}:} without the name of a key`);
    const index = keys.push({ source: namespace, name: value }) - 1;
    return ({ keyValues }) => keyValues[index] ?? "";
  }
  throw new RangeError(
    `${option} has the namespace ${namespace}: known are timestamp, firehose, partitionKeyFromQuery, partitionKeyFromLambda`,
  );
}

function timestampPiece(option: string, pattern: string): Piece {
  try {
    const format = timestampPattern(pattern);
    return ({ oldestArrival }) => format(oldestArrival);
  } catch (error) {
    if (!(error instanceof PatternProblem)) throw error;
    throw new RangeError(`${option}: !{timestamp:${pattern}} ${error.message}`);
  }
}

function firehosePiece(option: string, value: string): Piece {
  if (value === "error-output-type") return ({ errorOutputType }) => errorOutputType;
  if (value === "random-string") return ({ random }) => randomString(random);
  throw new RangeError(`${option} has !{firehose:${value}}: known are error-output-type and random-string`);
}

/** Firehose takes the first characters of a UUID; hexadecimal digits are as good. */
function randomString(random: () => number): string {
  return Array.from({ length: RANDOM_CHARACTERS }, () => Math.floor(random() * 16).toString(16)).join("");
}
