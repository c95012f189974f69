import type { UserRecord } from "../../record.js";
import { didYouMean } from "../../wording/nearest-name.js";

const FIELDS: readonly (keyof UserRecord)[] = [
  "partitionKey",
  "explicitHashKey",
  "data",
  "tags",
  "recordId",
  "streamName",
];

/** What Kafka's clients and other wrappers call a field. */
const ALIASES: Readonly<Record<string, keyof UserRecord>> = {
  key: "partitionKey",
  hashKey: "explicitHashKey",
  value: "data",
  payload: "data",
  body: "data",
  headers: "tags",
  attributes: "tags",
  id: "recordId",
  messageId: "recordId",
  stream: "streamName",
  topic: "streamName",
};

/**
 * The complaint about the first property of the record's own that no record has; undefined when there is none. Only names are
 * looked at, no property is read. Whatever is inherited, a symbol, or not enumerable is nobody's mistake.
 */
export function strayField(record: object): string | undefined {
  for (const name in record) {
    if ((FIELDS as readonly string[]).includes(name) || !Object.hasOwn(record, name)) continue;
    const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
    const hint = alias === undefined ? didYouMean(name, FIELDS) : `; its name here is ${alias}`;
    return `a record has no field ${name}${hint}`;
  }
  return undefined;
}
