import { type BackoffLimits, backoffMs } from "../core/pacing/retry-policy.js";
import type { Clock, Random, TimerHandle } from "../core/ports.js";
import type { Backlog } from "../core/spool/backlog.js";
import { recordIdOf } from "../core/spool/segment-header.js";
import { isRecordFailedError, RecordFailedError, type UserRecord } from "../index.js";
import { readTags } from "../wire/record-tags.js";
import { LetterBox, type LetterFile } from "./letter-box.js";
import type { LogReader } from "./log-reader.js";
import { isFinal, type Outcomes, type Outlet } from "./outlet.js";
import { messageOf } from "./spool-error.js";

/** Pauses while the records cannot be delivered for a reason that somebody must repair. */
const BACKOFF: BackoffLimits = { baseMs: 500, maxMs: 30_000, drawnPart: 0.5 };

/** One shape for all records. */
type ReusedRecord = { -readonly [K in keyof Required<UserRecord>]: UserRecord[K] | undefined };

/** The parts of a {@link Delivery}. */
export interface DeliveryParts {
  readonly reader: LogReader;
  readonly backlog: Backlog;
  readonly clock: Clock;
  readonly random: Random;
  readonly letters: LetterFile;
  /** Whether records without an id get the one of their place in the log. */
  readonly hasIds: boolean;
  /** A record has left the spool. */
  readonly onLeft: (number: number) => void;
  /** Everything that was appended is handed over. */
  readonly onDrained: () => void;
  readonly onRefused: (error: RecordFailedError) => void;
  readonly warn: (message: string) => void;
}

