import type { Clock, DiagnosticEvent, DiagnosticMessages, Diagnostics, StreamMessage } from "../core/ports.js";
import { CallTelling } from "./settlement/caller-code.js";
import type { Teller } from "./settlement/teller.js";

export interface AnnouncerParts {
  readonly diagnostics: Diagnostics;
  readonly teller: Teller;
  readonly clock: Clock;
  readonly streamName: string;
  /** Undefined while unknown. */
  readonly streamArn: () => string | undefined;
}

/** The events of the plain channels that stages of a stream see. */
type StreamEvent = Extract<DiagnosticEvent, "throttled" | "wrong-shard" | "shard-map">;

/**
 * Tells subscribers about the events of one stream. A subscriber is the caller's code, and a stage sees its event in the
 * middle of its work: so the teller publishes the message.
 */
export class Announcer {
  readonly #parts: AnnouncerParts;

  constructor(parts: AnnouncerParts) {
    this.#parts = parts;
  }

  /** Whether an event has a subscriber: if not, make no message. */
  hears(event: StreamEvent): boolean {
    return this.#parts.diagnostics.hears(event);
  }

  /** Publishes a message when every stage has done its part. */
  tell<Event extends StreamEvent>(event: Event, facts: Omit<DiagnosticMessages[Event], keyof StreamMessage>): void {
    const { diagnostics, teller, clock, streamName } = this.#parts;
    const streamArn = this.#parts.streamArn();
    const stream = streamArn === undefined ? { streamName } : { streamName, streamArn };
    const message = { ...stream, ...facts } as unknown as Omit<DiagnosticMessages[Event], "producer">;
    teller.push(new CallTelling(clock, (told) => diagnostics.publish(event, told), message));
  }
}
