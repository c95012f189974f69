/**
 * The deaggregators under comparison, behind one interface: the user records of each of these Kinesis records.
 *
 * @module
 */
import aggregator from "aws-kinesis-agg";
import { deaggregate, type ShardRange } from "../../../src/deaggregate/index.js";
import { runClient } from "./client-process.js";
import { goProgram, pythonProgram, pythonScript } from "./installed.js";
import { runJava } from "./java-program.js";
import { asLines, fromLines } from "./user-records.js";

/** A Kinesis record, and its shard. */
export interface ReadRecord {
  readonly partitionKey: string;
  readonly sequenceNumber: string;
  readonly data: Uint8Array;
  readonly shardRange?: ShardRange;
}

/** A user record as returned by a reader. Fields that the reader does not return are absent. */
export interface ReadUserRecord {
  readonly partitionKey?: string;
  readonly explicitHashKey?: string;
  /** Base64. */
  readonly data: string;
  readonly sequenceNumber?: string;
  readonly subSequenceNumber: number;
  readonly aggregated: boolean;
}

/** The answer of a reader for one Kinesis record. */
export interface ReaderAnswer {
  readonly records: readonly ReadUserRecord[];
  /** A short name of the error, if one ended the reading. */
  readonly error?: string;
}

/** Answers in the order of the records. */
export type AggregateReader = (records: readonly ReadRecord[]) => Promise<readonly ReaderAnswer[]>;

/** This package. Tags and ids are left out, because the other readers do not return them. */
export const readByOurs: AggregateReader = async (records) =>
  records.map(({ shardRange, ...record }) => {
    const out = [...deaggregate(record, { shardRange, onDropped: () => {} })];
    return { records: out.map(({ data, tags: _, recordId: _2, ...rest }) => ({ ...rest, data: base64(data) })) };
  });

/** The KCL's `AggregatorUtil`. */
export const readByKcl: AggregateReader = async (records) => {
  const answers = fromLines<ReadUserRecord[] | string>(await runJava("kcl", [], { input: lines(records) }));
  return answers.map((answer) => (typeof answer === "string" ? { records: [], error: answer } : { records: answer }));
};

/** Python's `aws_kinesis_agg`, which does not support shard ranges. */
export const readByPython: AggregateReader = async (records) => {
  const script = pythonScript("deaggregate_lines.py");
  return fromLines(await runClient(pythonProgram("python"), [script], { input: lines(records) }));
};

/** The Go module of awslabs/kinesis-aggregation, which supports neither shard ranges nor explicit hash keys. */
export const readByGo: AggregateReader = async (records) =>
  fromLines(await runClient(goProgram(), [], { input: lines(records) }));

/** The parts of npm aws-kinesis-agg that are used here; its own types need the SDK of version 2. */
interface AwsKinesisAgg {
  deaggregate(
    record: { partitionKey: string; sequenceNumber: string; data: string },
    verify: boolean,
    perRecord: (error: Error | null, record: TheirRecord) => void,
    after: (error?: Error) => void,
  ): void;
}

interface TheirRecord {
  readonly partitionKey?: string;
  readonly explicitPartitionKey?: string;
  readonly sequenceNumber: string;
  /** Absent for a plain record. */
  readonly subSequenceNumber?: number;
  readonly data: string;
}

/** npm `aws-kinesis-agg`, which does not support shard ranges. */
export const readByNpm: AggregateReader = async (records) => records.map(readOneByNpm);

/** A user record with its tags, as a decoder of compressed aggregates returns it. */
export interface OpenedRecord {
  readonly partitionKey: string;
  readonly explicitHashKey?: string;
  /** Base64. */
  readonly data: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The answer of a decoder for one Kinesis record. */
export interface OpenedAnswer {
  readonly records: readonly OpenedRecord[];
  /** The text of the error, if one ended the reading. */
  readonly error?: string;
}

/** Opens compressed aggregates; answers in the order of the records. */
export type CompressedReader = (records: readonly ReadRecord[]) => Promise<readonly OpenedAnswer[]>;

/** This package, with tags. */
export const openByOurs: CompressedReader = async (records) =>
  records.map(({ shardRange, ...record }) => {
    const out = [...deaggregate(record, { shardRange, onDropped: () => {} })];
    return { records: out.map(({ data, tags = {}, ...rest }) => opened({ ...rest, data: base64(data), tags })) };
  });

/** The KCL's deaggregator with the decoder of examples/decoders/java. */
export const openByJava: CompressedReader = async (records) => {
  const answers = fromLines<OpenedRecord[] | string>(await runJava("kcl", ["open"], { input: lines(records) }));
  return answers.map((answer) =>
    typeof answer === "string" ? { records: [], error: answer } : { records: answer.map(opened) },
  );
};

/** The decoder of examples/decoders/python, which does not support shard ranges. */
export const openByPython: CompressedReader = async (records) =>
  fromLines(await runClient(pythonProgram("python"), [pythonScript("open_lines.py")], { input: lines(records) }));

/** Without the fields that not all decoders return. */
function opened({ partitionKey, explicitHashKey, data, tags }: Partial<OpenedRecord>): OpenedRecord {
  const hashKey = explicitHashKey === undefined ? {} : { explicitHashKey };
  return { partitionKey: partitionKey ?? "", ...hashKey, data: data ?? "", tags: tags ?? {} };
}

function readOneByNpm({ shardRange: _, ...record }: ReadRecord): ReaderAnswer {
  const out: TheirRecord[] = [];
  let failed = false;
  (aggregator as unknown as AwsKinesisAgg).deaggregate(
    { ...record, data: base64(record.data) },
    true,
    (error, each) => {
      if (error) failed = true;
      else out.push(each);
    },
    (error) => {
      failed ||= error !== undefined;
    },
  );
  const told = out.map(({ partitionKey, explicitPartitionKey, subSequenceNumber, ...rest }) => ({
    ...rest,
    ...(partitionKey === undefined ? {} : { partitionKey }),
    ...(explicitPartitionKey === undefined ? {} : { explicitHashKey: explicitPartitionKey }),
    subSequenceNumber: subSequenceNumber ?? 0,
    aggregated: subSequenceNumber !== undefined,
  }));
  return { records: told, ...(failed ? { error: "error" } : {}) };
}

function lines(records: readonly ReadRecord[]): string {
  return asLines(records.map(({ data, ...rest }) => ({ ...rest, data: base64(data) })));
}

function base64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
}
