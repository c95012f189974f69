import { type Channel, channel, type TracingChannel, tracingChannel } from "node:diagnostics_channel";
import type {
  DiagnosticEvent,
  DiagnosticMessages,
  Diagnostics,
  PutRecordsAnswer,
  RequestFacts,
  RequestFailure,
} from "../core/ports.js";
import { PutRecordsContext, PutRecordsError, throwLater } from "./put-records-context.js";

// Held here: Node.js forgets a channel to which nothing refers, with its subscribers.
const CHANNELS: Readonly<Record<DiagnosticEvent, Channel>> = {
  throttled: channel("kinesis-producer:throttled"),
  "wrong-shard": channel("kinesis-producer:wrong-shard"),
  "shard-map": channel("kinesis-producer:shard-map"),
  "record-failed": channel("kinesis-producer:record-failed"),
  closed: channel("kinesis-producer:closed"),
};
const REQUESTS: TracingChannel<unknown, object> = tracingChannel("kinesis-producer:put-records");

/** A failed request, as the error of the tracing channel. */
class Failed extends PutRecordsError {
  readonly answer: RequestFailure;

  constructor(answer: RequestFailure) {
    super(answer);
    this.answer = answer;
  }
}

/**
 * Publishes the events of one producer on the channels of `node:diagnostics_channel`, which all producers of the process
 * share. An error of a subscriber surfaces as an uncaught exception in a later tick, and changes nothing else.
 */
export class ChannelDiagnostics implements Diagnostics {
  readonly #producer: object;
  readonly #endpoint: string | undefined;

  /** @param endpoint - where requests go, if the caller has set it */
  constructor(producer: object, endpoint: string | undefined) {
    this.#producer = producer;
    this.#endpoint = endpoint;
  }

  hears(event: DiagnosticEvent): boolean {
    return CHANNELS[event].hasSubscribers;
  }

  publish<Event extends DiagnosticEvent>(event: Event, message: Omit<DiagnosticMessages[Event], "producer">): void {
    CHANNELS[event].publish({ producer: this.#producer, ...message });
  }

  get hearsRequests(): boolean {
    return REQUESTS.hasSubscribers;
  }

  request(facts: RequestFacts, send: () => Promise<PutRecordsAnswer>): Promise<PutRecordsAnswer> {
    const context = new PutRecordsContext(this.#producer, facts, this.#endpoint);
    let sent: Promise<PutRecordsAnswer> | undefined;
    const sendOnce = (): Promise<PutRecordsAnswer> => {
      sent ??= send();
      return sent;
    };
    try {
      const traced = REQUESTS.tracePromise(() => {
        context.callWithin(sendOnce);
        return failing(sendOnce());
      }, context);
      // After the messages about the end.
      return traced.then(sendOnce, sendOnce);
    } catch (error) {
      // A store that a subscriber has bound to the channel: the request is sent all the same.
      throwLater(error);
      return sendOnce();
    }
  }
}

/** Rejects where the answer is that the request failed: so the channel `error` has it. */
async function failing(sent: Promise<PutRecordsAnswer>): Promise<PutRecordsAnswer> {
  const answer = await sent;
  if (answer.kind === "failed") throw new Failed(answer);
  return answer;
}
