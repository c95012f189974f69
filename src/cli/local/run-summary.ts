import type { LocalKinesis } from "../../testing/index.js";
import { counted } from "../counted.js";
import type { Delivered } from "./deliver-option.js";

/** The present state of a stream. */
export interface StreamState {
  readonly name: string;
  readonly openShards: number;
  /** Kinesis records stored so far, including expired ones. */
  readonly records: number;
  /** Bytes of data in those records. */
  readonly bytes: number;
}

/** Streams, calls and connections so far. */ export interface RunSummary {
  readonly streams: readonly StreamState[];
  readonly calls: Readonly<Record<string, number>>;
  readonly throttled: { readonly records: number; readonly calls: number };
  readonly connections: number;
  /** With `--deliver` only. */
  readonly delivered?: Delivered;
}

/** The present state of every stream, by name. */
export function streamStates(kinesis: LocalKinesis): StreamState[] {
  return kinesis.streamNames().map((name) => {
    const counts = kinesis.oracle.shardCounts(name);
    return {
      name,
      openShards: kinesis.shards(name).filter((shard) => shard.endingSequenceNumber === undefined).length,
      records: counts.reduce((sum, { records }) => sum + records, 0),
      bytes: counts.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}

/** The summary of the run so far. */ export function runSummary(kinesis: LocalKinesis): RunSummary {
  const { oracle } = kinesis;
  return {
    streams: streamStates(kinesis),
    calls: Object.fromEntries([...kinesis.requestCounts()].sort(([a], [b]) => (a < b ? -1 : 1))),
    throttled: { records: oracle.throttledRecords, calls: oracle.throttledCalls },
    connections: kinesis.connections,
  };
}

/** Streams as lines of text. */
export function describeStreams(streams: readonly StreamState[]): string {
  if (streams.length === 0) return "  no stream yet";
  return streams
    .map(({ name, openShards, records, bytes }) => {
      const stored = records === 0 ? "" : `, ${counted(records, "record")}, ${counted(bytes, "byte")}`;
      return `  ${name}: ${counted(openShards, "open shard")}${stored}`;
    })
    .join("\n");
}

/** The summary as lines of text. */
export function describeSummary({ streams, calls, throttled, connections, delivered }: RunSummary): string {
  const byOperation = Object.entries(calls).map(([operation, count]) => `${operation} ${count.toLocaleString("en")}`);
  return [
    "Ended. Streams:",
    describeStreams(streams),
    `calls: ${byOperation.join(", ") || "none"}`,
    `throttled: ${counted(throttled.records, "record")}, ${counted(throttled.calls, "call")}`,
    `connections: ${connections.toLocaleString("en")}`,
    ...(delivered === undefined ? [] : [describeDelivered(delivered)]),
  ].join("\n");
}

function describeDelivered({ records, files, unwritten }: Delivered): string {
  const missing = unwritten === 0 ? "" : `; ${counted(unwritten, "record")} not written`;
  return `delivered: ${counted(records, "record")} in ${counted(files, "file")}${missing}`;
}
