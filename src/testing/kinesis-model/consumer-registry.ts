import { type LabelsSnapshot, ResourceLabels } from "./resource-labels.js";
import { notFound, ServiceError } from "./service-error.js";

/** Most consumers of one stream. Source: "Quotas and limits", Developer Guide. */
const MAX_CONSUMERS = 20;

/** Time in which a subscription cannot be taken over. Source: "SubscribeToShard", API Reference. */
const HOLD_MS = 5_000;

/** A consumer as plain data. */
export interface ConsumerSnapshot extends LabelsSnapshot {
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** When it becomes ACTIVE; CREATING before. */
  readonly activeAt: number;
}

/** A registered consumer (enhanced fan-out). */
export interface StreamConsumer extends Pick<ConsumerSnapshot, "name" | "arn" | "createdAt" | "activeAt"> {
  readonly labels: ResourceLabels;
}

/** A consumer's subscription to a shard, as far as the registry needs it. */
export interface Subscription {
  readonly startedAt: number;
  /** Ends it with an error for its reader. */
  stop(reason: ServiceError): void;
}

/** The registered consumers of one stream, and their subscriptions: at most one to each shard. */
export class ConsumerRegistry {
  readonly #streamArn: string;
  readonly #consumers: Map<string, StreamConsumer>;
  readonly #changed: () => void;
  readonly #subscriptions = new Map<StreamConsumer, Map<string, Subscription>>();

  /**
   * @param changed - called after each change
   * @param consumers - the first consumers
   */
  constructor(streamArn: string, changed: () => void = () => {}, consumers: readonly ConsumerSnapshot[] = []) {
    this.#streamArn = streamArn;
    this.#changed = changed;
    this.#consumers = new Map(consumers.map((consumer) => [consumer.name, this.#restored(consumer)]));
  }

  /** By name. */
  get all(): readonly StreamConsumer[] {
    return [...this.#consumers.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * @param creatingMs - how long it is CREATING
   * @throws ServiceError when the name is taken, or the stream has twenty consumers
   */
  register(name: string, now: number, creatingMs = 0): StreamConsumer {
    if (this.#consumers.has(name)) {
      throw new ServiceError("ResourceInUseException", `Consumer ${name} of ${this.#streamArn} already exists.`);
    }
    if (this.#consumers.size >= MAX_CONSUMERS) {
      throw new ServiceError("LimitExceededException", `${this.#streamArn} has ${MAX_CONSUMERS} consumers already.`);
    }
    const arn = `${this.#streamArn}/consumer/${name}:${Math.floor(now / 1000)}`;
    const consumer = this.#restored({ name, arn, createdAt: now, activeAt: now + creatingMs });
    this.#consumers.set(name, consumer);
    this.#changed();
    return consumer;
  }

  #restored({ name, arn, createdAt, activeAt, ...labels }: ConsumerSnapshot): StreamConsumer {
    return { name, arn, createdAt, activeAt, labels: new ResourceLabels(this.#changed, labels) };
  }

  snapshot(): readonly ConsumerSnapshot[] {
    return this.all.map(({ labels, ...consumer }) => ({ ...consumer, ...labels.snapshot() }));
  }

  /** @throws ServiceError when there is no such consumer */
  find(by: { readonly name?: string | undefined; readonly arn?: string | undefined }): StreamConsumer {
    for (const consumer of this.#consumers.values()) {
      if (by.arn === undefined ? consumer.name === by.name : consumer.arn === by.arn) return consumer;
    }
    throw notFound(`Consumer ${by.arn ?? by.name} of ${this.#streamArn} not found.`);
  }

  /** Removes the consumer and ends its subscriptions. */
  remove(consumer: StreamConsumer): void {
    this.#consumers.delete(consumer.name);
    this.#changed();
    this.#stopAll(consumer, notFound(`Consumer ${consumer.arn} not found.`));
  }

  /** Removes every consumer. Each subscription ends with `reason`. */
  removeAll(reason: ServiceError): void {
    this.#consumers.clear();
    for (const consumer of this.#subscriptions.keys()) this.#stopAll(consumer, reason);
  }

  /**
   * Refuses a second subscription to the shard within five seconds of the first, while the first is open.
   *
   * @throws ServiceError
   */
  checkFree(consumer: StreamConsumer, shardId: string, now: number): void {
    const current = this.#subscriptions.get(consumer)?.get(shardId);
    if (current !== undefined && now - current.startedAt < HOLD_MS) throw this.#isTaken(consumer, shardId);
  }

  /**
   * Registers a subscription; it replaces the present one.
   *
   * @returns a function to call when the subscription ends
   */
  subscribe(consumer: StreamConsumer, shardId: string, subscription: Subscription): () => void {
    const ofConsumer = this.#subscriptions.get(consumer) ?? new Map<string, Subscription>();
    this.#subscriptions.set(consumer, ofConsumer);
    ofConsumer.get(shardId)?.stop(this.#isTaken(consumer, shardId));
    ofConsumer.set(shardId, subscription);
    return () => {
      if (ofConsumer.get(shardId) === subscription) ofConsumer.delete(shardId);
    };
  }

  #stopAll(consumer: StreamConsumer, reason: ServiceError): void {
    for (const subscription of this.#subscriptions.get(consumer)?.values() ?? []) subscription.stop(reason);
    this.#subscriptions.delete(consumer);
  }

  /** The service's text. Source: daangn/kinesumer#16, which quotes it up to the colon. */
  #isTaken({ name }: StreamConsumer, shardId: string): ServiceError {
    const [, , , , accountId, stream] = this.#streamArn.split(":");
    return new ServiceError(
      "ResourceInUseException",
      `Another active subscription exists for this consumer: ${accountId}:${stream?.slice("stream/".length)}:${name}:${shardId}`,
    );
  }
}
