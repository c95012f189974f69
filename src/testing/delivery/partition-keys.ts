import type { NamedKey } from "./prefix-expression.js";

/** A record whose keys are extracted. */
export interface KeyedRecord {
  /** As it will be in the file, without a delimiter. */
  readonly data: Uint8Array;
  /** The partition key in the stream. */
  readonly partitionKey: string;
  readonly approximateArrivalTimestamp: Date;
}

/**
 * Finds the value of a partition key in a record: a path as in jq, `.customer_id` or `.type.device`, or a function of the
 * parsed JSON, in place of other expressions of jq.
 */
export type PartitionQuery = string | ((json: unknown, record: KeyedRecord) => unknown);

/** A path as in jq: names with dots before them. */
const PATH = /^(\.[A-Za-z_][A-Za-z0-9_]*)+$/;

/** Why the keys of a record cannot be used. */
export interface KeyProblem {
  readonly problem: string;
}

/** Whether a query is a function, or a path that is understood. */
export function isPartitionQuery(query: unknown): query is PartitionQuery {
  return typeof query === "function" || (typeof query === "string" && PATH.test(query));
}

/**
 * The values of the keys that a prefix names, in its order; or why there are none.
 *
 * @param fromLambda - `metadata.partitionKeys` of the transform's result
 */
export function partitionKeysOf(
  keys: readonly NamedKey[],
  record: KeyedRecord,
  queries: Readonly<Record<string, PartitionQuery>>,
  fromLambda: Readonly<Record<string, unknown>>,
): readonly string[] | KeyProblem {
  const values: string[] = [];
  let json: unknown;
  let isParsed = false;
  for (const { source, name } of keys) {
    if (source === "partitionKeyFromQuery" && !isParsed) {
      try {
        json = JSON.parse(Buffer.from(record.data).toString());
        isParsed = true;
      } catch {
        return { problem: "Non JSON record provided" };
      }
    }
    const value = source === "partitionKeyFromLambda" ? own(fromLambda, name) : found(queries[name], json, record);
    const text = textOf(value);
    if (text === undefined) return { problem: `partitionKeys values must not be null or empty: ${name}` };
    values.push(text);
  }
  return values;
}

function found(query: PartitionQuery | undefined, json: unknown, record: KeyedRecord): unknown {
  if (typeof query === "function") {
    try {
      return query(json, record);
    } catch {
      return undefined;
    }
  }
  let value = json;
  for (const name of query?.slice(1).split(".") ?? []) value = own(value, name);
  return value;
}

function own(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Scalars as text; undefined for what is no key. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
