import type { DeadLetter, ProducerOptions } from "../../index.js";
import { RecordSender } from "./record-sender.js";
import type { Tally } from "./tally.js";

/** `arn:partition:kinesis:region:account:stream/name` */
const STREAM_ARN = /^arn:[^:]+:kinesis:([^:]+):\d{12}:stream\/.+$/;

/**
 * Sends each dead letter where it was meant for: to the stream of its ARN, in that region and account, by a producer for
 * each; to the stream of its name when no ARN was known.
 */
export class RecordRouter {
  readonly #options: ProducerOptions;
  readonly #tally: Tally;
  readonly #byName: RecordSender;
  readonly #byArn: Map<string, RecordSender> = new Map();

  constructor(options: ProducerOptions, tally: Tally, byName: RecordSender) {
    this.#options = options;
    this.#tally = tally;
    this.#byName = byName;
  }

  /** The sender for a letter. */
  senderOf({ streamArn }: DeadLetter): RecordSender {
    const region = streamArn === undefined ? undefined : STREAM_ARN.exec(streamArn)?.[1];
    // What is no ARN of a stream came from an endpoint of somebody's own: the name must do.
    if (streamArn === undefined || region === undefined || streamArn === this.#options.streamArn) return this.#byName;
    let sender = this.#byArn.get(streamArn);
    if (sender === undefined) {
      const { streamName: _, ...options } = this.#options;
      sender = new RecordSender({ ...options, streamArn, region }, this.#tally);
      this.#byArn.set(streamArn, sender);
    }
    return sender;
  }

  /** Keys and data of the delivered records. */
  get bytesDelivered(): number {
    return this.#all().reduce((sum, sender) => sum + sender.bytesDelivered, 0);
  }

  /** Resolves when everything handed over is settled. */
  async flush(): Promise<void> {
    await Promise.all(this.#all().map((sender) => sender.flush()));
  }

  /** {@link flush}, and closes the connections. */
  async close(): Promise<void> {
    await Promise.all(this.#all().map((sender) => sender.close()));
  }

  #all(): RecordSender[] {
    return [this.#byName, ...this.#byArn.values()];
  }
}
