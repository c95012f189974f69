import type { Clock } from "../../core/ports.js";
import type { DeliveryDestination } from "./destinations.js";
import type { StreamSource } from "./kinesis-source.js";
import type { PartitionQuery } from "./partition-keys.js";
import type { DeliveryTransformEvent } from "./transform-event.js";

/** How files are compressed, by the names of Firehose. Its formats ZIP, Snappy and HADOOP_SNAPPY are not supported. */
export type CompressionFormat = "UNCOMPRESSED" | "GZIP";

/** When a file is complete: at the size or after the time, whichever comes first. */
export interface BufferingHints {
  /**
   * MiB of a file before compression, 1 to 128; with dynamic partitioning 64 to 128.
   * @defaultValue 5; 64 with dynamic partitioning
   */
  readonly sizeInMBs?: number | undefined;
  /**
   * Seconds after the first record of the file, 0 to 900; with dynamic partitioning 60 to 900. With 0 a file has the records
   * of one read.
   * @defaultValue 300
   */
  readonly intervalInSeconds?: number | undefined;
}

/** The transformation of a delivery stream. */
export interface DeliveryTransform {
  /**
   * A handler of data transformations, as Lambda runs it: `firehoseTransform` of `kinesis-producer/lambda` makes one. It gets
   * a copy of the event and a small context, and returns a result, or a promise of one. There is no callback.
   */
  handler(event: DeliveryTransformEvent, context: never, callback: never): unknown;
  /**
   * MB of data that one invocation gets, 0.2 to 3. An invocation has fewer records when its event would be larger than 6 MB.
   * @defaultValue 1
   */
  readonly bufferSizeInMBs?: number | undefined;
  /**
   * Seconds after the first record of an invocation, 0 to 900.
   * @defaultValue 60
   */
  readonly bufferIntervalInSeconds?: number | undefined;
  /**
   * Further invocations after one that failed, 0 to 300.
   * @defaultValue 3
   */
  readonly numberOfRetries?: number | undefined;
  /**
   * Named in error documents.
   * @defaultValue "arn:aws:lambda:us-east-1:000000000000:function:transform:$LATEST"
   */
  readonly lambdaArn?: string | undefined;
}

/** Files by keys in the records. */
export interface DynamicPartitioning {
  /** The keys that `!{partitionKeyFromQuery:name}` names, by name. They see the data after the transform. */
  readonly query?: Readonly<Record<string, PartitionQuery>> | undefined;
  /**
   * Partitions that have data at a time, 1 to 5000. Records of further partitions become error documents.
   * @defaultValue 500
   */
  readonly maxActivePartitions?: number | undefined;
}

/** Something that did not work, and is tried again, or becomes an error document. */
export interface DeliveryFailure {
  /** Reading the stream, the transform, or writing a file. */
  readonly stage: "source" | "transform" | "destination";
  readonly error: unknown;
  /** Failures in a row, from 1. */
  readonly attempt: number;
  /** The key of the file; of `destination` only. */
  readonly key?: string;
}

/** Options of a `DeliveryStream`. The names and limits are those of Amazon Data Firehose. */
export interface DeliveryStreamOptions {
  /** 1 to 64 letters, digits, `_`, `.` and `-`. It is part of the names of files. */
  readonly deliveryStreamName: string;
  readonly source: StreamSource;
  /** Where files are written: `folderDestination(path)`, `s3Destination({ … })`, or your own. */
  readonly destination: DeliveryDestination;
  readonly bufferingHints?: BufferingHints | undefined;
  /** @defaultValue "UNCOMPRESSED" */
  readonly compressionFormat?: CompressionFormat | undefined;
  /**
   * In front of the names of files, with expressions `!{timestamp:…}`, `!{firehose:random-string}`, and the keys of dynamic
   * partitioning. Without a timestamp, `!{timestamp:yyyy/MM/dd/HH/}` is appended, except with dynamic partitioning.
   * @defaultValue ""
   */
  readonly prefix?: string | undefined;
  /**
   * In front of the names of error files. It must have `!{firehose:error-output-type}`. Necessary when `prefix` has
   * expressions.
   * @defaultValue the prefix, the type, `/`, and the date as in `prefix`
   */
  readonly errorOutputPrefix?: string | undefined;
  /**
   * Replaces the extension that a compression has, `.gz`. It begins with a dot.
   */
  readonly fileExtension?: string | undefined;
  readonly transform?: DeliveryTransform | undefined;
  readonly dynamicPartitioning?: DynamicPartitioning | undefined;
  /**
   * Appended to each record in a file; `true` for a line feed.
   * @defaultValue false
   */
  readonly appendDelimiterToRecord?: boolean | string | undefined;
  /**
   * Called for each failure.
   * @defaultValue a process warning, once per stage
   */
  readonly onFailure?: ((failure: DeliveryFailure) => void) | undefined;
  /**
   * For tests of a delivery stream itself: the clock of its buffers and pauses. The reading of the stream uses the system's.
   */
  readonly clock?: Pick<Clock, "now" | "epochNow" | "setTimer"> | undefined;
}
