/**
 * The reaction of a program to each error code: the columns of the table in docs/errors.md beside the meaning.
 *
 * @type {Record<import("../src/errors.js").ErrorCode, { when: string, retry: string, delivery: string, status: string }>}
 */
export const ERROR_GUIDE = {
  KP_INVALID_OPTION: {
    when: "the constructor throws it; `ready()` and the records, when the SDK finds no region or no usable endpoint",
    retry: "no: correct the configuration",
    delivery: "none",
    status: "500",
  },
  KP_INVALID_RECORD: {
    when: "at once; `enqueue` throws it",
    retry: "no: the same record is refused again",
    delivery: "none",
    status: "400",
  },
  KP_RECORD_TOO_LARGE: {
    when: "at once, or when the limit of the stream is known",
    retry: "no",
    delivery: "none",
    status: "413",
  },
  KP_BUFFER_FULL: {
    when: "at once, from `put`, when `maxWaitingPuts` or `maxWaitingBytes` is reached",
    retry: "later, at the pace of the stream: `putMany()`, or `enqueue()` with `ready()`",
    delivery: "none",
    status: "503 with `Retry-After`, or 429",
  },
  KP_ABORTED: {
    when: "when the caller's signal has fired and the record is not in flight",
    retry: "as the caller of the signal decides",
    delivery: "none, or unknown after an attempt",
    status: "499 or none: the client has gone",
  },
  KP_CLOSED: {
    when: "after `close()`, and at its `timeoutMs` or `signal`",
    retry: "in another process, or from the dead letters",
    delivery: "none, or unknown for a record in flight",
    status: "503",
  },
  KP_RECORD_EXPIRED: {
    when: "`recordTtlMs` after acceptance; the message says what the record waited for",
    retry: "when the cause is gone; with unknown delivery a reader may see the record twice",
    delivery: "none, or unknown after an attempt without a clear answer",
    status: "503; 504 with unknown delivery",
  },
  KP_RECORD_FAILED: {
    when: "at a final refusal (`serviceCode`), or at `maxAttempts`",
    retry: "after a repair of the permission, the key or the stream",
    delivery: "none, or unknown after an attempt without a clear answer",
    status: "502",
  },
  KP_UNREADABLE_RECORD: {
    when: "`deaggregate`, `kinesisHandler` or `readStream` cannot open a compressed aggregate: it is damaged, too large, or its codec is missing",
    retry: "no: pass `codecs`, raise `maxDecompressedBytes`, or use a Node.js that has the codec",
    delivery: "–",
    status: "–",
  },
  KP_SPOOL_FAILED: {
    when: "when a spool is opened; from `append`, when the disk does not take the records",
    retry: "an append: yes, with the same `recordId`; the open: when the directory is usable",
    delivery: "unknown for an append: the records may be delivered nevertheless",
    status: "503",
  },
  KP_STREAM_UNREACHABLE: {
    when: "from `ready()`, until the service has answered for the first time",
    retry: "yes: call `ready()` again; it waits for the next answer, at most `shardMapTimeoutMs`",
    delivery: "no record is concerned",
    status: "503",
  },
};
