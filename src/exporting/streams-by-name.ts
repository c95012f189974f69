import { mergeStreams } from "./merge-stats.js";
import type { ProducerStats, StreamStats } from "./stats-types.js";

/** The streams of all producers; those of one name are one. */
export function streamsByName(snapshots: readonly ProducerStats[]): Map<string, StreamStats> {
  const found = new Map<string, StreamStats[]>();
  for (const { streams } of snapshots) {
    for (const [name, stats] of Object.entries(streams)) found.set(name, [...(found.get(name) ?? []), stats]);
  }
  return new Map([...found].map(([name, all]) => [name, mergeStreams(all) as StreamStats]));
}
