import { type BackoffLimits, backoffMs } from "../core/pacing/retry-policy.js";
import type { Clock, Random, TimerHandle } from "../core/ports.js";
import type { Backlog } from "../core/spool/backlog.js";
import type { Segment } from "../core/spool/segment.js";
import type { RecordFailedError } from "../index.js";
import { type Course, InOrder, NOTHING } from "./course.js";
import { HandOver } from "./hand-over.js";
import { LetterBox, type LetterFile } from "./letter-box.js";
import type { LogReader } from "./log-reader.js";
import { isFinal, type Outcomes, type Outlet } from "./outlet.js";
import { messageOf } from "./spool-error.js";
import { TwoPlaces } from "./two-places.js";

/** Pauses while the records cannot be delivered for a reason that somebody must repair. */
const BACKOFF: BackoffLimits = { baseMs: 500, maxMs: 30_000, drawnPart: 0.5 };

/** The parts of a {@link Delivery}. */
export interface DeliveryParts {
  readonly newReader: () => LogReader;
  readonly backlog: Backlog;
  readonly clock: Clock;
  readonly random: Random;
  readonly letters: LetterFile;
  /** Whether records without an id get the one of their place in the log. */
  readonly hasIds: boolean;
  /** Whether the records of a key must be handed over in the order of their appends. */
  readonly isOrdered: boolean;
  /** Records of a segment have left the spool. */
  readonly onFewer: (segment: Segment) => void;
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
  #outlet: Outlet | undefined;
  #running: Promise<void> | undefined;
  #course: Course | undefined;
  #handOver: HandOver | undefined;
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
        this.#leave(number);
        parts.onRefused(error);
      },
      onNoRoom: () => this.#onTrouble("the dead letters have no room (maxBytes of deadLetters)"),
    });
  }

  /** Records that the producer has, and that are not settled. */
  get inFlight(): number {
    return this.#handOver?.inFlight ?? 0;
  }

  /** Records that cannot be read any more. */
  get lostRecords(): number {
    return this.#course?.lostRecords ?? 0;
  }

  /** Records whose dead letters are on disk. */
  get refused(): number {
    return this.#box.kept;
  }

  start(outlet: Outlet): void {
    this.#outlet = outlet;
    const { newReader, hasIds, isOrdered, backlog, clock } = this.#parts;
    const onFailed = (number: number, error: RecordFailedError): void => this.#onFailed(number, error);
    const handOver = new HandOver({ outlet, hasIds, onFailed });
    const isStopped = (): boolean => this.#trouble !== undefined || this.#isClosing;
    const parts = { newReader, handOver, outlet, isStopped, backlog, clock };
    const course = isOrdered ? new InOrder(parts) : new TwoPlaces(parts);
    this.#handOver = handOver;
    this.#course = course;
    this.#running = this.#run(course, handOver);
  }

  /** There is more to read. */
  readonly onGrown = (): void => this.#wakeUp();

  /** Outcomes of the producer. */
  readonly onOutcomes = (batch: Outcomes): void => {
    const { backlog, onFewer } = this.#parts;
    const handOver = this.#handOver as HandOver;
    let changed: Segment | undefined;
    for (const { context, error } of batch) {
      handOver.inFlight--;
      if (context === undefined) continue;
      if (error !== undefined) {
        this.#onFailed(context, error);
        continue;
      }
      this.delivered++;
      const segment = backlog.deliver(context);
      // The records of a batch are mostly of one segment.
      if (segment === changed || segment === undefined) continue;
      if (changed !== undefined) onFewer(changed);
      changed = segment;
    }
    if (changed !== undefined) {
      this.#troubles = 0;
      this.#hasWarned = false;
      onFewer(changed);
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
    await this.#course?.close();
  }

  #onFailed(number: number, error: RecordFailedError): void {
    if (isFinal(error, this.#parts.hasIds)) this.#box.add({ number, error });
    else this.#onTrouble(error.message);
  }

  #onTrouble(reason: string): void {
    this.#trouble ??= reason;
    this.#wakeUp();
  }

  #leave(number: number): void {
    const segment = this.#parts.backlog.deliver(number);
    if (segment !== undefined) this.#parts.onFewer(segment);
  }

  /** Never rejects. */
  async #run(course: Course, handOver: HandOver): Promise<void> {
    while (!this.#isClosing) {
      try {
        if (this.#trouble !== undefined) await this.#beginAgain(this.#trouble, course, handOver);
        else await this.#wait(await course.step(), course);
      } catch (error) {
        this.#onTrouble(messageOf(error));
      }
    }
  }

  async #wait(delayMs: number, course: Course): Promise<void> {
    if (delayMs === 0) return;
    if (course.isDrained) this.#parts.onDrained();
    if (delayMs === NOTHING) {
      await this.#woken();
      return;
    }
    const timer = this.#parts.clock.setTimer(delayMs, () => this.#wakeUp());
    await this.#woken();
    timer.cancel();
  }

  async #beginAgain(reason: string, course: Course, handOver: HandOver): Promise<void> {
    const { clock, random, backlog, warn } = this.#parts;
    this.#troubles++;
    if (!this.#hasWarned) warn(`the delivery of the spool has stopped, and is tried again: ${reason}`);
    this.#hasWarned = true;
    // A record that is still in flight, or becomes a dead letter, would be sent twice.
    while (handOver.inFlight > 0 && !this.#isClosing) await this.#woken();
    await this.#box.settled();
    await this.#pause(backoffMs(BACKOFF, this.#troubles, random), clock);
    if (this.#isClosing) return;
    this.#trouble = undefined;
    backlog.takeBack();
    await course.rewind();
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