/**
 * Hands the records of the log to the producer, in order, as far as it has room. A record leaves the spool when it is
 * delivered, or when its dead letter is on disk. If a record fails for another reason, the delivery stops, waits until all
 * records in flight are settled, and begins again at the oldest one that is left, after a pause.
 */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #box: LetterBox;
  readonly #reused: ReusedRecord = {
    partitionKey: undefined,
    explicitHashKey: undefined,
    data: "",
    tags: undefined,
    recordId: undefined,
    streamName: undefined,
  };
  #outlet: Outlet | undefined;
  #running: Promise<void> | undefined;
  #inFlight = 0;
  /** Why the delivery has to begin again. */
  #trouble: string | undefined;
  /** Troubles in a row, without a delivery between them. */
  #troubles = 0;
  #isClosing = false;
  /** Continues the loop that waits for something. */
  #wake: (() => void) | undefined;
  #isWoken = false;
  #hasWarned = false;
  delivered = 0;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#box = new LetterBox({
      file: parts.letters,
      clock: parts.clock,
      onKept: ({ number, error }) => {
        parts.onLeft(number);
        parts.onRefused(error);
      },
      onNoRoom: () => this.#onTrouble("the dead letters have no room (maxBytes of deadLetters)"),
    });
  }

  /** Records that the producer has, and that are not settled. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Records whose dead letters are on disk. */
  get refused(): number {
    return this.#box.kept;
  }

  start(outlet: Outlet): void {
    this.#outlet = outlet;
    this.#running = this.#run(outlet);
  }

  /** There is more to read. */
  readonly onGrown = (): void => this.#wakeUp();

  /** Outcomes of the producer. */
  readonly onOutcomes = (batch: Outcomes): void => {
    for (const { context, error } of batch) {
      this.#inFlight--;
      if (context === undefined) continue;
      if (error === undefined) {
        this.delivered++;
        this.#troubles = 0;
        this.#hasWarned = false;
        this.#parts.onLeft(context);
      } else this.#onFailed(context, error);
    }
    this.#wakeUp();
  };

  /** Stops reading, and gives the records in flight some time. The others stay in the spool. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosing = true;
    this.#wakeUp();
    await this.#outlet?.close({ timeoutMs });
    // The loop may wait for letters that cannot be written.
    this.#box.endPauses();
    await this.#running;
    await this.#box.close();
    await this.#parts.reader.close();
  }

  #onFailed(number: number, error: RecordFailedError): void {
    if (isFinal(error, this.#parts.hasIds)) this.#box.add({ number, error });
    else this.#onTrouble(error.message);
  }

  #onTrouble(reason: string): void {
    this.#trouble ??= reason;
    this.#wakeUp();
  }

  /** Never rejects. */
  async #run(outlet: Outlet): Promise<void> {
    while (!this.#isClosing) {
      try {
        if (this.#trouble !== undefined) await this.#beginAgain(this.#trouble);
        else if (!(await this.#step(outlet))) {
          this.#parts.onDrained();
          await this.#woken();
        }
      } catch (error) {
        this.#onTrouble(messageOf(error));
      }
    }
  }

  /** Hands over what is in memory, then reads more. @returns false when there is nothing to read now */
  async #step(outlet: Outlet): Promise<boolean> {
    const { reader } = this.#parts;
    while (reader.next()) {
      if (reader.segment.delivered.has(reader.index)) continue;
      if (!this.#offer(outlet) && !(await this.#offerWithRoom(outlet))) return true;
      if (this.#trouble !== undefined) return true;
    }
    return await reader.fill();
  }

  #offer(outlet: Outlet): boolean {
    const { reader } = this.#parts;
    const number = reader.segment.base + reader.index;
    const record = this.#record();
    try {
      if (!outlet.enqueue(record, number)) return false;
      this.#inFlight++;
    } catch (error) {
      if (!isRecordFailedError(error)) throw error;
      this.#onFailed(number, withOwnBytes(error, record));
    }
    return true;
  }

  /** @returns false when the delivery has to begin again, or ends */
  async #offerWithRoom(outlet: Outlet): Promise<boolean> {
    do {
      await outlet.ready(this.#reused.streamName);
      if (this.#trouble !== undefined || this.#isClosing) return false;
    } while (!this.#offer(outlet));
    return true;
  }

  /** Reads the record into the object that is reused: the producer copies what it keeps. */
  #record(): UserRecord {
    const { reader, hasIds } = this.#parts;
    const { streamName, partitionKey, explicitHashKey, tags, data } = reader.readRecord();
    const into = this.#reused;
    into.partitionKey = partitionKey;
    into.explicitHashKey = explicitHashKey;
    into.data = data;
    into.streamName = streamName;
    if (tags === undefined) {
      into.tags = undefined;
      into.recordId = undefined;
    } else {
      const own = readTags(tags);
      into.tags = own.tags;
      into.recordId = own.recordId;
    }
    if (into.recordId === undefined && hasIds) {
      into.recordId = recordIdOf(reader.segment.header.idPrefix, reader.index);
    }
    // An absent field is the same as an undefined one.
    return into as UserRecord;
  }

  async #beginAgain(reason: string): Promise<void> {
    const { clock, random, reader, warn } = this.#parts;
    this.#troubles++;
    if (!this.#hasWarned) warn(`the delivery of the spool has stopped, and is tried again: ${reason}`);
    this.#hasWarned = true;
    // A record that is still in flight, or becomes a dead letter, would be sent twice.
    while (this.#inFlight > 0 && !this.#isClosing) await this.#woken();
    await this.#box.settled();
    await this.#pause(backoffMs(BACKOFF, this.#troubles, random), clock);
    this.#trouble = undefined;
    await reader.rewind();
  }

  async #pause(delayMs: number, clock: Clock): Promise<void> {
    const until = clock.now() + delayMs;
    let timer: TimerHandle | undefined;
    while (!this.#isClosing && clock.now() < until) {
      timer?.cancel();
      timer = clock.setTimer(until - clock.now(), () => this.#wakeUp());
      await this.#woken();
    }
    timer?.cancel();
  }

  async #woken(): Promise<void> {
    if (!this.#isWoken && !this.#isClosing) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#isWoken = false;
  }

  #wakeUp(): void {
    this.#isWoken = true;
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** The error of a record that was not accepted shows the reader's memory, which the next bytes overwrite. */
function withOwnBytes({ code, message, cause, streamArn }: RecordFailedError, record: UserRecord): RecordFailedError {
  const data = Buffer.from(record.data as Uint8Array);
  return new RecordFailedError({ code, message, cause, streamArn, record: { ...record, data } });
}
