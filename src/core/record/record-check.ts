import { MAX_PARTITION_KEY_LENGTH } from "../../quotas.js";
import type { Propagate, UserRecord } from "../../record.js";
import { AGGREGATE_PARTITION_KEY } from "../../wire/aggregated-record.js";
import { BYTES_GONE, byteLengthOf } from "../../wire/caller-bytes.js";
import { AggregateEncoder, type EncodableRecord } from "../../wire/encode/aggregate-encoder.js";
import { KeyHasher, NO_KEY } from "../../wire/md5/key-hasher.js";
import { show } from "../../wording/shown-value.js";
import { parseHashKey } from "../shards/hash-key.js";
import { bufferedBytes, PlacedRecord } from "./placed-record.js";
import { strayField } from "./record-fields.js";
import type { RecordIds } from "./record-ids.js";
import { HookFailure, invalid, type RecordProblem } from "./record-problem.js";
import { Serializer } from "./serializer.js";
import { checkTags } from "./tags-check.js";

export type { RecordProblem } from "./record-problem.js";

/**
 * Only the first N records are checked for unknown fields: enough for all records of a test, and for every code path
 * that a program uses when it starts. A check of each record would cost 5 to 8 ns, 1 % of the CPU of an enqueued
 * record. Records without key, and refused ones, are always checked, because a misspelt field has these effects.
 */
const LOOKED_AT = 1_000;

/** Checks records against the service's rules, one at a time, before any part of them is kept. Rule 1. */
export class RecordChecker {
  /**
   * The latest record with its sizes and canonical keys. One object for all records: later stages copy what they keep,
   * so that no object is allocated per record.
   */
  readonly checked: PlacedRecord = new PlacedRecord();
  /** The stream that the latest record names, unchecked. */
  streamName: unknown = undefined;
  /** Remembers the keys of earlier records. */
  readonly #keys: KeyHasher;
  readonly #ids: RecordIds | undefined;
  readonly #propagate: Propagate | undefined;
  /** Undefined: the records have data. */
  readonly #serializer: Serializer | undefined;
  /** Whether every record gets tags. */
  readonly #addsTags: boolean;
  #isPropagating = false;
  #toLookAt: number = LOOKED_AT;

  /**
   * @param ids - makes the ids of records that have none; without it, such records get no id
   * @param propagate - the caller's code that makes further tags
   * @param serialize - the caller's code that makes the data of a record from its value
   * @param keys - remembers keys, for several checkers
   */
  constructor(
    ids?: RecordIds,
    propagate?: Propagate,
    serialize?: (value: never) => unknown,
    keys: KeyHasher = new KeyHasher(),
  ) {
    this.#keys = keys;
    this.#ids = ids;
    this.#propagate = propagate;
    this.#serializer = serialize === undefined ? undefined : new Serializer(serialize);
    this.#addsTags = ids !== undefined || propagate !== undefined;
  }

  /**
   * Checks a record into {@link checked}. Reads each property once. The caller's code that runs meanwhile, a getter or
   * a Proxy, may hand over other records. If it throws, only this record is refused.
   *
   * @returns the problem, or undefined when the record is good
   */
  check(record: UserRecord): RecordProblem | undefined {
    try {
      return this.#check(record);
    } catch (thrown) {
      this.streamName = undefined;
      return thrown instanceof HookFailure ? thrown.problem : unreadable(thrown);
    }
  }

  #check(record: UserRecord): RecordProblem | undefined {
    if (typeof record !== "object" || record === null) {
      this.streamName = undefined;
      return notARecord(record);
    }
    const { partitionKey, explicitHashKey, data: given, tags, recordId, streamName } = record;
    const isTagged = tags !== undefined || recordId !== undefined || this.#addsTags;
    const tagBytes = isTagged ? this.#tagsOf(record, { tags, recordId } as UserRecord) : undefined;
    const data = this.#serializer === undefined ? given : this.#serializer.dataOf(given);
    const stray = partitionKey === undefined || this.#toLookAt > 0 ? this.#strayField(record) : undefined;
    // From here on no code of the caller runs, except for a refused record. It could overwrite these fields with another record.
    const into = this.checked;
    if (this.streamName !== streamName) this.streamName = streamName;
    if (stray !== undefined) return invalid(stray);
    if (typeof partitionKey === "string" && isKeyLength(partitionKey.length)) into.key = this.#keys.of(partitionKey);
    else if (partitionKey === undefined) into.key = NO_KEY;
    else return this.#explained(badKey(partitionKey), record, streamName);
    into.explicitHashKey = undefined;
    if (explicitHashKey !== undefined) {
      into.explicitHashKey = canonicalHashKey(explicitHashKey);
      if (into.explicitHashKey === undefined) return this.#explained(badHashKey(explicitHashKey), record, streamName);
    }
    const dataBytes = typeof data === "string" ? Buffer.byteLength(data) : byteLengthOf(data);
    if (dataBytes < 0) return this.#explained(badData(data, dataBytes), record, streamName);
    into.data = data;
    into.dataBytes = dataBytes;
    if (typeof tagBytes === "string") return this.#explained(invalid(tagBytes), record, streamName);
    if (into.tags !== tagBytes) into.tags = tagBytes;
    into.bufferedBytes = bufferedBytes(into);
    return undefined;
  }

  #tagsOf(record: UserRecord, own: UserRecord): string | Uint8Array | undefined {
    return checkTags(own, this.#ids, this.#propagate === undefined ? undefined : this.#propagated(record));
  }

  /** The result of the caller's hook, unchecked. A record that the hook itself hands over is refused: it would recurse. */
  #propagated(record: UserRecord): unknown {
    if (this.#isPropagating) throw new HookFailure(invalid("the record was handed over within propagate()"));
    this.#isPropagating = true;
    const propagate = this.#propagate;
    try {
      return propagate?.(record);
    } catch (cause) {
      throw new HookFailure({ ...invalid("propagate() threw, so the record has no tags to send"), cause });
    } finally {
      this.#isPropagating = false;
    }
  }

  /** Adds a hint: a missing field may be present under another name. */
  #explained(problem: RecordProblem, record: object, streamName: unknown): RecordProblem {
    const stray = strayField(record);
    // A Proxy may have had another record checked meanwhile.
    this.streamName = streamName;
    return stray === undefined ? problem : { ...problem, message: `${problem.message}; ${stray}` };
  }

  #strayField(record: object): string | undefined {
    if (this.#toLookAt > 0) this.#toLookAt--;
    return strayField(record);
  }
}

