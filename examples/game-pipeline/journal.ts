import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Delivery } from "kinesis-producer";
import type { GameEvent } from "./game-event.js";

/** One line of a journal. Numbers are those of the events of one server. */
type Line =
  | { readonly put: readonly GameEvent[] }
  | { readonly delivered: readonly number[] }
  | { readonly again: Readonly<Record<string, readonly number[]>> }
  | { readonly failed: Failure & { readonly numbers: readonly number[] } };

/**
 * The account of one server, outside of its process: a line of JSON before events are put, and one when their outcomes are
 * known. Each line is with the operating system when its call returns, so it survives `kill -9`.
 */
export class Journal {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** The reason why an event failed. */
export interface Failure {
  readonly code: string;
  readonly delivery: Delivery;
}

/** A journal that was read back. */
export interface JournalBook {
  /** Every event that was put, by its number. */
  readonly events: readonly GameEvent[];
  readonly delivered: ReadonlySet<number>;
  /** Events that were sent more than once: the reasons, by number. */
  readonly again: ReadonlyMap<number, string>;
  readonly failed: ReadonlyMap<number, Failure>;
}

export function readJournal(path: string): JournalBook {
  const book = {
    events: [] as GameEvent[],
    delivered: new Set<number>(),
    again: new Map<number, string>(),
    failed: new Map<number, Failure>(),
  };
  const lines = readFileSync(path, "utf8").split("\n");
  // A process that is killed may leave an incomplete line. Its events were not put: a line comes before the put.
  lines.pop();
  for (const text of lines) {
    const line = JSON.parse(text) as Line;
    if ("put" in line) book.events.push(...line.put);
    else if ("delivered" in line) for (const number of line.delivered) book.delivered.add(number);
    else if ("again" in line) {
      for (const [reason, numbers] of Object.entries(line.again))
        for (const number of numbers) book.again.set(number, reason);
    } else {
      const { code, delivery, numbers } = line.failed;
      for (const number of numbers) book.failed.set(number, { code, delivery });
    }
  }
  return book;
}
