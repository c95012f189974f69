import { AccountSettings } from "./account-settings.js";
import { ChannelRegistry } from "./channel-registry.js";
import type { ModelJournal } from "./model-journal.js";
import type { ModelSnapshot, StreamSnapshot } from "./model-snapshot.js";
import { Schedule } from "./schedule.js";
import { ordinalOf } from "./sequence-number.js";
import { notFound, ServiceError } from "./service-error.js";
import { resolveTiming, type ServiceTiming } from "./service-timing.js";
import type { StoredRecord } from "./shard.js";
import type { StreamSurroundings } from "./shard-set.js";
import type { StreamIdentity } from "./stream-identity.js";
import { StreamModel } from "./stream-model.js";
import { resolveStreamSettings, type StreamOptions } from "./stream-settings.js";

/** Options of a {@link KinesisModel}. */
export interface ModelOptions {
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
  /** False counts the records of each shard and forgets them. */
  readonly keepsRecords?: boolean;
  readonly timing?: Partial<ServiceTiming>;
  /** Records what happens, to keep it. */
  readonly journal?: ModelJournal | undefined;
}

/** How often expired records are searched for: in a later call, never by a timer. */
const EXPIRE_EVERY_MS = 60_000;

/** Ordinals that a restored model skips: the last records before a loss of power may be missing. */
const ORDINALS_LEFT_OUT = 1_000_000;

/**
 * The streams of one account in one region: all state of a stand-in, without a clock. Every change takes `now`,
 * milliseconds since the Unix epoch. A change is complete when the call returns. The changes of `…Later` methods take
 * the time in `timing`; `advance` makes them when they are due.
 */
export class KinesisModel {
  readonly options: ModelOptions;
  timing: ServiceTiming;
  readonly #streams = new Map<string, StreamModel>();
  readonly channels: ChannelRegistry;
  readonly account: AccountSettings = new AccountSettings(() => this.options.journal?.changed());
  /** Deleted streams: the oracle asks about their records. */
  readonly #deleted: StreamModel[] = [];
  readonly #schedule = new Schedule();
  #ordinal = 0;
  #expireAt = Number.NEGATIVE_INFINITY;

  constructor(options: ModelOptions) {
    this.options = options;
    this.timing = resolveTiming(options.timing);
    this.channels = new ChannelRegistry(options.region, options.accountId, () => options.journal?.changed());
  }

