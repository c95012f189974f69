import { Writable } from "node:stream";
import { checkOptionsObject } from "../errors.js";

import type { PutResult, UserRecord } from "../record.js";

/** Options of `KinesisProducer.writable()`. */
export interface RecordWritableOptions {
  /**
   * Whether a failed record destroys the stream with its error. If not, only `onFailed` gets the failures.
   * @defaultValue true
   */
  readonly destroyOnFailure?: boolean;
}

/** The part of a producer that a stream needs. */
export interface RecordSink {
  put(record: UserRecord): Promise<PutResult>;
  tryPut(record: UserRecord): Promise<PutResult> | undefined;
  ready(streamName?: string): Promise<void>;
  flush(): Promise<void>;
}

/**
 * A Writable that hands its chunks over as user records. It takes a chunk when there is room for it, not when it is
 * delivered.
 */
export function newRecordWritable(sink: RecordSink, options: RecordWritableOptions): Writable {
  checkOptionsObject(options, "writable()");
  const { destroyOnFailure = true } = options;
  const watch = (put: Promise<PutResult>): void => {
    put.catch((error: unknown) => {
      if (destroyOnFailure) writable.destroy(error as Error);
    });
  };
  const take = async (record: UserRecord): Promise<void> => {
    for (;;) {
      const put = sink.tryPut(record);
      if (put !== undefined) {
        watch(put);
        return;
      }
      await sink.ready(record.streamName);
    }
  };
  const writable = new Writable({
    objectMode: true,
    write(record: UserRecord, _encoding, callback) {
      take(record).then(() => {
        callback();
      }, callback);
    },
    final(callback) {
      // A failure of the last records must destroy the stream before it finishes.
      sink.flush().then(() => {
        callback();
      }, callback);
    },
  });
  return writable;
}
