/** One message of an event stream, as data. */
export interface EventMessage {
  /** An exception is the last message. */
  readonly kind: "event" | "exception";
  /** Name of the event, or code of the error. */
  readonly type: string;
  readonly payload: object;
}

/**
 * An output that goes on after the answer has begun. It happens as it is asked for: a reader that is slow is not pressed,
 * and nothing is kept for one that never asks.
 */
export abstract class EventStream {
  /** The next message, when there is one; undefined after the last. One call at a time. */
  abstract next(): Promise<EventMessage | undefined>;

  /** Ends it, also under a `next` that waits: that one resolves to undefined. May be called again. */
  abstract cancel(): void;
}