  /** Every stream, by name. */
  get streams(): readonly StreamModel[] {
    return [...this.#streams.values()].sort((a, b) => (a.identity.name < b.identity.name ? -1 : 1));
  }

  /** Every stream that ever had the name, oldest first. */
  generationsOf(name: string): readonly StreamModel[] {
    const current = this.#streams.get(name);
    const deleted = this.#deleted.filter((stream) => stream.identity.name === name);
    return current === undefined ? deleted : [...deleted, current];
  }

  /** Makes the changes that are due, and drops expired records. */
  advance(now: number): void {
    this.#schedule.advance(now);
    if (now < this.#expireAt) return;
    this.#expireAt = now + EXPIRE_EVERY_MS;
    for (const stream of [...this.#deleted, ...this.#streams.values()]) stream.expire(now);
  }

  /** Every stream without its records. */
  snapshot(): ModelSnapshot {
    const { region, accountId } = this.options;
    const { commitment } = this.account;
    return {
      ...{ region, accountId, ordinal: this.#ordinal },
      streams: this.streams.map((stream) => stream.snapshot()),
      channels: this.channels.snapshot(),
      ...(commitment === undefined ? {} : { commitment }),
    };
  }

  /**
   * Makes the journal keep all changes since the last commit.
   *
   * @throws the journal's error; the model keeps the changes nevertheless
   */
  commit(): void {
    this.options.journal?.commit(() => this.snapshot());
  }

  /**
   * Restores the snapshot of another model into this empty one. Pending changes are over: a stream that was CREATING or
   * UPDATING is ACTIVE, a stream that was DELETING is gone, and a pending reshard is lost.
   *
   * @param recordsOf - the records of a stream, in order within each shard
   * @throws RangeError when the snapshot is of another region or account
   */
  restore(kept: ModelSnapshot, recordsOf: (stream: StreamIdentity) => Iterable<StoredRecord>, now: number): void {
    const { region, accountId, journal } = this.options;
    if (kept.region !== region || kept.accountId !== accountId) {
      throw new RangeError(
        `the streams that were kept are of region ${kept.region} and account ${kept.accountId}, not of ${region} and ${accountId}`,
      );
    }
    this.#ordinal = kept.ordinal;
    for (const stream of kept.streams) {
      if (stream.status !== "DELETING") this.#restoreStream(stream, recordsOf);
    }
    this.#ordinal += ORDINALS_LEFT_OUT;
    for (const channel of kept.channels ?? []) this.channels.add(channel, now);
    this.account.restore(kept.commitment);
    journal?.changed();
    this.advance(now);
  }

  #restoreStream(kept: StreamSnapshot, recordsOf: (stream: StreamIdentity) => Iterable<StoredRecord>): void {
    const { name, createdAt, generation, settings } = kept;
    const stream = new StreamModel(
      this.#identity(name, createdAt, generation),
      settings,
      this.#surroundings(name),
      kept,
    );
    this.#streams.set(name, stream);
    for (const record of recordsOf(stream.identity)) {
      stream.restore(record);
      this.#ordinal = Math.max(this.#ordinal, ordinalOf(record.sequenceNumber));
    }
  }

  /** @throws ServiceError when the name is taken; RangeError for an option out of range */
  createStream(name: string, options: StreamOptions, now: number): StreamModel {
    const { accountId } = this.options;
    if (this.#streams.has(name)) {
      throw new ServiceError("ResourceInUseException", `Stream ${name} under account ${accountId} already exists.`);
    }
    const settings = resolveStreamSettings(options);
    const surroundings = this.#surroundings(name);
    const identity = this.#identity(name, now, surroundings.nextOrdinal());
    const stream = new StreamModel(identity, settings, surroundings);
    this.#streams.set(name, stream);
    this.options.journal?.changed();
    return stream;
  }

  #identity(name: string, createdAt: number, generation: number): StreamIdentity {
    const { region, accountId } = this.options;
    return { name, arn: `arn:aws:kinesis:${region}:${accountId}:stream/${name}`, accountId, createdAt, generation };
  }

  #surroundings(name: string): StreamSurroundings {
    const { journal, keepsRecords = true } = this.options;
    const nextOrdinal = (): number => ++this.#ordinal;
    const staleListMs = (): number => this.timing.staleListMs;
    return { nextOrdinal, earliestSecond: this.#secondAfter(name), staleListMs, keepsRecords, journal };
  }

  /**
   * The first second after the creation of all shards of earlier streams of that name. The service needs longer than
   * that to delete a stream.
   */
  #secondAfter(name: string): number {
    const shards = this.generationsOf(name).flatMap((stream) => stream.shards);
    return shards.reduce((second, { numbering }) => Math.max(second, numbering.createdSecond + 1), 0);
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
    this.options.journal?.changed();
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
   * Changes a stream's shards. It is UPDATING at once; the shards change after `reshardMs`; it is ACTIVE again after
   * `updateMs`.
   */
  reshardLater(stream: StreamModel, now: number, reshard: (now: number) => void): void {
    const { reshardMs, updateMs } = this.timing;
    this.#schedule.after(now, reshardMs, reshard);
    this.updateLater(stream, now, Math.max(reshardMs, updateMs));
  }

  /** Makes the stream UPDATING for `updateMs`. */
  updateLater(stream: StreamModel, now: number, updateMs: number = this.timing.updateMs): void {
    stream.status = "UPDATING";
    this.#schedule.after(now, updateMs, () => {
      if (stream.status === "UPDATING") stream.status = "ACTIVE";
    });
  }

  /** Makes a change when the update is over: the stream is UPDATING until then. */
  changeLater(stream: StreamModel, now: number, change: () => void): void {
    this.#schedule.after(now, this.timing.updateMs, change);
    this.updateLater(stream, now);
  }

  /** The stream of the name, if it exists. */
  find(name: string): StreamModel | undefined {
    return this.#streams.get(name);
  }

  /** @throws ServiceError for an unknown name */
  stream(name: string): StreamModel {
    const stream = this.#streams.get(name);
    if (stream === undefined) throw this.#noStream(name);
    return stream;
  }

  /** @throws ServiceError for an ARN without a stream, or of another region or account */
  streamByArn(arn: string): StreamModel {
    const name = arn.slice(arn.indexOf("/") + 1);
    const stream = this.#streams.get(name);
    if (stream === undefined || stream.identity.arn !== arn) throw this.#noStream(name);
    return stream;
  }

  /**
   * The same stream, if it can be written and read.
   *
   * @throws ServiceError while it is CREATING or DELETING: it does not exist for the data plane
   */
  usable(stream: StreamModel): StreamModel {
    if (stream.status === "ACTIVE" || stream.status === "UPDATING") return stream;
    throw this.#noStream(stream.identity.name);
  }

  #noStream(name: string): ServiceError {
    return notFound(`Stream ${name} under account ${this.options.accountId} not found.`);
  }
}
