import { checkArgument, checkFunction, checkOptionsObject, InvalidOptionError } from "../base-errors.js";
import { type DeaggregatedRecord, type DeaggregateOptions, type Dedupe, deaggregate } from "../deaggregate/index.js";
import { checkAround, type RecordWrapper, runWithin } from "./around.js";
import type { KinesisEvent, KinesisEventRecord, KinesisResponse } from "./lambda-events.js";
import { type FirstFailure, runInOrder, type Task } from "./ordered-run.js";
import { tellFailure } from "./tell-failure.js";

/** The second argument of a record's handler. */
export interface RecordContext<LambdaContext = unknown> {
  /** The Kinesis record in the event; all user records of an aggregate share it. */
  readonly parent: KinesisEventRecord;
  /** The second argument of the Lambda function. */
  readonly lambda: LambdaContext;
  /** With a tumbling window: the state that its invocations share. Change it in place; it must survive JSON. */
  readonly state: Record<string, unknown>;
}

/** The argument of `onWindowEnd`. */
export interface WindowEnd<LambdaContext = unknown> {
  readonly state: Record<string, unknown>;
  readonly event: KinesisEvent;
  readonly lambda: LambdaContext;
}

/** Options of {@link kinesisHandler}. */
export interface KinesisHandlerOptions<LambdaContext = unknown> extends Omit<DeaggregateOptions, "shardRange"> {
  /**
   * The fate of the records behind a failed one. `"stop"` handles none of them in this invocation; `"continue"`
   * tries them all. Lambda retries from the first failure in both cases, so records that were handled behind it are
   * handled again. If Lambda gives the failed record up, `"stop"` has never handled the user records behind it in the
   * same aggregate. See docs/consumers.md for the choice.
   * @defaultValue "stop"
   */
  readonly onFailure?: "stop" | "continue";
  /**
   * Records handled at a time, in order within a key. Always one with a tumbling window.
   * @defaultValue 1
   */
  readonly concurrency?: number;
  /**
   * Skips copies of records that were already handled, by the ids that the producer's `recordIds` gives them. An id is
   * committed when its record has been handled. Make it with `dedupe` of `kinesis-producer/deaggregate`, outside the
   * handler. Records that were handled in a failed invocation are skipped in the next one, as long as the process or
   * the store remembers them. Not allowed with a tumbling window: Lambda rolls the window's state back, but not a
   * commit.
   */
  readonly dedupe?: Dedupe;
  /**
   * Runs the handling of each record within your code, which calls its first argument once: `otelProcessing()` of
   * `kinesis-producer/otel` for a span. If it throws, rejects, or does not call its argument, the record has failed. It
   * is not called for a record that `dedupe` skips.
   */
  readonly around?: RecordWrapper;
  /** Called for every failure; `console.error` when absent, because Lambda does not log reported failures. */
  readonly onError?: (error: unknown, record: DeaggregatedRecord, parent: KinesisEventRecord) => void;
  /** With a tumbling window: called when the last of its records have been handled. */
  readonly onWindowEnd?: (end: WindowEnd<LambdaContext>) => unknown;
}

/** Handles one user record. A rejection, or an exception, is a failure. */
export type RecordHandler<LambdaContext = unknown> = (
  record: DeaggregatedRecord,
  context: RecordContext<LambdaContext>,
) => unknown;

/**
 * A handler for a Kinesis event source mapping: user records, from aggregates or plain, one after the other. When one
 * fails, the sequence number of its Kinesis record is reported, and Lambda retries from there. The user records before
 * it in the same aggregate then come again; `record.subSequenceNumber` tells them apart. The mapping needs
 * `FunctionResponseTypes: [ReportBatchItemFailures]`.
 *
 * @throws InvalidOptionError for a bad option
 *
 * @example
 * ```ts
 * export const handler = kinesisHandler(async ({ partitionKey, data }) => {
 *   await save(partitionKey, JSON.parse(Buffer.from(data).toString()));
 * });
 * ```
 */
export function kinesisHandler<LambdaContext = unknown>(
  handle: RecordHandler<LambdaContext>,
  options: KinesisHandlerOptions<LambdaContext> = {},
): (event: KinesisEvent, context: LambdaContext) => Promise<KinesisResponse> {
  checkFunction(handle, "handle");
  checkOptionsObject(options, "kinesisHandler");
  checkOptions(options);
  return (event, lambda) => new Batch(handle, options, event, lambda).run();
}

/** Bytes that a user record takes besides its data, about. */
const TASK_BYTES = 256;
/** Records of an event are opened up to about this many bytes, and handled, before the next ones are opened. */
const MOST_OPENED_BYTES = 64 * 1024 * 1024;

/** One invocation. */
class Batch<LambdaContext> {
  readonly #handle: RecordHandler<LambdaContext>;
  readonly #options: KinesisHandlerOptions<LambdaContext>;
  readonly #event: KinesisEvent;
  readonly #lambda: LambdaContext;
  #state: Record<string, unknown>;

  constructor(
    handle: RecordHandler<LambdaContext>,
    options: KinesisHandlerOptions<LambdaContext>,
    event: KinesisEvent,
    lambda: LambdaContext,
  ) {
    this.#handle = handle;
    this.#options = options;
    this.#event = event;
    this.#lambda = lambda;
    this.#state = { ...event.state };
  }

