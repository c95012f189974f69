import type { HealthStatus, StreamHealth } from "./core/condition/stream-health.js";
import type { Streams } from "./pipeline/streams.js";

/** The health of a producer at a moment: plain data. */
export interface ProducerHealth {
  /**
   * `ok` if every stream is, and before the first stream is used; `down` if every stream is down, and after `close()`
   * was called; otherwise `degraded`.
   */
  readonly status: HealthStatus;
  /** By name: the streams in use. A stream that was unused for ten minutes may be absent. */
  readonly streams: Readonly<Record<string, StreamHealth>>;
}

export function readHealth(streams: Streams, isClosed: boolean, now: number): ProducerHealth {
  const byName: [string, StreamHealth][] = [];
  for (const [name, { pipeline, admission }] of streams.byName) {
    const oldestAt = Math.min(pipeline.oldestAt(), admission.oldestAt());
    byName.push([name, pipeline.condition.health(oldestAt, now)]);
  }
  const statuses = new Set(byName.map(([, { status }]) => status));
  return { status: isClosed ? "down" : statusOfAll(statuses), streams: Object.fromEntries(byName) };
}

/** One stream of many that is down must not make the whole process unready. */
function statusOfAll(statuses: ReadonlySet<HealthStatus>): HealthStatus {
  const [only = "ok"] = statuses;
  return statuses.size <= 1 ? only : "degraded";
}
