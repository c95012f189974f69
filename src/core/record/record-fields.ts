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

/** Names of fields in Kafka's clients and other wrappers. */
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
 * The message about the first own property that is not a field of a record; undefined when all are fields. Only names
 * are checked, no property is read. Inherited, symbol and non-enumerable properties are ignored: they are no mistakes.
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
