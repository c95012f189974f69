/** One message of an event stream, as data. */
export interface EventMessage {
  /** An exception is the last message. */
  readonly kind: "event" | "exception";
  /** Name of the event, or code of the error. */
  readonly type: string;
  readonly payload: object;
}

/**
 * An output that continues after the start of the answer. The reader pulls its messages, so a slow reader has no
 * backlog.
 */
export abstract class EventStream {
  /** Resolves to the next message when it exists; undefined after the last. One call at a time. */
  abstract next(): Promise<EventMessage | undefined>;

  /** Ends the stream. A waiting `next` resolves to undefined. May be called again. */
  abstract cancel(): void;
}
