import { createHash } from "node:crypto";
import { Alarm } from "./alarm.js";
import { CallError } from "./kinesis-caller.js";
import { bytesInEvent, type EventRecord } from "./lambda-event.js";
import { Lane } from "./lane.js";
import type { Mapping } from "./mapping.js";
import type { ReadAnswer, ShardPlace, StreamSource } from "./stream-source.js";

/** Records, and bytes of their events, that a shard may read ahead of its lanes. */
const MAX_WAITING_RECORDS = 20_000;
const MAX_WAITING_BYTES: number = 64 * 1024 * 1024;

/** The wait after a failed read: the first one, which doubles, and the longest. */
const FIRST_READ_DELAY_MS = 100;
const MAX_READ_DELAY_MS = 5_000;

/** Codes after which a shard is not read again. A stream that was deleted and created again refuses the old iterator. */
const FINAL_CODES: ReadonlySet<string> = new Set(["ResourceNotFoundException", "InvalidArgumentException"]);

/** The records that the lanes must have settled, as seen by a read at the end of the shard. */
interface Mark {
  readonly round: number;
  readonly targets: readonly number[];
}

/** The reading of one shard, and its lanes. */
export class ShardReading {
  readonly shardId: string;
  readonly #mapping: Mapping;
  readonly #source: StreamSource;
  readonly #lanes: readonly Lane[];
  readonly #alarm: Alarm;
  readonly #onSettled: () => void;
  /** Where to get a new iterator from. */
  #place: ShardPlace;
  #iterator: string | undefined;
  /** The last call of `poke`. */
  #round = 0;
  #mark: Mark = { round: 0, targets: [] };
  #isStopped = false;
  #waitsForRoom = false;

  /** @param onSettled - called when the answer of `isIdle` may have changed */
  constructor(shardId: string, place: ShardPlace, mapping: Mapping, source: StreamSource, onSettled: () => void) {
    this.shardId = shardId;
    this.#place = place;
    this.#mapping = mapping;
    this.#source = source;
    this.#alarm = new Alarm(mapping.options.clock);
    this.#onSettled = onSettled;
    const settled = (): void => {
      if (this.#waitsForRoom) this.#alarm.ring();
      onSettled();
    };
    this.#lanes = Array.from({ length: mapping.options.lanes }, () => new Lane(mapping, shardId, settled));
  }

  /** Fixes the place of the first read. */
  async open(): Promise<void> {
    const at = this.#mapping.now();
    this.#iterator = await this.#source.iterator(this.shardId, this.#place);
    // A new iterator of LATEST would skip records.
    if (this.#place.ShardIteratorType === "LATEST") {
      this.#place = { ShardIteratorType: "AT_TIMESTAMP", Timestamp: at / 1_000 };
    }
  }

  /**
   * Reads the shard to its end, and handles its records.
   *
   * @returns whether the end was reached; false after `stop`
   * @throws CallError when the stream is gone
   */
  async run(): Promise<boolean> {
    const lanes = Promise.all(this.#lanes.map((lane) => lane.run()));
    // An error of a lane is thrown below, when the read has ended.
    lanes.catch(() => this.stop());
    try {
      await this.#read();
    } catch (error) {
      this.stop();
      await lanes;
      throw error;
    }
    await lanes;
    return !this.#isStopped;
  }

  /** Reads at once, for a round of `isIdle`. */
  poke(round: number): void {
    this.#round = round;
    this.#alarm.ring();
  }

  /**
   * Whether all records that were stored before `poke(round)` are settled. A shard that has ended is never idle: its
   * children take its place.
   */
  isIdle(round: number): boolean {
    return (
      this.#iterator !== undefined &&
      this.#mark.round >= round &&
      this.#lanes.every(({ settled }, index) => settled >= (this.#mark.targets[index] ?? 0))
    );
  }

  stop(): void {
    this.#isStopped = true;
    for (const lane of this.#lanes) lane.stop();
    this.#alarm.ring();
  }

  async #read(): Promise<void> {
    let failures = 0;
    while (!this.#isStopped) {
      this.#waitsForRoom = this.#isFull();
      if (this.#waitsForRoom) {
        await this.#alarm.sleep();
        continue;
      }
      const round = this.#round;
      const askedAt = this.#mapping.now();
      const answer = await this.#tryRead();
      if (this.#isStopped) return;
      if (answer === undefined) {
        await this.#alarm.sleep(Math.min(MAX_READ_DELAY_MS, FIRST_READ_DELAY_MS * 2 ** Math.min(failures++, 10)));
        continue;
      }
      failures = 0;
      this.#take(answer, round, askedAt);
      if (answer.nextIterator === undefined) return;
      if (answer.isCaughtUp && this.#round === round) await this.#alarm.sleep(this.#mapping.options.pollMs);
    }
  }

  /** @returns undefined for a failure after which the same place may be read again */
  async #tryRead(): Promise<ReadAnswer | undefined> {
    try {
      if (this.#iterator === undefined) await this.open();
      return await this.#source.read(this.shardId, this.#iterator as string);
    } catch (error) {
      if (!(error instanceof CallError) || FINAL_CODES.has(error.code)) throw error;
      if (this.#isStopped) return undefined;
      if (error.code === "ExpiredIteratorException") this.#iterator = undefined;
      this.#mapping.counters.readFailed(error.message);
      return undefined;
    }
  }

  #take({ records, nextIterator, isCaughtUp }: ReadAnswer, round: number, askedAt: number): void {
    this.#iterator = nextIterator;
    const { filter } = this.#mapping.options;
    let filtered = 0;
    for (const record of records) {
      if (filter === undefined || filter(record)) this.#laneOf(record).add(this.#withBytes(record));
      else filtered++;
    }
    const last = records.at(-1);
    if (last !== undefined) {
      this.#place = { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", StartingSequenceNumber: last.sequenceNumber };
    }
    this.#mapping.counters.read(records.length, filtered);
    const isEnd = nextIterator === undefined;
    if (isCaughtUp || isEnd) this.#mark = { round, targets: this.#lanes.map(({ added }) => added) };
    for (const lane of this.#lanes) {
      if (isCaughtUp) lane.caughtUp(askedAt);
      if (isEnd) lane.end();
    }
    this.#onSettled();
  }

  #withBytes(record: EventRecord): EventRecord & { readonly bytes: number } {
    return { ...record, bytes: bytesInEvent(record, this.#mapping.source) };
  }

  /** Equal partition keys share a lane. */
  #laneOf({ partitionKey = "" }: EventRecord): Lane {
    const count = this.#lanes.length;
    const index = count === 1 ? 0 : createHash("md5").update(partitionKey).digest().readUInt32BE(0) % count;
    return this.#lanes[index] as Lane;
  }

  #isFull(): boolean {
    const records = this.#lanes.reduce((sum, lane) => sum + lane.waitingRecords, 0);
    return (
      records >= MAX_WAITING_RECORDS ||
      this.#lanes.reduce((sum, lane) => sum + lane.waitingBytes, 0) >= MAX_WAITING_BYTES
    );
  }
}
