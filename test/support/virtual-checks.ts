import assert from "node:assert/strict";

import type { KinesisRecord } from "../../src/core/ports.js";
import { deaggregate } from "../../src/deaggregate/index.js";
import type { Attempt } from "../../src/record.js";
import type { VirtualShard } from "./virtual-kinesis.js";

/** Fails the schedule unless the claim holds. The message is built only then: schedules run by the million. */
export function claim(holds: boolean, problem: () => string): asserts holds {
  if (!holds) assert.fail(problem());
}

/** The id in a record's data: the text before the colon. */
export function idIn(data: Uint8Array): string {
  const text = Buffer.from(data).toString();
  return text.slice(0, text.indexOf(":"));
}

/** Keys, tags and data of a record as one text, for comparison. */
export function contentOf({ partitionKey, explicitHashKey, tags, data }: ContentParts): string {
  const told = tags === undefined ? "" : JSON.stringify(tags);
  return `${partitionKey} ${explicitHashKey} ${told} ${typeof data === "string" ? data : Buffer.from(data)}`;
}

interface ContentParts {
  readonly partitionKey?: string | undefined;
  readonly explicitHashKey?: string | bigint | undefined;
  readonly data: string | Uint8Array;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** The ids of the user records in an entry. */
export function idsIn({ partitionKey, data }: KinesisRecord): string[] {
  return Array.from(deaggregate({ data, ...(partitionKey === undefined ? {} : { partitionKey }) }), (user) =>
    idIn(user.data),
  );
}

/** Whether an entry is an aggregate only because its single record has tags or an id. */
export function isWrappedForTags({ data }: KinesisRecord): boolean {
  const [first, ...others] = deaggregate({ data });
  return others.length === 0 && (first?.tags !== undefined || first?.recordId !== undefined);
}

const MAY_HAVE_STORED: ReadonlySet<string | undefined> = new Set(["ECONNRESET", "InternalFailure", "WrongShard"]);

/** Whether the attempt failed, although a copy may be stored. */
export function mayHaveStored({ errorCode }: Attempt): boolean {
  return MAY_HAVE_STORED.has(errorCode);
}

/** The view of readers that read the stream from its beginning. */
export class Readers {
  readonly #seen: Map<string, string[]> = new Map();
  readonly #copies: Map<string, number> = new Map();
  readonly #firstSeen: Map<string, number> = new Map();
  /** Every stored copy. */
  readonly stored: { readonly id: string; readonly content: string; readonly recordId: string | undefined }[] = [];

  constructor(shards: readonly VirtualShard[]) {
    for (const shard of shards) {
      const shardRange = { startingHashKey: String(shard.first), endingHashKey: String(shard.last) };
      for (const { entry, sequenceNumber } of shard.stored) {
        const { data, partitionKey = "" } = entry;
        for (const user of deaggregate({ data, partitionKey })) {
          const id = idIn(user.data);
          this.#copies.set(id, (this.#copies.get(id) ?? 0) + 1);
          const keys = user.aggregated ? user : entry;
          const { data: bytes, tags, recordId } = user;
          this.stored.push({ id, content: contentOf({ ...keys, data: bytes, tags }), recordId });
        }
        for (const user of deaggregate({ data, partitionKey }, { shardRange, onDropped: () => undefined })) {
          const id = idIn(user.data);
          const places = this.#seen.get(id) ?? [];
          if (places.length === 0) this.#firstSeen.set(id, this.#firstSeen.size);
          places.push(`${shard.shardId} ${sequenceNumber} ${user.subSequenceNumber}`);
          this.#seen.set(id, places);
        }
      }
    }
  }

  /** The shards where a reader with the KCL's filter finds the record. */
  seenBy(id: string): readonly string[] {
    return this.#seen.get(id) ?? [];
  }

  /** Its place in the order in which such a reader meets records. Parents come before their children. */
  firstSeen(id: string): number {
    return this.#firstSeen.get(id) ?? Number.POSITIVE_INFINITY;
  }

  /** Number of stored copies, including those that such a reader drops. */
  copiesOf(id: string): number {
    return this.#copies.get(id) ?? 0;
  }
}

/**
 * Whether the records that arrive at a shard keep to its rate: at most the capacity, the rate, and one record of debt.
 */
export class PaceCheck {
  readonly #perMs: readonly [records: number, bytes: number];
  readonly #capacity: readonly [records: number, bytes: number];
  #tokens: [records: number, bytes: number];
  #at: number;

  constructor(recordsPerSecond: number, bytesPerSecond: number, now: number) {
    this.#perMs = [recordsPerSecond / 1_000, bytesPerSecond / 1_000];
    this.#capacity = [Math.max(1, recordsPerSecond), bytesPerSecond];
    this.#tokens = [...this.#capacity];
    this.#at = now;
  }

  /** Notes an arrival. Returns the problem with it, if any. */
  problemWith({ partitionKey = "", data }: KinesisRecord, now: number): string | undefined {
    const costs = [1, data.length + Buffer.byteLength(partitionKey)];
    let problem: string | undefined;
    for (const i of [0, 1] as const) {
      const tokens = Math.min(this.#capacity[i], this.#tokens[i] + (now - this.#at) * this.#perMs[i]);
      const cost = costs[i] as number;
      if (tokens < Math.min(cost, this.#capacity[i]) - 1e-6)
        problem = `${i === 0 ? "records" : "bytes"}: ${tokens} left`;
      this.#tokens[i] = tokens - cost;
    }
    this.#at = now;
    return problem;
  }
}
