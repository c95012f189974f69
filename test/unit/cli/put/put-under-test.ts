import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, beforeEach, onTestFinished, vi } from "vitest";
import { type DeaggregatedRecord, deaggregateAll } from "../../../../src/deaggregate/index.js";
import { DeadLetterFile, RecordFailedError, type UserRecord } from "../../../../src/index.js";
import { LocalKinesis } from "../../../../src/testing/index.js";
import { RecordedTerminal, type Run, runLine } from "../recorded-terminal.js";

/** The Kinesis of the tests of a file. */
export let kinesis: LocalKinesis;
/** The stream of the present test, with two shards. */
export let stream: string;
let streams = 0;

/** Starts a Kinesis for the tests of a file, and makes a stream for each test. */
export function useLocalKinesis(): void {
  beforeAll(async () => {
    kinesis = await LocalKinesis.start();
  });

  afterAll(() => kinesis.close());

  beforeEach(() => {
    stream = `clicks-${++streams}`;
    kinesis.createStream(stream, { shards: 2 });
    kinesis.faults.clear();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
    vi.stubEnv("AWS_REGION", "us-east-1");
  });
}

/** Runs `put` with this standard input. */
export function put(input: string | Readable, ...args: string[]): Promise<Run> {
  const source = typeof input === "string" ? Readable.from([Buffer.from(input)]) : input;
  return runLine(["put", "--endpoint", kinesis.endpoint, "--linger", "5", ...args], new RecordedTerminal(source));
}

/** The user records in a stream. */
export function stored(name = stream): readonly DeaggregatedRecord[] {
  return [...deaggregateAll(kinesis.records(name))];
}

/** Key and data of all records in the stream, sorted. */
export function pairs(name = stream): string[] {
  return stored(name)
    .map(({ partitionKey, data }) => `${partitionKey}=${Buffer.from(data)}`)
    .sort();
}

/** A folder for one test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "put-command-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A file with this content; its path. */
export function file(name: string, content: string | Buffer): string {
  const path = join(folder(), name);
  writeFileSync(path, content);
  return path;
}

/** A directory with these records as dead letters, in one segment. */
export async function deadLetters(...records: readonly UserRecord[]): Promise<string> {
  const directory = folder();
  const kept = new DeadLetterFile({ directory });
  for (const record of records)
    kept.onFailed(new RecordFailedError({ code: "KP_RECORD_EXPIRED", message: "", record }));
  await kept.close();
  return directory;
}

/** Data of the records in a directory. */
export function textsIn(directory: string): string[] {
  return readdirSync(directory).flatMap((name) =>
    readFileSync(join(directory, name), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => Buffer.from(JSON.parse(line).data, "base64").toString()),
  );
}
