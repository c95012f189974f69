import { StreamCondition } from "../../core/condition/stream-condition.js";
import type { ShardMap } from "../../core/shards/shard-map.js";
import type { Announcer } from "../announcer.js";
import type { SharedParts } from "../pipeline-settings.js";
import type { FactsChange, RoutingMode } from "./facts-change.js";
import type { StreamFacts } from "./stream-facts.js";

/** The condition of a stream: its lines in the log, and its health. */
export function newCondition({ settings, clock, log }: SharedParts, streamName: string): StreamCondition {
  return new StreamCondition({
    ...settings,
    streamName,
    isDistributionSet: settings.known.recordDistribution !== undefined,
    log,
    epochNow: () => clock.epochNow(),
  });
}

export interface StreamNewsParts {
  readonly facts: StreamFacts;
  readonly condition: StreamCondition;
  readonly announcer: Announcer;
}

/** Reports changes of the facts about a stream: to its condition, which writes lines, and to subscribers. */
export class StreamNews {
  readonly #parts: StreamNewsParts;
  /** The latest routing that subscribers could hear of. */
  #announced: { readonly routing: RoutingMode; readonly map: ShardMap | undefined } = {
    routing: "waiting",
    map: undefined,
  };

  constructor(parts: StreamNewsParts) {
    this.#parts = parts;
  }

  /** Reports a change to the condition, before the stages act on it. */
  note({ warnings = [], map, mode, noStream, isListing }: FactsChange, now: number): void {
    const { condition, facts } = this.#parts;
    for (const warning of warnings) condition.tell(warning, now);
    if (noStream !== undefined) condition.onNoStream(noStream.serviceCode ?? noStream.code, noStream.message, now);
    else if (isListing === true && map !== undefined) condition.onFound(now);
    if ((map === "replaced" || map === "re-created") && facts.map !== undefined) {
      const open = new Set(facts.map.shards.map(({ shardId }) => shardId));
      const isOpen = (shardId: string): boolean => open.has(shardId);
      condition.onMap({ shards: open.size, isOfNewStream: map === "re-created", isOpen }, now);
    }
    if (mode !== undefined) condition.onMode(mode, now);
  }

  /**
   * Tells subscribers if records find their lanes in another way than before.
   *
   * @param routing - the mode after the change
   */
  announce(change: FactsChange, routing: RoutingMode): void {
    const { facts, announcer } = this.#parts;
    const map = routing === "mapped" ? facts.map : undefined;
    if (routing === this.#announced.routing && map === this.#announced.map) return;
    this.#announced = { routing, map };
    if (!announcer.hears("shard-map")) return;
    const shardIds = map?.shards.map(({ shardId }) => shardId) ?? [];
    announcer.tell("shard-map", { routing, isRecreated: change.map === "re-created", shardIds });
  }
}
