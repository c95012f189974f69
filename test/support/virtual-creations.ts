/**
 * A stream that is deleted and created again between two events of a schedule, under the same shard ids.
 *
 * @module
 */
import fc from "fast-check";

import type { KinesisRecord } from "../../src/core/ports.js";
import { evenHashRanges, shardIdOf } from "../../src/testing/even-shards.js";
import { ShardNumbering } from "../../src/testing/kinesis-model/sequence-number.js";

/** A shard of a `VirtualKinesis`, open or closed, with everything it took. */
export interface VirtualShard {
  readonly shardId: string;
  readonly first: bigint;
  readonly last: bigint;
  readonly parents: readonly string[];
  /** The creation of the stream that it belongs to, from 0. */
  readonly creation: number;
  readonly numbering: ShardNumbering;
  isOpen: boolean;
  readonly stored: { readonly entry: KinesisRecord; readonly sequenceNumber: string }[];
}

/** The stream is deleted and created again at once, with `shards` shards. Their bounds are moved by `eighths`. */
export interface RecreateStep {
  readonly do: "recreate";
  readonly shards: number;
  readonly eighths: number;
}

export const recreateStep: fc.Arbitrary<RecreateStep> = fc.record({
  do: fc.constant("recreate" as const),
  shards: fc.integer({ min: 1, max: 5 }),
  eighths: fc.constantFrom(0, 0, 3, 5),
});

/** Hash ranges that cover all hash keys: even ranges, whose inner bounds are moved down by eighths of a range. */
export function rangesOf({ shards, eighths }: RecreateStep): { readonly first: bigint; readonly last: bigint }[] {
  const even = evenHashRanges(shards);
  const shift = ((even[0] as { last: bigint }).last / 8n) * BigInt(eighths);
  return even.map(({ first, last }, i) => ({
    first: i === 0 ? first : first - shift,
    last: i === shards - 1 ? last : last - shift,
  }));
}

/** The beginning of a shard: its number in its creation of the stream, and its time of creation. */
export interface ShardStart {
  readonly first: bigint;
  readonly last: bigint;
  readonly parents: readonly string[];
  readonly epochMs: number;
}

/**
 * Every creation of a stream. The second of a shard's creation is later than those of its parents. It is also later
 * than those of all earlier creations, because the service needs longer than a second to delete a stream.
 */
export class VirtualCreations {
  readonly #creations: VirtualShard[][] = [[]];

  /** The shards of the present stream. */
  get shards(): VirtualShard[] {
    return this.#creations.at(-1) as VirtualShard[];
  }

  /** The shards of every creation, the oldest first. */
  get everyShard(): VirtualShard[] {
    return this.#creations.flat();
  }

  /** The shards that were created with this one. */
  siblingsOf(shard: VirtualShard): readonly VirtualShard[] {
    return this.#creations[shard.creation] as VirtualShard[];
  }

  begin(): void {
    this.#creations.push([]);
  }

  open({ first, last, parents, epochMs }: ShardStart): void {
    const { shards } = this;
    const index = shards.length;
    const earlier = parents.length > 0 ? shards.filter(({ shardId }) => parents.includes(shardId)) : this.#before();
    const earliest = earlier.map(({ numbering }) => numbering.createdSecond + 1);
    // A shard with a higher number was created later.
    const youngest = shards.at(-1)?.numbering.createdSecond ?? 0;
    const second = Math.max(Math.floor(epochMs / 1_000), youngest, ...earliest);
    const numbering = new ShardNumbering(second, index);
    const creation = this.#creations.length - 1;
    shards.push({ shardId: shardIdOf(index), first, last, parents, creation, numbering, isOpen: true, stored: [] });
  }

  /** The shards of earlier creations. */
  #before(): VirtualShard[] {
    return this.#creations.slice(0, -1).flat();
  }
}
