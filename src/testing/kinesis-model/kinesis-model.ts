import { Schedule } from "./schedule.js";
import { notFound, ServiceError } from "./service-error.js";
import { resolveTiming, type ServiceTiming } from "./service-timing.js";
import { StreamModel } from "./stream-model.js";
import { resolveStreamSettings, type StreamOptions } from "./stream-settings.js";

/** Whose streams they are. */
export interface ModelOptions {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** False counts the records of each shard and forgets them. */
  readonly keepsRecords?: boolean;
  readonly timing?: Partial<ServiceTiming>;
}

/**
 * The streams of one account in one region: all the state of a stand-in, and no clock. Every change takes `now`,
 * milliseconds since the Unix epoch. A change is complete when the call returns, except those that a `…Later` method
 * asks for: they take the time that `timing` says, and `advance` makes them when they are due.
 */
export class KinesisModel {
  readonly options: ModelOptions;
  timing: ServiceTiming;
  readonly #streams = new Map<string, StreamModel>();
  /** Streams that were deleted, for who asks what became of their records. */
  readonly #deleted: StreamModel[] = [];
  readonly #schedule = new Schedule();
  #ordinal = 0;

  constructor(options: ModelOptions) {
    this.options = options;
    this.timing = resolveTiming(options.timing);
  }

  /** Every stream, by name. */
  get streams(): readonly StreamModel[] {
    return [...this.#streams.values()].sort((a, b) => (a.identity.name < b.identity.name ? -1 : 1));
  }

  /** Every stream that ever had the name, the oldest first. */
  generationsOf(name: string): readonly StreamModel[] {
    const current = this.#streams.get(name);
    const deleted = this.#deleted.filter((stream) => stream.identity.name === name);
    return current === undefined ? deleted : [...deleted, current];
  }

  /** Makes the changes that are due. */
  advance(now: number): void {
    this.#schedule.advance(now);
  }

  /** @throws ServiceError when the name is taken; RangeError for an option out of range */
  createStream(name: string, options: StreamOptions, now: number): StreamModel {
    const { region, accountId, keepsRecords = true } = this.options;
    if (this.#streams.has(name)) {
      throw new ServiceError("ResourceInUseException", `Stream ${name} under account ${accountId} already exists.`);
    }
    const arn = `arn:aws:kinesis:${region}:${accountId}:stream/${name}`;
    const nextOrdinal = (): number => ++this.#ordinal;
    const identity = { name, arn, accountId, createdAt: now, generation: nextOrdinal() };
    const staleListMs = (): number => this.timing.staleListMs;
    const settings = resolveStreamSettings(options);
    const stream = new StreamModel(identity, settings, { nextOrdinal, staleListMs, keepsRecords });
    this.#streams.set(name, stream);
    return stream;
  }

  /** Creates a stream that is CREATING at first. Throws as `createStream` does. */
  createStreamLater(name: string, options: StreamOptions, now: number): void {
    const stream = this.createStream(name, options, now);
    stream.status = "CREATING";
    this.#schedule.after(now, this.timing.createMs, () => {
      if (stream.status === "CREATING") stream.status = "ACTIVE";
    });
  }

  /** @throws ServiceError for an unknown name */
  deleteStream(name: string): void {
    const stream = this.stream(name);
    this.#deleted.push(stream);
    this.#streams.delete(name);
    stream.consumers.removeAll(this.#noStream(name));
  }

  /** Deletes a stream that is DELETING at first. */
  deleteStreamLater(stream: StreamModel, now: number): void {
    stream.status = "DELETING";
    const { name } = stream.identity;
    this.#schedule.after(now, this.timing.deleteMs, () => {
      if (this.#streams.get(name) === stream) this.deleteStream(name);
    });
  }

  /**
   * Changes a stream's shards: it is UPDATING at once, the shards change after `reshardMs`, and it is ACTIVE again after
   * `updateMs`.
   */
  reshardLater(stream: StreamModel, now: number, reshard: (now: number) => void): void {
    const { reshardMs, updateMs } = this.timing;
    this.#schedule.after(now, reshardMs, reshard);
    this.updateLater(stream, now, Math.max(reshardMs, updateMs));
  }

  /** Has the stream UPDATING for a while. */
  updateLater(stream: StreamModel, now: number, updateMs: number = this.timing.updateMs): void {
    stream.status = "UPDATING";
    this.#schedule.after(now, updateMs, () => {
      if (stream.status === "UPDATING") stream.status = "ACTIVE";
    });
  }

  /** The stream of the name, when there is one. */
  find(name: string): StreamModel | undefined {
    return this.#streams.get(name);
  }

  /** @throws ServiceError for an unknown name */
  stream(name: string): StreamModel {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw this.#noStream(name);
    return stream;
  }

  /** @throws ServiceError for an ARN of no stream, or of another region or account */
  streamByArn(arn: string): StreamModel {
    const stream = this.#streams.get(arn.slice(arn.indexOf("/") + 1));
    if (stream === undefined || stream.identity.arn !== arn) throw this.#noStream(arn);
    return stream;
  }

  /**
   * The same stream, when it can be written and read.
   *
   * @throws ServiceError while it is CREATING or DELETING: to the data plane it does not exist
   */
  usable(stream: StreamModel): StreamModel {
    if (stream.status === "ACTIVE" || stream.status === "UPDATING") return stream;
    throw this.#noStream(stream.identity.name);
  }

  #noStream(name: string): ServiceError {
    return notFound(`Stream ${name} under account ${this.options.accountId} not found.`);
  }
}
