import { checkArgument, checkOptionsObject } from "../base-errors.js";
import { type DeaggregatedRecord, type DeaggregateOptions, deaggregate } from "../deaggregate/index.js";
import type { KinesisEvent, KinesisEventRecord } from "./lambda-events.js";

/** A user record, and the Kinesis record of the event that holds it. */
export interface EventUserRecord extends DeaggregatedRecord {
  readonly parent: KinesisEventRecord;
}

/**
 * The user records of an event, in order; see `deaggregate`. Lazy.
 *
 * @throws InvalidOptionError when an option cannot be used, or the event is not an object
 *
 * @example
 * ```ts
 * export async function handler(event: KinesisEvent) {
 *   for (const { partitionKey, data } of deaggregateEvent(event)) await save(partitionKey, data);
 * }
 * ```
 */
export function deaggregateEvent(event: KinesisEvent, options: DeaggregateOptions = {}): Iterable<EventUserRecord> {
  checkOptionsObject(options, "deaggregateEvent");
  checkArgument(typeof event === "object" && event !== null, "event", "the event of a Lambda function", event);
  return {
    *[Symbol.iterator]() {
      for (const parent of event.Records ?? []) {
        for (const record of deaggregate(parent, options)) yield { ...record, parent };
      }
    },
  };
}
