import { MAX_HASH_KEY } from "../../quotas.js";
import type { StreamConsumer } from "../kinesis-model/consumer-registry.js";
import type { ModelSnapshot, ShardClosure, ShardSnapshot, StreamSnapshot } from "../kinesis-model/model-snapshot.js";
import { isSequenceNumber } from "../kinesis-model/sequence-number.js";
import { resolveStreamSettings } from "../kinesis-model/stream-settings.js";

/** Fields of an object from a file. Each getter throws a TypeError that names the wrong field. */
class Fields {
  readonly #path: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new TypeError(`${path} is no object`);
    this.#values = value as Readonly<Record<string, unknown>>;
    this.#path = path;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  text(name: string, isRight: (text: string) => boolean = () => true): string {
    const value = this.#value(name);
    if (typeof value !== "string" || !isRight(value)) throw this.#wrong(name, value);
    return value;
  }

  number(name: string): number {
    const value = this.#value(name);
    if (typeof value !== "number") throw this.#wrong(name, value);
    return value;
  }

  /** A whole number from 0 on. */
  count(name: string): number {
    const value = this.number(name);
    if (!Number.isSafeInteger(value) || value < 0) throw this.#wrong(name, value);
    return value;
  }

  list<Item>(name: string, read: (item: unknown, path: string) => Item): Item[] {
    const value = this.#value(name);
    if (!Array.isArray(value)) throw this.#wrong(name, value);
    return value.map((item, index) => read(item, `${this.#path}.${name}[${index}]`));
  }

  fields(name: string): Fields {
    return new Fields(this.#value(name), `${this.#path}.${name}`);
  }

  #value(name: string): unknown {
    return this.has(name) ? this.#values[name] : undefined;
  }

  #wrong(name: string, value: unknown): TypeError {
    return new TypeError(`${this.#path}.${name} is ${JSON.stringify(value) ?? "missing"}`);
  }
}

const STATUSES: readonly string[] = ["CREATING", "ACTIVE", "UPDATING", "DELETING"];
const isHashKey = (text: string): boolean => /^\d{1,39}$/.test(text) && BigInt(text) <= MAX_HASH_KEY;
const isStreamName = (text: string): boolean => /^[a-zA-Z0-9_.-]{1,128}$/.test(text);

/**
 * Reads a snapshot from a file.
 *
 * @throws TypeError or RangeError that names the wrong field
 */
export function readSnapshot(value: unknown): ModelSnapshot {
  const fields = new Fields(value, "the snapshot");
  const streams = fields.list("streams", readStream);
  const names = streams.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new RangeError(`it has two streams ${twice}`);
  return {
    region: fields.text("region"),
    accountId: fields.text("accountId"),
    ordinal: fields.count("ordinal"),
    streams,
  };
}

function readStream(value: unknown, path: string): StreamSnapshot {
  const fields = new Fields(value, path);
  const settings = fields.fields("settings");
  const shards = fields.list("shards", readShard);
  checkShards(shards, path);
  return {
    name: fields.text("name", isStreamName),
    createdAt: fields.number("createdAt"),
    generation: fields.count("generation"),
    status: fields.text("status", (text) => STATUSES.includes(text)) as StreamSnapshot["status"],
    settings: resolveStreamSettings({
      shards: settings.number("shards"),
      mode: settings.text("mode", (text) => text === "ON_DEMAND" || text === "PROVISIONED") as "ON_DEMAND",
      maxRecordBytes: settings.number("maxRecordBytes"),
      recordDistribution: settings.text(
        "recordDistribution",
        (text) => text === "AUTO" || text === "USER_PARTITION_KEY",
      ) as "AUTO",
      retentionHours: settings.number("retentionHours"),
    }),
    tags: fields.list("tags", readTag),
    consumers: fields.list("consumers", readConsumer),
    shards,
  };
}

function readTag(value: unknown, path: string): readonly [string, string] {
  const isPair = Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === "string");
  if (!isPair) throw new TypeError(`${path} is no pair of texts`);
  return value as [string, string];
}

function readConsumer(value: unknown, path: string): StreamConsumer {
  const fields = new Fields(value, path);
  return {
    name: fields.text("name"),
    arn: fields.text("arn"),
    createdAt: fields.number("createdAt"),
    activeAt: fields.number("activeAt"),
  };
}

function readShard(value: unknown, path: string): ShardSnapshot {
  const fields = new Fields(value, path);
  const optional = <Name extends string>(name: Name): { readonly [Key in Name]?: string } =>
    (fields.has(name) ? { [name]: fields.text(name) } : {}) as { [Key in Name]?: string };
  return {
    index: fields.count("index"),
    first: fields.text("first", isHashKey),
    last: fields.text("last", isHashKey),
    startingSequenceNumber: fields.text("startingSequenceNumber", isSequenceNumber),
    openedAt: fields.number("openedAt"),
    ...optional("parentShardId"),
    ...optional("adjacentParentShardId"),
    ...(fields.has("closure") ? { closure: readClosure(fields.fields("closure")) } : {}),
  };
}

function readClosure(fields: Fields): ShardClosure {
  return {
    endingSequenceNumber: fields.text("endingSequenceNumber", isSequenceNumber),
    closedAt: fields.number("closedAt"),
  };
}

/** Checks that the numbers have no gap, and that the open shards cover every hash key once. */
function checkShards(shards: readonly ShardSnapshot[], path: string): void {
  shards.forEach(({ index }, at) => {
    if (index !== at) throw new RangeError(`${path}.shards[${at}] has the number ${index}`);
  });
  const open = shards
    .filter(({ closure }) => closure === undefined)
    .map(({ first, last }) => ({ first: BigInt(first), last: BigInt(last) }))
    .sort((a, b) => (a.first < b.first ? -1 : 1));
  let next = 0n;
  for (const { first, last } of open) {
    if (first !== next || last < first)
      throw new RangeError(`${path}.shards do not cover the hash keys from ${next} on`);
    next = last + 1n;
  }
  if (next !== MAX_HASH_KEY + 1n) throw new RangeError(`${path}.shards do not cover the hash keys from ${next} on`);
}
