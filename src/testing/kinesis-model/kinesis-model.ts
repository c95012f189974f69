import { notFound, ServiceError } from "./service-error.js";
import { StreamModel } from "./stream-model.js";
import { resolveStreamSettings, type StreamOptions } from "./stream-settings.js";

/** Whose streams they are. */
export interface ModelOptions {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

/**
 * The streams of one account in one region: all the state of a stand-in, and no clock. Every change takes `now`,
 * milliseconds since the Unix epoch, and is complete when the call returns.
 */
export class KinesisModel {
  readonly options: ModelOptions;
  readonly #streams = new Map<string, StreamModel>();
  #ordinal = 0;

  constructor(options: ModelOptions) {
    this.options = options;
  }

  /** Every stream, by name. */
  get streams(): readonly StreamModel[] {
    return [...this.#streams.values()].sort((a, b) => (a.identity.name < b.identity.name ? -1 : 1));
  }

  /** @throws ServiceError when the name is taken; RangeError for an option out of range */
  createStream(name: string, options: StreamOptions, now: number): StreamModel {
    const { region, accountId } = this.options;
    if (this.#streams.has(name)) {
      throw new ServiceError("ResourceInUseException", `Stream ${name} under account ${accountId} already exists.`);
    }
    const arn = `arn:aws:kinesis:${region}:${accountId}:stream/${name}`;
    const nextOrdinal = (): number => ++this.#ordinal;
    const identity = { name, arn, accountId, createdAt: now, generation: nextOrdinal() };
    const stream = new StreamModel(identity, resolveStreamSettings(options), nextOrdinal);
    this.#streams.set(name, stream);
    return stream;
  }

  /** @throws ServiceError for an unknown name */
  deleteStream(name: string): void {
    this.stream(name);
    this.#streams.delete(name);
  }

  /** @throws ServiceError for an unknown name */
  stream(name: string): StreamModel {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw notFound(`Stream ${name} under account ${this.options.accountId} not found.`);
    return stream;
  }

  /** @throws ServiceError for an ARN of no stream, or of another region or account */
  streamByArn(arn: string): StreamModel {
    const stream = this.#streams.get(arn.slice(arn.indexOf("/") + 1));
    if (stream === undefined || stream.identity.arn !== arn) {
      throw notFound(`Stream ${arn} under account ${this.options.accountId} not found.`);
    }
    return stream;
  }
}
