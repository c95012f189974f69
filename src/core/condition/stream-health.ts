/**
 * How well a stream, or a whole producer, works.
 *
 * - `ok`: records are delivered
 * - `degraded`: records are late, are sent with less throughput, or some failed for good; new records may be delivered
 * - `down`: records cannot be delivered at present
 */
export type HealthStatus = "ok" | "degraded" | "down";

/** The last error of a stream: of a request, or of an entry of a request. */
export interface LastError {
  /** The service's code, or the name of the network's error. */
  readonly code: string;
  readonly message: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** The health of one stream at a moment: plain data. docs/health.md has the rule of `status`. */
export interface StreamHealth {
  readonly status: HealthStatus;
  /** When the cause of the status began, in milliseconds since the Unix epoch. */
  readonly since: number;
  /** The causes of a status that is not `ok`. */
  readonly reason?: string;
  /** When Kinesis last stored a Kinesis record, in milliseconds since the Unix epoch. Absent before the first. */
  readonly lastSuccessAt?: number;
  /** Absent if there was none. An error before `lastSuccessAt` is over. */
  readonly lastError?: LastError;
  /** Age of the oldest record that is not settled, in milliseconds; 0 if there is none. */
  readonly oldestAgeMs: number;
}

/** A reason why a stream is not `ok`. */
export interface Cause {
  readonly status: Exclude<HealthStatus, "ok">;
  /** When it began, in milliseconds since the Unix epoch. */
  readonly since: number;
  readonly reason: string;
}

/** A moment by both clocks. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly at: number;
  /** Milliseconds since the Unix epoch. */
  readonly epochAt: number;
}
