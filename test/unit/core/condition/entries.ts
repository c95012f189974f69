import type { Moment } from "../../../../src/core/condition/stream-health.js";
import type { LogEntry } from "../../../../src/core/ports.js";

/** The epoch of the tests: 00:00:00Z at the monotonic time 0. */
export const EPOCH = Date.UTC(2026, 0, 1);

export function moment(at: number): Moment {
  return { at, epochAt: EPOCH + at };
}

/** Lines with the time of each. */
export class Told {
  readonly entries: (LogEntry & { readonly at: number })[] = [];

  readonly tell = (entry: LogEntry, at: number): void => {
    this.entries.push({ ...entry, at });
  };

  get messages(): string[] {
    return this.entries.map(({ message }) => message);
  }

  get events(): string[] {
    return this.entries.map(({ fields }) => fields.event);
  }
}
