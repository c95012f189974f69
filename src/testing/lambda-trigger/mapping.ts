import { randomUUID } from "node:crypto";
import process from "node:process";
import { thrownText } from "../../wording/shown-error.js";
import { within } from "../patient.js";
import type { BatchRules, QueuedRecord } from "./batch-queue.js";
import type { DiscardCondition, RetryRules } from "./batch-work.js";
import { failureRecord } from "./failure-record.js";
import { type EventRecord, type EventSource, type EventWindow, eventOf } from "./lambda-event.js";
import { type InvocationReport, LambdaFunction } from "./lambda-function.js";
import { type Outcome, readResponse } from "./read-response.js";
import type { ResolvedTrigger } from "./resolve-options.js";
import { TriggerCounters } from "./trigger-stats.js";

/** The signal of an end that never comes. */
const NEVER: AbortSignal = new AbortController().signal;

/** A record that waits for its invocation. */
export type LaneRecord = EventRecord & QueuedRecord;

/** One invocation to make. */
export interface Invocation {
  readonly shardId: string;
  readonly records: readonly EventRecord[];
  readonly window: EventWindow | undefined;
  /** Invocations of these records before. */
  readonly invocations: number;
}

/** Records to discard. */
export interface Discarded {
  readonly records: readonly EventRecord[];
  readonly first: EventRecord;
  readonly last: EventRecord;
  readonly count: number;
  readonly condition: DiscardCondition;
  readonly invocations: number;
  readonly window: EventWindow | undefined;
  /** Whether the last answer was a partial failure. */
  readonly isPartial: boolean;
}

/** The parts that all shards of a trigger share: the function, the destination, the rules, the counters. */
export class Mapping {
  readonly options: ResolvedTrigger;
  readonly counters: TriggerCounters = new TriggerCounters();
  readonly source: EventSource;
  readonly retry: RetryRules;
  readonly #function: LambdaFunction;

  /** @param retentionMs - of the stream: a record is not older */
  constructor(options: ResolvedTrigger, source: EventSource, retentionMs: number) {
    this.options = options;
    this.source = source;
    this.retry = { ...options.retry, maxAgeMs: Math.min(options.retry.maxAgeMs, retentionMs) };
    this.#function = new LambdaFunction(options, source.streamArn);
  }

  get batch(): BatchRules {
    return this.options.batch;
  }

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.options.clock.epochNow();
  }

  /** Milliseconds on a scale that is never set back, for delays. */
  uptime(): number {
    return this.options.clock.now();
  }

  /** Makes no further invocation. */
  close(): void {
    this.#function.close();
  }

  /** Invokes the function, and reads its answer. */
  async invoke({ shardId, records, window, invocations }: Invocation): Promise<Outcome> {
    const { clock, response: rules } = this.options;
    const startedAt = clock.now();
    const result = await this.#function.invoke(eventOf(records, this.source, window));
    if (result.kind === "unmade") return { kind: "failed", reason: result.reason };
    const outcome: Outcome =
      result.kind === "answered"
        ? readResponse(
            result.response,
            records.map(({ sequenceNumber }) => sequenceNumber),
            rules,
          )
        : { kind: "failed", reason: result.reason };
    const told = outcome.kind === "failed" ? (result.kind === "timeout" ? "timeout" : "error") : outcome.kind;
    this.counters.invoked(told, outcome.kind === "failed" ? outcome.reason : undefined);
    this.#tell({
      shardId,
      records: records.length,
      attempt: invocations + 1,
      durationMs: clock.now() - startedAt,
      outcome: told,
      ...(outcome.kind === "failed" ? { reason: outcome.reason } : {}),
      isFinal: window?.isFinal === true,
    });
    return outcome;
  }

  /**
   * Reports discarded records. A destination that throws, or takes longer than the function may, is reported as a
   * warning of the process.
   */
  async discard({ records, window, ...facts }: Discarded): Promise<void> {
    this.counters.discarded(records.length);
    const { onFailure } = this.options;
    if (onFailure === undefined) return;
    const record = failureRecord({
      ...facts,
      requestId: randomUUID(),
      functionArn: this.#function.arn,
      streamArn: this.source.streamArn,
      now: this.now(),
    });
    try {
      if (typeof onFailure === "function")
        await this.#report(() => onFailure(record, eventOf(records, this.source, window)));
      else onFailure.push(record);
    } catch (error) {
      const { startSequenceNumber, endSequenceNumber } = record.KinesisBatchInfo;
      const which = `the records ${startSequenceNumber} to ${endSequenceNumber}`;
      process.emitWarning(`onFailure of the Lambda trigger failed for ${which}: ${thrownText(error)}`);
    }
  }

  /** Waits for a destination as long as for the function: one that never settles does not hold up its shard. */
  #report(call: () => unknown): Promise<unknown> {
    const { clock, timeoutMs } = this.options;
    return within(call, { what: "the call", limitMs: timeoutMs, clock, ended: NEVER });
  }

  /** Tells the observer. One that throws is reported as a warning of the process. */
  #tell(report: InvocationReport): void {
    try {
      this.options.onInvocation?.(report);
    } catch (error) {
      process.emitWarning(`onInvocation of the Lambda trigger failed: ${thrownText(error)}`);
    }
  }
}
