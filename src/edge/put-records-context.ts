import type { RequestAnswered, RequestFacts, RequestFailure, StreamMessage, TraceContext } from "../core/ports.js";

/** Calls `send` at once, within some context. */
export type SendWrapper = (send: () => void) => void;

/** The `error` of a request that failed as a whole. */
export class PutRecordsError extends Error {
  /** The service's code, or the name of the network's error. */
  readonly code: string;
  /** The HTTP status, when there was an answer. */
  readonly statusCode?: number;
  /** Whether the service may still have stored the records. */
  readonly mayBeStored: boolean;

  /** @internal */
  constructor({ code, message, statusCode, mayBeStored, cause }: RequestFailure) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "PutRecordsError";
    this.code = code;
    if (statusCode !== undefined) this.statusCode = statusCode;
    this.mayBeStored = mayBeStored;
  }
}

/**
 * The message of the tracing channel `kinesis-producer:put-records`: one object for all messages about one request.
 * Subscribers may add symbols to it.
 */
export class PutRecordsContext implements StreamMessage {
  readonly producer: object;
  readonly streamName: string;
  readonly streamArn?: string;
  /** The option `endpoint`, if it is set. */
  readonly endpoint?: string;
  /** Kinesis records: entries of the request. */
  readonly records: number;
  /** User records in them. */
  readonly userRecords: number;
  /** Data and partition keys of the Kinesis records. */
  readonly bytes: number;
  /** 1 for a request of new records. Otherwise one more than the most attempts that one of its Kinesis records had. */
  readonly attempt: number;
  /** From `asyncStart` on: the answer, one entry for each Kinesis record. Some of them may be refused. */
  declare result?: RequestAnswered;
  /** From `error` on: why the whole request failed. */
  declare error?: PutRecordsError;
  readonly #traceContexts: RequestFacts["traceContexts"];
  readonly #wrappers: SendWrapper[] = [];

  /** @internal */
  constructor(producer: object, facts: RequestFacts, endpoint: string | undefined) {
    this.producer = producer;
    this.streamName = facts.streamName;
    if (facts.streamArn !== undefined) this.streamArn = facts.streamArn;
    if (endpoint !== undefined) this.endpoint = endpoint;
    this.records = facts.records;
    this.userRecords = facts.userRecords;
    this.bytes = facts.bytes;
    this.attempt = facts.attempt;
    this.#traceContexts = facts.traceContexts;
  }

  /**
   * The different W3C trace contexts in the tags of the user records, in order. Reads them from the bytes; only in a
   * subscriber of `start`, later the result is empty.
   *
   * @param most - more than these are not looked for
   */
  traceContexts(most: number): readonly TraceContext[] {
    return this.#traceContexts(most);
  }

  /**
   * Has the request sent within `wrapper`, which calls its argument at once. Only in a subscriber of `start`. The wrapper
   * of the last subscriber is the outermost.
   *
   * @example
   * ```ts
   * const request = new AsyncLocalStorage<string>();
   * message.runWithin((send) => request.run(`attempt ${message.attempt}`, send));
   * ```
   */
  runWithin(wrapper: SendWrapper): void {
    this.#wrappers.push(wrapper);
  }

  /**
   * Calls `send` once within all wrappers. An error of a wrapper surfaces as an uncaught exception.
   *
   * @internal
   */
  callWithin(send: () => void): void {
    let call = send;
    for (const wrapper of this.#wrappers) call = once(wrapper, call);
    call();
  }
}

/** Calls a function within a wrapper, once, whatever the wrapper does. */
function once(wrapper: SendWrapper, call: () => void): () => void {
  let isCalled = false;
  const callOnce = (): void => {
    if (isCalled) return;
    isCalled = true;
    call();
  };
  return () => {
    try {
      wrapper(callOnce);
    } catch (error) {
      throwLater(error);
    }
    callOnce();
  };
}

/** An error of a subscriber: surfaces as those that `node:diagnostics_channel` itself catches. */
export function throwLater(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
