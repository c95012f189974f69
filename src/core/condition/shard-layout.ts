import { amount } from "../../wording/amounts.js";
import type { LogEntry } from "../ports.js";
import type { Cause, Moment } from "./stream-health.js";

/** The known shards of a stream, and how records find them. One line for each change. */
export class ShardLayout {
  readonly #tell: (entry: LogEntry, now: number) => void;
  readonly #isDistributionSet: boolean;
  /** Open shards; undefined before the first list. */
  #shards: number | undefined;
  #isAuto = false;
  /** Since when records are sent without a shard map, in milliseconds since the Unix epoch. */
  #unmappedSince: number | undefined;
  /** When records were last sent without a shard map; 0 if never. */
  #endedAt = 0;

  /** @param isDistributionSet - the caller has set `recordDistribution` */
  constructor(tell: (entry: LogEntry, now: number) => void, isDistributionSet: boolean) {
    this.#tell = tell;
    this.#isDistributionSet = isDistributionSet;
  }

  /** Another shard map is in use, with this many open shards. */
  onMap(shards: number, isOfNewStream: boolean, now: number): void {
    const before = this.#shards;
    this.#shards = shards;
    if (isOfNewStream) {
      const message = `the stream was created again, with ${amount(shards, "shard")}`;
      this.#tell({ level: "info", fields: { event: "stream-recreated", shards }, message }, now);
    } else if (before !== undefined) {
      const message = `the stream resharded from ${before} to ${amount(shards, "shard")}`;
      this.#tell({ level: "info", fields: { event: "resharded", shardsBefore: before, shards }, message }, now);
    }
  }

  /** It was decided how records find their lanes; possibly as before. */
  onMode(mode: "waiting" | "mapped" | "unmapped" | "auto", { at, epochAt }: Moment): void {
    if (mode === "auto" && !this.#isAuto && !this.#isDistributionSet) {
      const message = "record distribution AUTO found: keys are ignored, records are not aggregated";
      this.#tell({ level: "info", fields: { event: "auto-distribution" }, message }, at);
    }
    this.#isAuto = mode === "auto";
    // The stream is missing: the next list is not compared with the old one.
    if (mode === "waiting") this.#shards = undefined;
    if (mode === "unmapped") this.#unmappedSince ??= epochAt;
    else if (this.#unmappedSince !== undefined) {
      this.#unmappedSince = undefined;
      this.#endedAt = epochAt;
      if (mode === "mapped" && this.#shards !== undefined) this.#tellFound(this.#shards, at);
    }
  }

  #tellFound(shards: number, now: number): void {
    const message = `there is a shard map now, with ${amount(shards, "shard")}`;
    this.#tell({ level: "info", fields: { event: "shard-map-found", shards }, message }, now);
  }

  /** Why the stream is not `ok`. */
  get cause(): Cause | undefined {
    if (this.#unmappedSince === undefined) return undefined;
    return { status: "degraded", since: this.#unmappedSince, reason: "there is no shard map" };
  }

  /** When records were last sent without a shard map, in milliseconds since the Unix epoch; 0 if never. */
  get endedAt(): number {
    return this.#endedAt;
  }
}
