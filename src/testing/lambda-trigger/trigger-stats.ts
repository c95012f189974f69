/** The figures of a trigger since its start. */
export interface LambdaTriggerStats {
  readonly invocations: number;
  /** Invocations that handled all their records. */
  readonly successes: number;
  /** Invocations whose answer named failed records. */
  readonly partialFailures: number;
  /** Invocations that failed, without time-outs. */
  readonly errors: number;
  readonly timeouts: number;
  /** Kinesis records that were read. */
  readonly recordsRead: number;
  /** Records that no filter matched. */
  readonly recordsFiltered: number;
  /** Records that the function has handled. */
  readonly recordsHandled: number;
  /** Records that were given up. */
  readonly recordsDiscarded: number;
  /** Reads that failed and were repeated. */
  readonly readFailures: number;
  /** The state of the mapping, in AWS's form: `OK`, `No records processed`, or `PROBLEM: ` and the reason. */
  readonly lastProcessingResult: string;
}

/** Counts what a trigger does. */
export class TriggerCounters {
  #figures = {
    invocations: 0,
    successes: 0,
    partialFailures: 0,
    errors: 0,
    timeouts: 0,
    recordsRead: 0,
    recordsFiltered: 0,
    recordsHandled: 0,
    recordsDiscarded: 0,
    readFailures: 0,
    lastProcessingResult: "No records processed",
  };

  invoked(outcome: "success" | "partial" | "error" | "timeout", reason: string | undefined): void {
    const figures = this.#figures;
    figures.invocations++;
    if (outcome === "success") figures.successes++;
    if (outcome === "partial") figures.partialFailures++;
    if (outcome === "error") figures.errors++;
    if (outcome === "timeout") figures.timeouts++;
    figures.lastProcessingResult = reason === undefined ? "OK" : `PROBLEM: ${reason}`;
  }

  read(records: number, filtered: number): void {
    this.#figures.recordsRead += records;
    this.#figures.recordsFiltered += filtered;
  }

  handled(records: number): void {
    this.#figures.recordsHandled += records;
  }

  discarded(records: number): void {
    this.#figures.recordsDiscarded += records;
  }

  readFailed(reason: string): void {
    this.#figures.readFailures++;
    this.#figures.lastProcessingResult = `PROBLEM: ${reason}`;
  }

  /** The trigger cannot go on. */
  broke(reason: string): void {
    this.#figures.lastProcessingResult = `PROBLEM: ${reason}`;
  }

  snapshot(): LambdaTriggerStats {
    return { ...this.#figures };
  }
}
