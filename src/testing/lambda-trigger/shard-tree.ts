import type { ListedShard } from "./stream-source.js";

interface Node {
  readonly parentShardIds: readonly string[];
  state: "waiting" | "taken" | "finished";
}

/**
 * The shards of a trigger, and their order: a shard is ready when its parents are finished. Parents that were never
 * added are before the starting position. Pure.
 */
export class ShardTree {
  readonly #nodes = new Map<string, Node>();

  /** Adds shards; known ones are unchanged. */
  add(shards: readonly ListedShard[]): void {
    for (const { shardId, parentShardIds } of shards) {
      if (!this.#nodes.has(shardId)) this.#nodes.set(shardId, { parentShardIds, state: "waiting" });
    }
  }

  /** Adds the listed shards that descend from known ones, over any number of generations. */
  addDescendants(listed: readonly ListedShard[]): void {
    let before: number;
    do {
      before = this.#nodes.size;
      this.add(listed.filter(({ parentShardIds }) => parentShardIds.some((id) => this.#nodes.has(id))));
    } while (this.#nodes.size > before);
  }

  /** Ids of the shards that may be read now; each is returned once. */
  takeReady(): string[] {
    const ready = [...this.#nodes].filter(
      ([, { state, parentShardIds }]) =>
        state === "waiting" && parentShardIds.every((id) => (this.#nodes.get(id)?.state ?? "finished") === "finished"),
    );
    for (const [, node] of ready) node.state = "taken";
    return ready.map(([shardId]) => shardId);
  }

  /** All records of the shard are settled. */
  finish(shardId: string): void {
    const node = this.#nodes.get(shardId);
    if (node !== undefined) node.state = "finished";
  }
}
