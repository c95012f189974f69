/** A shard and its parents. */
export interface RelatedShard {
  readonly shardId: string;
  /** Empty, one parent, or two after a merge. */
  readonly parentShardIds: readonly string[];
}

interface Member<Shard> {
  readonly shard: Shard;
  state: "waiting" | "reading" | "read";
}

/**
 * The shards to read, and their order. A shard may be read when all its parents that are members have been read to
 * their end. Parents that are not members are not to be read, or their records have expired.
 */
export class ShardFamily<Shard extends RelatedShard> {
  readonly #members = new Map<string, Member<Shard>>();

  has(shardId: string): boolean {
    return this.#members.has(shardId);
  }

  /** Adds shards. Existing members are unchanged. */
  add(shards: Iterable<Shard>): void {
    for (const shard of shards) {
      if (!this.has(shard.shardId)) this.#members.set(shard.shardId, { shard, state: "waiting" });
    }
  }

  /** Adds the shards that descend from a member, over any number of generations. */
  addDescendants(shards: readonly Shard[]): void {
    let before: number;
    do {
      before = this.#members.size;
      this.add(shards.filter(({ parentShardIds }) => parentShardIds.some((id) => this.has(id))));
    } while (this.#members.size > before);
  }

  /** The shards that may be read now; each is returned once. */
  takeReady(): Shard[] {
    const ready = [...this.#members.values()].filter((member) => this.#isReady(member));
    for (const member of ready) member.state = "reading";
    return ready.map(({ shard }) => shard);
  }

  /** The shard has been read to its end, and its children are members. */
  markRead(shardId: string): void {
    const member = this.#members.get(shardId);
    if (member !== undefined) member.state = "read";
  }

  #isReady({ shard, state }: Member<Shard>): boolean {
    if (state !== "waiting") return false;
    return shard.parentShardIds.every((id) => (this.#members.get(id)?.state ?? "read") === "read");
  }
}
