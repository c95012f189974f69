/**
 * What a file of micro-benchmarks exports as `cases`.
 *
 * @module
 */

/** One thing that is measured, by itself, in a process of its own. */
export interface BenchCase {
  /** What a regular expression picks it by, after the path of its file. */
  readonly name: string;
  /** Records that one call handles: results are per record. */
  readonly records: number;
  /**
   * Makes the inputs, always the same ones, and returns what is measured. Its result depends on all that it did, so that
   * nothing can be optimized away.
   */
  readonly setUp: () => () => number;
}
