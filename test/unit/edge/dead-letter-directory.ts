import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type DeadLetterSegment,
  type ReadDeadLettersOptions,
  readDeadLetters,
} from "../../../src/edge/dead-letter-segments.js";
import type { DeadLetter } from "../../../src/edge/dead-letters.js";
import { RecordFailedError } from "../../../src/errors.js";
import type { UserRecord } from "../../../src/record.js";

/** A folder for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "dead-letters-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function failure(record: UserRecord, serviceCode = "AccessDeniedException"): RecordFailedError {
  return new RecordFailedError({ code: "KP_RECORD_FAILED", message: "no", serviceCode, record, delivery: "unknown" });
}

/** A segment with its content. */
export interface ReadSegment {
  readonly path: string;
  readonly letters: readonly DeadLetter[];
  readonly unreadable: number;
  readonly keep: DeadLetterSegment["keep"];
}

export async function readSegments(directory: string, options: ReadDeadLettersOptions = {}): Promise<ReadSegment[]> {
  const all: ReadSegment[] = [];
  for await (const segment of readDeadLetters(directory, options)) {
    const letters: DeadLetter[] = [];
    for await (const letter of segment.letters) letters.push(letter);
    const { path, unreadable } = segment;
    all.push({ path, letters, unreadable, keep: (isKept) => segment.keep(isKept) });
  }
  return all;
}

/** The data of all letters, as text. */
export function textsIn(all: readonly ReadSegment[]): string[] {
  return all.flatMap(({ letters }) => letters.map(({ record }) => Buffer.from(record.data).toString()));
}

export function segmentNames(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.includes("ndjson"));
}
