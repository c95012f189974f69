import { type HashWords, hashPartitionKey, newHashWords, writeHashWords } from "../../core/shards/hash-key.js";
import { ShardMap } from "../../core/shards/shard-map.js";
import { MAX_HASH_KEY, MAX_PARTITION_KEY_LENGTH, MAX_REQUEST_BYTES } from "../../quotas.js";
import type { LocalAnswer } from "../http/local-answer.js";
import type { Protocol } from "../http/wire-protocol.js";
import { keepsShape } from "../input/read-input.js";
import type { KinesisModel } from "../kinesis-model/kinesis-model.js";
import { ServiceError } from "../kinesis-model/service-error.js";
import type { Shard } from "../kinesis-model/shard.js";
import type { StreamModel } from "../kinesis-model/stream-model.js";
import { findStream } from "../operations/named-stream.js";
import type { CountedEntry, EntryRefusal } from "../operations/operation.js";
import { CborPutsReader } from "./cbor-puts-reader.js";
import { JsonPutsReader } from "./json-puts-reader.js";
import { PutsAnswer } from "./puts-answer.js";
import { type ScannedEntry, type ScannedPuts, scanPuts } from "./scanned-puts.js";

/** Limits and counters; used only for requests that are valid as a whole. */
export interface CountingGuard {
  /** @throws ServiceError when the operation was called too often */
  beforeCall(): void;
  admit(entry: CountedEntry, now: number): EntryRefusal | undefined;
}

/** A valid request. */
interface CheckedPuts {
  readonly stream: StreamModel;
  readonly entries: readonly ScannedEntry[];
}

/**
 * PutRecords for streams that keep no records: the body is scanned, not parsed; the data is measured, not decoded; each
 * entry is counted in its shard. Answers are those of the operation, byte for byte. It handles valid requests in their
 * usual form. The operation handles all others, so every refusal is written once.
 *
 * For speed, keys are hashed and routed by the producer's code. The model has its own way (`hash-position`); a property
 * test compares the two.
 */
export class PutCounter {
  /** By the array of open shards: each reshard makes a new array. */
  readonly #maps = new WeakMap<readonly Shard[], ShardMap>();
  readonly #hash: HashWords = newHashWords();

  /** @returns undefined, without any change, for a request that the operation must handle */
  count(
    body: Buffer,
    protocol: Protocol,
    scope: { readonly model: KinesisModel; readonly now: number; readonly guard: CountingGuard },
  ): LocalAnswer | undefined {
    const { model, now, guard } = scope;
    const scanned = scanPuts(protocol === "json" ? new JsonPutsReader(body) : new CborPutsReader(body));
    const puts = scanned === undefined ? undefined : checkPuts(scanned, model);
    if (puts === undefined) return undefined;
    guard.beforeCall();
    const { stream, entries } = puts;
    const answer = new PutsAnswer(protocol, entries.length);
    for (const entry of entries) {
      const shard = this.#route(stream, entry);
      const refusal = guard.admit({ stream, shard, countedBytes: entry.keyBytes + entry.dataBytes }, now);
      if (refusal === undefined) answer.stored(shard.shardId, stream.count(shard, entry.dataBytes, now));
      else answer.refused(refusal);
    }
    return { statusCode: 200, body: answer.bytes() };
  }

  #route(stream: StreamModel, { partitionKey, explicitHashKey }: ScannedEntry): Shard {
    if (isAuto(stream)) return stream.routeInTurn();
    if (explicitHashKey !== undefined) writeHashWords(BigInt(explicitHashKey), this.#hash);
    else hashPartitionKey(partitionKey ?? "", this.#hash);
    const { openShards } = stream;
    return openShards[this.#mapOf(openShards).predict(this.#hash)] as Shard;
  }

  #mapOf(openShards: readonly Shard[]): ShardMap {
    let map = this.#maps.get(openShards);
    if (map === undefined) {
      const made = ShardMap.from(openShards.map((shard) => shard.describe()));
      if (!(made instanceof ShardMap)) throw new Error(`the open shards are no map: ${made.reason}`);
      map = made;
      this.#maps.set(openShards, map);
    }
    return map;
  }
}

function isAuto({ settings }: StreamModel): boolean {
  return settings.recordDistribution === "AUTO";
}

/** The request, or undefined when it is not valid. */
function checkPuts({ streamName, streamArn, entries }: ScannedPuts, model: KinesisModel): CheckedPuts | undefined {
  const stream = usableStream(streamName, streamArn, model);
  // The answers about an encrypted stream say so: the operation writes them.
  if (stream?.encryptionType !== undefined) return undefined;
  if (stream === undefined || entries.length === 0) return undefined;
  const { maxRecordBytes } = stream.settings;
  let bytes = 0;
  for (const { partitionKey, keyBytes, explicitHashKey, dataBytes } of entries) {
    if (partitionKey === undefined) {
      if (!isAuto(stream)) return undefined;
    } else if (partitionKey.length < 1 || partitionKey.length > MAX_PARTITION_KEY_LENGTH) return undefined;
    if (explicitHashKey !== undefined && !isHashKey(explicitHashKey)) return undefined;
    if (keyBytes + dataBytes > maxRecordBytes) return undefined;
    bytes += keyBytes + dataBytes;
  }
  return bytes > MAX_REQUEST_BYTES ? undefined : { stream, entries };
}

function isHashKey(text: string): boolean {
  return keepsShape("HashKey", text) && BigInt(text) <= MAX_HASH_KEY;
}

function usableStream(
  streamName: string | undefined,
  streamArn: string | undefined,
  model: KinesisModel,
): StreamModel | undefined {
  if (streamName !== undefined && !keepsShape("StreamName", streamName)) return undefined;
  if (streamArn !== undefined && !keepsShape("StreamARN", streamArn)) return undefined;
  try {
    const names = {
      ...(streamName === undefined ? {} : { StreamName: streamName }),
      ...(streamArn === undefined ? {} : { StreamARN: streamArn }),
    };
    return model.usable(findStream(names, model));
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}
