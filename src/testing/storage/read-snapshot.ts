import { MAX_HASH_KEY } from "../../quotas.js";
import { readInput } from "../input/read-input.js";
import type { Commitment } from "../kinesis-model/account-settings.js";
import type { ChannelConfiguration, ChannelSnapshot } from "../kinesis-model/channel-registry.js";
import type { ConsumerSnapshot } from "../kinesis-model/consumer-registry.js";
import type { ModelSnapshot, ShardClosure, ShardSnapshot, StreamSnapshot } from "../kinesis-model/model-snapshot.js";
import type { LabelsSnapshot } from "../kinesis-model/resource-labels.js";
import { isSequenceNumber } from "../kinesis-model/sequence-number.js";
import type { StreamFeatures } from "../kinesis-model/stream-features.js";
import { resolveStreamSettings } from "../kinesis-model/stream-settings.js";
import { Fields } from "./fields.js";

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
    channels: fields.optionalList("channels", readChannel),
    ...(fields.has("commitment") ? { commitment: readCommitment(fields.fields("commitment")) } : {}),
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
    ...readLabels(fields),
    tags: fields.list("tags", readTag),
    ...(fields.has("features") ? { features: readFeatures(fields.fields("features")) } : {}),
    consumers: fields.list("consumers", readConsumer),
    shards,
  };
}

function readTag(value: unknown, path: string): readonly [string, string] {
  const isPair = Array.isArray(value) && value.length === 2 && value.every((each) => typeof each === "string");
  if (!isPair) throw new TypeError(`${path} is no pair of texts`);
  return value as [string, string];
}

function readLabels(fields: Fields): LabelsSnapshot {
  const policy = fields.optionalText("policy");
  return { tags: fields.optionalList("tags", readTag), ...(policy === undefined ? {} : { policy }) };
}

function readFeatures(fields: Fields): StreamFeatures {
  return {
    keyId: fields.optionalText("keyId"),
    shardLevelMetrics: fields.list("shardLevelMetrics", readText),
    warmThroughputMiBps: fields.optionalNumber("warmThroughputMiBps"),
  };
}

function readText(value: unknown, path: string): string {
  if (typeof value !== "string") throw new TypeError(`${path} is no text`);
  return value;
}

/** Its configuration keeps the constraints of the operation that made it. */
function readChannel(value: unknown, path: string): ChannelSnapshot {
  const fields = new Fields(value, path);
  const name = fields.text("name");
  const { configuration } = value as { readonly configuration?: object };
  const input = readInput("CreateChannel", { ...configuration, ChannelName: name }) as { readonly ChannelName: string };
  const { ChannelName: _, ...read } = input;
  return {
    ...{ name, id: fields.text("id"), createdAt: fields.number("createdAt") },
    configuration: read as unknown as ChannelConfiguration,
    ...readLabels(fields),
  };
}

function readCommitment(fields: Fields): Commitment {
  const endsAt = fields.optionalNumber("endsAt");
  return { startedAt: fields.number("startedAt"), ...(endsAt === undefined ? {} : { endsAt }) };
}

function readConsumer(value: unknown, path: string): ConsumerSnapshot {
  const fields = new Fields(value, path);
  return {
    name: fields.text("name"),
    arn: fields.text("arn"),
    createdAt: fields.number("createdAt"),
    activeAt: fields.number("activeAt"),
    ...readLabels(fields),
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