// Every refusal is a separate function: V8 inlines only small functions (decisions/0038).

function isKeyLength(length: number): boolean {
  return length >= 1 && length <= MAX_PARTITION_KEY_LENGTH;
}

function notARecord(record: unknown): RecordProblem {
  return invalid(`a record must be an object with partitionKey and data, got ${show(record)}`);
}

function badKey(key: unknown): RecordProblem {
  if (typeof key !== "string") return invalid(`partitionKey must be a string, got ${show(key)}`);
  return invalid(`partitionKey must have 1 to ${MAX_PARTITION_KEY_LENGTH} UTF-16 code units, got ${key.length}`);
}

function badHashKey(hashKey: unknown): RecordProblem {
  return invalid(
    `explicitHashKey must be a decimal number from 0 to 2^128-1 without leading zeros, got ${show(hashKey)}`,
  );
}

function badData(data: unknown, why: number): RecordProblem {
  if (why === BYTES_GONE)
    return invalid("data has lost its memory: its buffer was transferred, or made smaller than it");
  return invalid(`data must be a Uint8Array or a string, got ${show(data)}`);
}

function unreadable(thrown: unknown): RecordProblem {
  return { ...invalid("the record cannot be read: a property of it, or of its tags, throws"), cause: thrown };
}

/** Decimal; undefined when it is not a hash key. */
function canonicalHashKey(hashKey: unknown): string | undefined {
  if (typeof hashKey !== "string" && typeof hashKey !== "bigint") return undefined;
  const parsed = parseHashKey(hashKey);
  if (parsed === undefined) return undefined;
  return typeof hashKey === "string" ? hashKey : parsed.toString();
}

/** Why the stream cannot take a record of this size; undefined when it can. */
export function sizeProblem(record: EncodableRecord, maxRecordBytes: number): RecordProblem | undefined {
  const { key, dataBytes, tags } = record;
  if (tags !== undefined) return wrappedSizeProblem(record, tags.length, maxRecordBytes);
  return key.bytes + dataBytes <= maxRecordBytes ? undefined : tooLarge(record, maxRecordBytes);
}

function tooLarge({ key, dataBytes }: EncodableRecord, maxRecordBytes: number): RecordProblem {
  const size = `${key.bytes + dataBytes} bytes (partition key ${key.bytes}, data ${dataBytes})`;
  return { code: "KP_RECORD_TOO_LARGE", message: `the record has ${size}; the stream takes at most ${maxRecordBytes}` };
}

/** Tags need the envelope, even for a record that goes alone: then the envelope counts too. */
function wrappedSizeProblem(
  record: EncodableRecord,
  tagBytes: number,
  maxRecordBytes: number,
): RecordProblem | undefined {
  const bytes = AggregateEncoder.sizeAlone(record) + AGGREGATE_PARTITION_KEY.length;
  if (bytes <= maxRecordBytes) return undefined;
  const parts = `partition key ${record.key.bytes}, data ${record.dataBytes}, tags ${tagBytes}, and the envelope that tags need`;
  const message = `the record has ${bytes} bytes (${parts}); the stream takes at most ${maxRecordBytes}`;
  return { code: "KP_RECORD_TOO_LARGE", message };
}

/** A record without key on a stream that needs one. */
export const KEY_MISSING: RecordProblem = {
  code: "KP_INVALID_RECORD",
  message:
    "partitionKey must be a string, got undefined; it may be absent only on a stream with record distribution AUTO",
};
