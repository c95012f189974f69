import { type EventMessage, EventStream } from "../operations/event-stream.js";

/** A stream that passes on N events of another stream, and then ends with an error. */
export class FailingEventStream extends EventStream {
  readonly #events: EventStream;
  readonly #error: { readonly code: string; readonly message: string };
  /** Messages still to pass on, including the initial response. */
  #left: number;

  constructor(events: EventStream, after: number, error: { readonly code: string; readonly message: string }) {
    super();
    this.#events = events;
    this.#error = error;
    this.#left = after + 1;
  }

  async next(): Promise<EventMessage | undefined> {
    if (this.#left-- > 0) return await this.#events.next();
    this.cancel();
    const { code, message } = this.#error;
    return this.#left === -1 ? { kind: "exception", type: code, payload: { message } } : undefined;
  }

  cancel(): void {
    this.#events.cancel();
  }
}
