/**
 * The `cases` of a file of micro-benchmarks.
 *
 * @module
 */

/** One measurement, which runs alone in a separate process. */
export interface BenchCase {
  /** Its name; a regular expression selects cases by the path of the file and this name. */
  readonly name: string;
  /** Records that one call handles. Results are per record. */
  readonly records: number;
  /**
   * Makes the inputs, always the same ones, and returns the measured function. Its result depends on all its work, so
   * that no part can be optimized away.
   */
  readonly setUp: () => () => number;
}