  run(): Promise<KinesisResponse> {
    return this.#event.window === undefined ? this.#runBatch() : this.#runWindow();
  }

  async #runBatch(): Promise<KinesisResponse> {
    const { onFailure = "stop", concurrency = 1 } = this.#options;
    const goesOn = onFailure === "continue";
    const parents = this.#event.Records ?? [];
    let failure: FirstFailure | undefined;
    let tasks: RecordTask[] = [];
    let bytes = 0;
    for (const [index, parent] of parents.entries()) {
      for (const task of this.#tasksOf(parent, index)) {
        tasks.push(task);
        bytes += task.record.data.length + TASK_BYTES;
      }
      // Compressed aggregates may be a thousand times larger when they are opened: they are not all opened at once.
      if (bytes < MOST_OPENED_BYTES && index + 1 < parents.length) continue;
      const found = await runInOrder(tasks, { concurrency, goesOn, onError: this.#tell });
      failure ??= found;
      if (failure !== undefined && !goesOn) break;
      tasks = [];
      bytes = 0;
    }
    return { batchItemFailures: failuresAt(failure === undefined ? undefined : parents[failure.parent]) };
  }

  /**
   * The state of a window must be that of the records before the failure. So records are handled one by one, and none
   * behind a failed one.
   */
  async #runWindow(): Promise<KinesisResponse> {
    if (this.#options.dedupe !== undefined) {
      throw new InvalidOptionError(
        "dedupe",
        "dedupe cannot be used with a tumbling window: Lambda rolls the state back, and the ids would stay committed",
      );
    }
    for (const [index, parent] of (this.#event.Records ?? []).entries()) {
      const before = structuredClone(this.#state);
      const tasks = this.#tasksOf(parent, index);
      const failure = await runInOrder(tasks, { concurrency: 1, goesOn: false, onError: this.#tell });
      if (failure !== undefined) return { batchItemFailures: failuresAt(parent), state: before };
    }
    const { onWindowEnd } = this.#options;
    if (this.#event.isFinalInvokeForWindow !== true) return { batchItemFailures: [], state: this.#state };
    await onWindowEnd?.({ state: this.#state, event: this.#event, lambda: this.#lambda });
    return { batchItemFailures: [], state: {} };
  }

  #tasksOf(parent: KinesisEventRecord, index: number): RecordTask[] {
    const context = { parent, lambda: this.#lambda, state: this.#state };
    const { dedupe } = this.#options;
    const tasks: RecordTask[] = [];
    const add = (record: DeaggregatedRecord, run: () => Promise<void>): void => {
      tasks.push({ parent: index, key: record.partitionKey ?? "", run, record, event: parent });
    };
    try {
      for (const record of deaggregate(parent, this.#options)) {
        add(record, async () => {
          if (dedupe === undefined) await this.#handleOne(record, context);
          else await dedupe.once(record, () => this.#handleOne(record, context));
        });
      }
    } catch (error) {
      // It fails at its place in the batch, like a record whose handler fails; the records around it are handled.
      add(unopened(parent), () => Promise.reject(error));
    }
    return tasks;
  }

  #handleOne(record: DeaggregatedRecord, context: RecordContext<LambdaContext>): unknown {
    const { around } = this.#options;
    if (around === undefined) return this.#handle(record, context);
    return runWithin(around, () => this.#handle(record, context), record, context.parent);
  }

  readonly #tell = (error: unknown, task: Task): void => {
    const { record, event } = task as RecordTask;
    const { onError } = this.#options;
    const what = `record ${record.sequenceNumber}/${record.subSequenceNumber}`;
    tellFailure(what, error, onError && ((reason) => onError(reason, record, event)));
  };
}

interface RecordTask extends Task {
  readonly record: DeaggregatedRecord;
  readonly event: KinesisEventRecord;
}

/** Stands in `onError` for a Kinesis record that cannot be opened. */
function unopened({ kinesis: { sequenceNumber, partitionKey } }: KinesisEventRecord): DeaggregatedRecord {
  return {
    data: new Uint8Array(),
    subSequenceNumber: 0,
    aggregated: false,
    sequenceNumber,
    ...(partitionKey === undefined ? {} : { partitionKey }),
  };
}

function failuresAt(parent: KinesisEventRecord | undefined): KinesisResponse["batchItemFailures"] {
  return parent === undefined ? [] : [{ itemIdentifier: parent.kinesis.sequenceNumber }];
}

function checkOptions<LambdaContext>(options: KinesisHandlerOptions<LambdaContext>): void {
  const { onFailure = "stop", concurrency = 1, dedupe, around } = options;
  checkAround(around);
  const isDedupe = dedupe === undefined || typeof dedupe?.once === "function";
  checkArgument(isDedupe, "dedupe", "what dedupe() of kinesis-producer/deaggregate returns", dedupe);
  const isKnown = onFailure === "stop" || onFailure === "continue";
  checkArgument(isKnown, "onFailure", '"stop" or "continue"', onFailure);
  const isCount = Number.isInteger(concurrency) && concurrency >= 1;
  checkArgument(isCount, "concurrency", "a whole number from 1", concurrency);
}
