import type { KinesisProducer, ProducerStats } from "../index.js";

/** The result of `SpooledProducer.stats()`: plain data, a copy. */
export interface SpoolStats {
  /** Records on disk that have not left the spool. */
  readonly records: number;
  /** Bytes on disk: segments that have a record left, with all their records, and acknowledgements. */
  readonly bytes: number;
  /** The option: `bytes` at which the spool is full. */
  readonly maxBytes: number;
  /**
   * Milliseconds since the oldest record that has not left the spool was appended, by the system's clock; 0 without one.
   * It may be too high by 1/128 of the time that its segment spans.
   */
  readonly oldestAgeMs: number;
  /** Bytes on disk that the producer has not got yet: how far the delivery is behind. */
  readonly lagBytes: number;
  /** Records that the producer has, and that are not settled. */
  readonly inFlightRecords: number;
  /** Appends that wait for room. */
  readonly waitingAppends: number;
  /** Bytes that were taken, and are being written. */
  readonly unwrittenBytes: number;
  /** Records that were appended and are on disk, since the spool was opened. */
  readonly appendedRecords: number;
  /** Records that were delivered since the spool was opened. */
  readonly deliveredRecords: number;
  /** Records that the service refused for good, and whose dead letters are on disk. */
  readonly refusedRecords: number;
  /** Groups of appends that could not be written. */
  readonly failedGroups: number;
  /** Bytes that were no record when the spool was opened: torn by the end of the process, or damaged. */
  readonly damagedBytes: number;
  /** Records that are missing between others: a part of the disk is damaged, or was never written. */
  readonly lostRecords: number;
}

/** The result of `SpooledProducer.close()`. */
export interface SpoolCloseReport {
  /** Records that stay on disk; the next `open` delivers them. */
  readonly records: number;
  /** Bytes that stay on disk. */
  readonly bytes: number;
}

/** The source of exporters and probes: a `StatsSource`. */
export interface SpoolSource extends Pick<KinesisProducer, "health"> {
  /** Its snapshots have the numbers of the spool. */
  readonly hasSpool: true;
  /** Counters and gauges of the producer that delivers the records, and those of the spool: plain data, a copy. */
  stats(): ProducerStats & { readonly spool: SpoolStats };
}
