import type { LoadSummary } from "../load-figures.js";
import type { Timeline } from "../measure/timeline-data.js";

/** A reshard or fault of the local Kinesis, in seconds from the start. */
export interface ReportedEvent {
  readonly atSeconds: number;
  readonly untilSeconds?: number;
  readonly text: string;
}

/** The circumstances of a load: with them another person can repeat it. */
export interface LoadConditions {
  /** The command line. */
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Of this package. */
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGib: number;
  /** The Kinesis that took the load. */
  readonly target: string;
  readonly durationSeconds: number;
  readonly events: readonly ReportedEvent[];
}

/** The JSON of a load. */
export interface LoadResult {
  readonly conditions: LoadConditions;
  /** One for each mode. */
  readonly runs: readonly LoadSummary[];
}

/** One mode in the page. */
export interface ReportedRun {
  readonly summary: LoadSummary;
  readonly timeline: Timeline;
  /** Why it failed; absent when it succeeded. */
  readonly problem?: string;
}

/** The data of the page. */
export interface ReportData {
  readonly conditions: LoadConditions;
  readonly runs: readonly ReportedRun[];
}
