import { recordIdOf } from "../core/spool/segment-header.js";
import { isRecordFailedError, RecordFailedError, type UserRecord } from "../index.js";
import { readTags } from "../wire/record-tags.js";
import type { LogReader } from "./log-reader.js";
import type { Outlet } from "./outlet.js";

/** One shape for all records. */
type ReusedRecord = { -readonly [K in keyof Required<UserRecord>]: UserRecord[K] | undefined };

/** The parts of a {@link HandOver}. */
export interface HandOverParts {
  readonly outlet: Outlet;
  /** Whether records without an id get the one of their place in the log. */
  readonly hasIds: boolean;
  /** The producer has refused a record at once. */
  readonly onFailed: (number: number, error: RecordFailedError) => void;
}

/** Makes records of the log into records of the producer, and hands them over. */
export class HandOver {
  readonly #parts: HandOverParts;
  /** The producer copies what it keeps, so one object is enough. */
  readonly #record: ReusedRecord = {
    partitionKey: undefined,
    explicitHashKey: undefined,
    data: "",
    tags: undefined,
    recordId: undefined,
    streamName: undefined,
  };
  /** Records that the producer has, and that are not settled. */
  inFlight = 0;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
  }

  /** The stream of the latest record. */
  get streamName(): string | undefined {
    return this.#record.streamName;
  }

  /** The stream and the key of the latest record: they decide about its shard. */
  get place(): string {
    const { streamName, explicitHashKey, partitionKey } = this.#record;
    const key = (explicitHashKey as string | undefined) ?? partitionKey ?? "";
    return streamName === undefined ? key : `${streamName}\n${key}`;
  }

  /** Reads the reader's record. */
  read(reader: LogReader): void {
    const { streamName, partitionKey, explicitHashKey, tags, data } = reader.readRecord();
    const into = this.#record;
    into.partitionKey = partitionKey;
    into.explicitHashKey = explicitHashKey;
    into.data = data;
    into.streamName = streamName;
    into.tags = undefined;
    into.recordId = undefined;
    if (tags !== undefined) {
      const own = readTags(tags);
      into.tags = own.tags;
      into.recordId = own.recordId;
    }
    if (into.recordId === undefined && this.#parts.hasIds) {
      into.recordId = recordIdOf(reader.segment.header.idPrefix, reader.index);
    }
  }

  /** Offers the record that was read from this place of the reader. @returns false when the producer has no room for it */
  offer({ segment, index, recordBytes }: LogReader): boolean {
    // An absent field is the same as an undefined one.
    const record = this.#record as UserRecord;
    const number = segment.base + index;
    try {
      if (!this.#parts.outlet.enqueue(record, number, recordBytes)) return false;
      this.inFlight++;
      segment.taken.add(index);
    } catch (error) {
      if (!isRecordFailedError(error)) throw error;
      segment.taken.add(index);
      this.#parts.onFailed(number, withOwnBytes(error, record));
    }
    return true;
  }
}

/** The error of a record that was not accepted shows the reader's memory, which the next bytes overwrite. */
function withOwnBytes({ code, message, cause, streamArn }: RecordFailedError, record: UserRecord): RecordFailedError {
  const data = Buffer.from(record.data as Uint8Array);
  return new RecordFailedError({ code, message, cause, streamArn, record: { ...record, data } });
}
