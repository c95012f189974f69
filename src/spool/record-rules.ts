import { KEY_MISSING, type RecordChecker, type RecordProblem, sizeProblem } from "../core/record/record-check.js";
import { isStreamName } from "../option-checks.js";
import { MAX_RECORD_BYTES } from "../quotas.js";
import { readTags } from "../wire/record-tags.js";
import { show } from "../wording/shown-value.js";
import type { ResolvedSpoolOptions } from "./spool-options.js";

/** A record that passed the checker. */
type Checked = RecordChecker["checked"];

/** The producer's own buffer, unless its option says otherwise: the log on disk is the real one. */
const MAX_BUFFERED_BYTES: number = 16 * 1024 * 1024;
/** Most bytes of the tag of an id that the spool makes: 12 characters of the segment, and 6 of the index. */
const ID_BYTES = 25;
/** More than the envelope adds to a record: it decides whether the exact size is counted. */
const ENVELOPE_BYTES = 4_096;

/**
 * Rules of the producer's options for a record: an append is refused when the producer would not accept the record. The
 * service's own answers are not known here.
 */
export class RecordRules {
  readonly maxBufferedBytes: number;
  readonly #maxRecordBytes: number;
  readonly #hasIds: boolean;
  readonly #needsKey: boolean;
  readonly #hasDefaultStream: boolean;
  /** Why no record can have tags. */
  readonly #noTags: string | undefined;

  constructor({ producer, recordIds }: Pick<ResolvedSpoolOptions, "producer" | "recordIds">) {
    const { recordDistribution, streamName, streamArn } = producer;
    this.maxBufferedBytes = producer.maxBufferedBytes ?? MAX_BUFFERED_BYTES;
    this.#maxRecordBytes = producer.maxRecordBytes ?? MAX_RECORD_BYTES;
    this.#hasIds = recordIds;
    // An id needs the envelope, and a stream without keys takes no envelope.
    this.#needsKey = recordIds || (recordDistribution !== undefined && recordDistribution !== "AUTO");
    this.#hasDefaultStream = streamName !== undefined || streamArn !== undefined;
    if (producer.aggregation === false) this.#noTags = "aggregation is false";
    else if (recordDistribution === "AUTO") this.#noTags = "the stream's record distribution is AUTO";
  }

  /** Why the producer would not accept a record that passed the checker. Runs none of the caller's code for a good record. */
  problemOf(record: Checked, streamName: unknown): RecordProblem | undefined {
    return this.#streamProblem(streamName) ?? this.#fieldProblem(record) ?? this.#sizeProblem(record);
  }

  #streamProblem(streamName: unknown): RecordProblem | undefined {
    if (streamName === undefined ? this.#hasDefaultStream : isStreamName(streamName)) return undefined;
    const message =
      streamName === undefined
        ? "streamName is required: the spool's producer has no default stream"
        : `streamName must be the name of a stream, got ${show(streamName)}`;
    return { code: "KP_INVALID_RECORD", message };
  }

  #fieldProblem({ key, tags }: Checked): RecordProblem | undefined {
    if (this.#needsKey && key.bytes === 0) return KEY_MISSING;
    if (tags === undefined || this.#noTags === undefined) return undefined;
    return { code: "KP_INVALID_RECORD", message: `tags and record ids need the envelope, but ${this.#noTags}` };
  }

  /** Only a large record is counted exactly, with the id that the delivery adds. */
  #sizeProblem(record: Checked): RecordProblem | undefined {
    const least = Math.min(this.#maxRecordBytes, this.maxBufferedBytes);
    if (record.bufferedBytes <= least - ENVELOPE_BYTES) return undefined;
    const { key, explicitHashKey, data, dataBytes } = record;
    const tags = this.#hasIds ? withId(record.tags) : record.tags;
    const bytes = key.bytes + dataBytes + (tags?.length ?? 0);
    if (bytes > this.maxBufferedBytes) {
      const message = `the record has ${bytes} bytes; the producer's buffer holds ${this.maxBufferedBytes} (maxBufferedBytes)`;
      return { code: "KP_RECORD_TOO_LARGE", message };
    }
    return sizeProblem({ key, explicitHashKey, data, dataBytes, tags }, this.#maxRecordBytes);
  }
}

/** Tags of the right length. */
function withId(tags: Uint8Array | undefined): Uint8Array {
  if (tags === undefined) return new Uint8Array(ID_BYTES);
  return readTags(tags).recordId === undefined ? new Uint8Array(tags.length + ID_BYTES) : tags;
}
