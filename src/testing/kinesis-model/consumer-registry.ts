import { notFound, ServiceError } from "./service-error.js";

/** Consumers of one stream. Source: "Quotas and limits", Developer Guide. */
const MAX_CONSUMERS = 20;

/** A registered consumer (enhanced fan-out). */
export interface StreamConsumer {
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

/** The registered consumers of one stream. Nothing is delivered to them. */
export class ConsumerRegistry {
  readonly #streamArn: string;
  readonly #consumers: Map<string, StreamConsumer>;
  readonly #changed: () => void;

  /**
   * @param changed - is called after each change
   * @param consumers - those to begin with
   */
  constructor(streamArn: string, changed: () => void = () => {}, consumers: readonly StreamConsumer[] = []) {
    this.#streamArn = streamArn;
    this.#changed = changed;
    this.#consumers = new Map(consumers.map((consumer) => [consumer.name, consumer]));
  }

  /** By name. */
  get all(): readonly StreamConsumer[] {
    return [...this.#consumers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws ServiceError when the name is taken or the stream has its twenty */
  register(name: string, now: number): StreamConsumer {
    if (this.#consumers.has(name)) {
      throw new ServiceError("ResourceInUseException", `Consumer ${name} of ${this.#streamArn} already exists.`);
    }
    if (this.#consumers.size >= MAX_CONSUMERS) {
      throw new ServiceError("LimitExceededException", `${this.#streamArn} has ${MAX_CONSUMERS} consumers already.`);
    }
    const arn = `${this.#streamArn}/consumer/${name}:${Math.floor(now / 1000)}`;
    const consumer: StreamConsumer = { name, arn, createdAt: now };
    this.#consumers.set(name, consumer);
    this.#changed();
    return consumer;
  }

  /** @throws ServiceError when there is none */
  find(by: { readonly name?: string | undefined; readonly arn?: string | undefined }): StreamConsumer {
    for (const consumer of this.#consumers.values()) {
      if (by.arn === undefined ? consumer.name === by.name : consumer.arn === by.arn) return consumer;
    }
    throw notFound(`Consumer ${by.arn ?? by.name} of ${this.#streamArn} not found.`);
  }

  remove(consumer: StreamConsumer): void {
    this.#consumers.delete(consumer.name);
    this.#changed();
  }
}
