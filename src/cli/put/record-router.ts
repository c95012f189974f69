import type { DeadLetter, ProducerOptions } from "../../index.js";
import { RecordSender } from "./record-sender.js";
import { addUsage, NO_USAGE, type SendingUsage } from "./sending-usage.js";
import type { Tally } from "./tally.js";

/** `arn:partition:kinesis:region:account:stream/name` */
const STREAM_ARN = /^arn:[^:]+:kinesis:([^:]+):\d{12}:stream\/.+$/;

/**
 * Sends each dead letter to its original stream. If its ARN is known, that is the stream of the ARN, in that region and
 * account, through one producer per ARN. Otherwise it is the stream of its name.
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
    // A custom endpoint may return something that is not a stream ARN. Then the stream name is used.
    if (streamArn === undefined || region === undefined || streamArn === this.#options.streamArn) return this.#byName;
    let sender = this.#byArn.get(streamArn);
    if (sender === undefined) {
      const { streamName: _, ...options } = this.#options;
      sender = new RecordSender({ ...options, streamArn, region }, this.#tally);
      this.#byArn.set(streamArn, sender);
    }
    return sender;
  }

  /** The requests so far of all senders together. */
  usage(): SendingUsage {
    return this.#all()
      .map((sender) => sender.usage())
      .reduce(addUsage, NO_USAGE);
  }

  /** Resolves when all records handed over are settled. */
  async flush(): Promise<void> {
    await Promise.all(this.#all().map((sender) => sender.flush()));
  }

  /** Flushes, then closes the connections. */
  async close(): Promise<void> {
    await Promise.all(this.#all().map((sender) => sender.close()));
  }

  #all(): RecordSender[] {
    return [this.#byName, ...this.#byArn.values()];
  }
}
