import { type BudgetLimits, BufferBudget } from "../core/buffer-budget.js";
import { Outflow } from "../core/outflow.js";
import type {
  Clock,
  Compressor,
  Diagnostics,
  Log,
  Random,
  StreamDirectory,
  StreamRef,
  Transport,
} from "../core/ports.js";
import { SettlementLedger } from "../core/settlement-ledger.js";
import { Agenda, type Sleeper } from "./agenda.js";
import { type Drained, DrainLoop } from "./drain-loop.js";
import { Admission } from "./entry/admission.js";
import { PacedDirectory } from "./paced-directory.js";
import type { PipelineSettings, SharedParts } from "./pipeline-settings.js";
import { Sender } from "./sender.js";
import { CallTelling } from "./settlement/caller-code.js";
import type { FailureReason, SettlementCallbacks } from "./settlement/settlement.js";
import { Effort, Teller } from "./settlement/teller.js";
import { StreamPipeline } from "./stream/stream-pipeline.js";

export interface StreamsParts {
  readonly settings: PipelineSettings;
  readonly budgetLimits: BudgetLimits;
  readonly maxInFlight: number;
  /** Request bodies that the network has not taken yet, if the transport counts them. */
  readonly outflow?: Outflow;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly diagnostics: Diagnostics;
  readonly transport: Transport;
  readonly directory: StreamDirectory;
  readonly callbacks: SettlementCallbacks;
  /** Compresses aggregates. */
  readonly compressor?: Compressor | undefined;
}

/** One stream: its admission and its pipeline. */
export interface Stream extends Sleeper {
  readonly admission: Admission;
  readonly pipeline: StreamPipeline;
  /** It was unused, and another one of its name may be in use: nothing wakes it any more. */
  isForgotten: boolean;
}

/**
 * Age of the stream's oldest unsettled record, in milliseconds; 0 when there is none. Exact over the queues, requests in
 * flight, held records, and puts that wait for room. It may read every Kinesis record.
 */
export function oldestAgeMs({ pipeline, admission }: Stream, now: number): number {
  const at = Math.min(pipeline.oldestAt(), admission.oldestAt());
  return at === Number.POSITIVE_INFINITY ? 0 : Math.max(0, now - at);
}

interface PendingFlush {
  readonly generation: number;
  /** Number of tellings pushed before the flush: they must end before the flush does. */
  readonly pushed: number;
}

/** A stream unused for this many milliseconds is forgotten when another stream is opened. */
const RETIRE_AFTER_MS = 600_000;
/** How often unused streams are looked for. */
const RETIRE_EVERY_MS = 60_000;

/** All streams of a producer: their shared parts, their turns to send, and flushes over all of them. */
export class Streams implements Drained {
  readonly ledger: SettlementLedger = new SettlementLedger();
  readonly budget: BufferBudget;
  readonly loop: DrainLoop;
  readonly teller: Teller;
  readonly #sender: Sender;
  readonly #directory: PacedDirectory;
  readonly #shared: SharedParts;
  readonly #streams: Map<string, Stream> = new Map();
  /** The stream that {@link open} returned last. */
  #latest: Stream | undefined;
  readonly #agenda: Agenda<Stream> = new Agenda();
  /** Streams that may have something to send. They take turns in this order, as slots become free. */
  readonly #senders: Set<Stream> = new Set();
  /** Counts of the streams that were forgotten. */
  readonly #retired = { delivered: 0, failed: 0 };
  #retiredAt: number = Number.NEGATIVE_INFINITY;
  /** Streams on which a caller waits for room, or for the shard map. */
  readonly #awaited: Set<Stream> = new Set();
  /** The flushes that wait, by callback, with generations in ascending order. */
  readonly #flushes: Map<() => void, PendingFlush> = new Map();
  #isStopped = false;
  /** After the end: the teller runs at the end of this turn of the event loop. */
  #isTellingLast = false;

  constructor(parts: StreamsParts) {
    const { settings, clock, random, diagnostics, directory, callbacks } = parts;
    this.budget = new BufferBudget(parts.budgetLimits);
    this.loop = new DrainLoop(clock);
    this.loop.drive(this);
    this.teller = new Teller(() => {
      this.#wakeToTell();
    });
    const { teller } = this;
    const { outflow = new Outflow(Number.POSITIVE_INFINITY) } = parts;
    outflow.onRoom = this.loop.wake;
    const { transport, maxInFlight } = parts;
    this.#sender = new Sender({ transport, clock, maxInFlight, outflow, diagnostics });
    // A logger is the caller's code, and a stage may write a line in the middle of its work.
    const log: Log = (entry) => {
      teller.push(new CallTelling(clock, parts.log, entry));
    };
    this.#directory = new PacedDirectory({ directory, clock, log, wake: this.loop.wake });
    this.#shared = {
      settings,
      clock,
      random,
      log,
      diagnostics,
      directory: this.#directory,
      callbacks,
      compressor: parts.compressor,
      teller,
      effort: new Effort(),
      slotsTaken: (now) => this.#sender.slotsTaken(now),
      mayRecycle: () => transport.readsAtOnce === true,
      budget: this.budget,
      ledger: this.ledger,
      wake: this.loop.wake,
      wakeAt: (at) => {
        this.loop.wakeAt(at);
      },
    };
  }

  /** The streams in use, by name. */
  get byName(): ReadonlyMap<string, Stream> {
    return this.#streams;
  }

  /** Number of requests in flight. */
  get requestsInFlight(): number {
    return this.#sender.inFlight.size;
  }

  /** The stream of this name, opened on first use. */
  open(ref: StreamRef): Stream {
    const latest = this.#latest;
    // Nearly all records are for the producer's default stream, whose reference is one object.
    return latest !== undefined && latest.pipeline.stream === ref ? latest : this.#find(ref);
  }

  /** Streams are forgotten only here, so the latest one is never a forgotten stream. */
  #find(ref: StreamRef): Stream {
    this.#latest = this.#streams.get(ref.streamName) ?? this.#openNew(ref);
    return this.#latest;
  }

  #openNew(ref: StreamRef): Stream {
    const { clock, budget, ledger, teller } = this.#shared;
    this.#retireIdle(clock.now());
    // A late answer of ListShards would wake a forgotten stream, which would ask again without end.
    const wake = (): void => {
      if (stream.isForgotten) return;
      this.#agenda.wake(stream);
      this.loop.wake();
    };
    const wakeAt = (at: number): void => {
      if (stream.isForgotten) return;
      this.#agenda.wakeAt(stream, at);
      this.loop.wakeAt(at);
    };
    const pipeline = new StreamPipeline(ref, { ...this.#shared, wake, wakeAt }, wake);
    pipeline.cover(ledger.dueThrough);
    const admission = new Admission({ pipeline, budget, ledger, clock, teller, wake });
    const stream: Stream = { pipeline, admission, isForgotten: false, heapIndex: -1, deadline: 0, isAwake: false };
    this.#streams.set(ref.streamName, stream);
    return stream;
  }

  drain(now: number): number {
    this.#directory.startDue(now);
    this.#shared.effort.renew();
    const awake = new Set(this.#agenda.takeAwake(now));
    for (const { pipeline } of awake) pipeline.onTime(now);
    this.teller.renew();
    this.teller.tell();
    for (const stream of awake) {
      stream.admission.admit();
      this.#cover(stream);
      this.#senders.add(stream);
    }
    this.#send(now, awake);
    this.#makeRoom(now, awake);
    this.#endFlushes();
    for (const stream of awake) this.#putToSleep(stream);
    return this.#nextAt(now);
  }

  /**
   * Makes records due that flushes cover. While some of these records still wait for room, the others keep their
   * linger, so that they are packed together. Rule 28.
   */
  #cover({ pipeline, admission }: Stream): void {
    const { dueThrough } = this.ledger;
    if (admission.firstGeneration > dueThrough) pipeline.cover(dueThrough);
    pipeline.departures.isHurried = this.#flushes.size > 0 && admission.waiting === 0;
  }

  /** Makes room in awake streams. A refused or waiting record has woken its stream, so other streams need no room. */
  #makeRoom(now: number, awake: Set<Stream>): void {
    let isFull = false;
    for (const stream of awake) {
      const pressed = stream.admission.press(now);
      if (pressed === "full") isFull = true;
      else if (pressed === "due") this.#senders.add(stream);
    }
    if (isFull)
      for (const stream of this.#streams.values())
        if (stream.pipeline.departures.makeRoom(now)) this.#senders.add(stream);
    this.#send(now, awake);
  }

  #putToSleep(stream: Stream): void {
    const { pipeline, admission } = stream;
    // Another stream may hold the room.
    if (admission.waiting > 0) this.#agenda.wake(stream);
    if (admission.waiting > 0 || pipeline.isAwaited) this.#awaited.add(stream);
    else this.#awaited.delete(stream);
    this.#agenda.sleepUntil(stream, pipeline.nextAt(!this.#senders.has(stream)));
  }

  /** After the end nothing drains any more, but late records are refused through the teller. */
  #wakeToTell(): void {
    if (!this.#isStopped) this.loop.wake();
    else if (!this.#isTellingLast) {
      this.#isTellingLast = true;
      this.#shared.clock.defer(() => {
        this.#isTellingLast = false;
        this.teller.renew();
        this.teller.tell();
        this.#endFlushes();
      });
    }
  }

  /** Calls back when all records handed over so far are settled; makes them due at once. */
  flush(done: () => void): void {
    this.#flushes.set(done, { generation: this.ledger.flush(), pushed: this.teller.pushed });
    for (const stream of this.#streams.values()) {
      // At once: records that are handed over before the drain join the due ones.
      this.#cover(stream);
      this.#agenda.wake(stream);
    }
    this.loop.wake();
    // After close nothing drains any more; nothing is unsettled either.
    if (this.#isStopped) this.#endFlushes();
  }

  /** Writes the lines of the log that would be written later. */
  writeLastLines(): void {
    const now = this.#shared.clock.now();
    for (const { pipeline } of this.#streams.values()) pipeline.condition.close(now);
  }

  /** Ends all activity, once everything is settled. */
  stop(): void {
    this.#isStopped = true;
    this.loop.stop();
    // Records were refused since the last drain; the loop that was woken for them does not run any more.
    if (!this.teller.isToldThrough(this.teller.pushed)) this.#wakeToTell();
    this.#endFlushes();
  }

  /** Records settled so far, over all streams there ever were. */
  settled(): { readonly delivered: number; readonly failed: number } {
    let { delivered, failed } = this.#retired;
    for (const { pipeline } of this.#streams.values()) {
      delivered += pipeline.recorder.userRecordsDelivered;
      failed += pipeline.recorder.userRecordsFailed;
    }
    return { delivered, failed };
  }

  /** Removes the callback of a flush. */
  forgetFlush(done: () => void): void {
    this.#flushes.delete(done);
    this.loop.wake();
  }

  /** Fails all accepted records that are not settled, in flight or not. */
  failAll(reason: FailureReason): void {
    for (const { pipeline } of this.#streams.values()) pipeline.failAll(reason);
    for (const [sent, owner] of this.#sender.inFlight) {
      for (const { record } of sent.items) {
        if (record.liveCount === 0) continue;
        record.history = { ...record.history, mayBeStored: true };
        owner.settlement.failed(record, reason);
      }
    }
  }

  /**
   * Streams send one request each in turn, so that a busy stream does not take all slots.
   *
   * @param awake - receives the streams that were visited
   */
  #send(now: number, awake: Set<Stream>): void {
    for (const stream of this.#senders) {
      if (!this.#sender.hasSlot) return;
      this.#senders.delete(stream);
      awake.add(stream);
      const { pipeline } = stream;
      const items = pipeline.departures.take(now);
      if (items.length === 0) continue;
      pipeline.onSent(items);
      this.#sender.send(pipeline, items);
      // Moves the stream to the end of the order.
      this.#senders.add(stream);
    }
  }

  #endFlushes(): void {
    if (this.#flushes.size === 0) return;
    const { settledThrough } = this.ledger;
    const done: (() => void)[] = [];
    for (const [flush, { generation, pushed }] of this.#flushes) {
      if (generation > settledThrough || !this.teller.isToldThrough(pushed)) break;
      this.#flushes.delete(flush);
      done.push(flush);
    }
    if (done.length === 0) return;
    // A turn later: continuations of the promises that were settled now run first.
    this.#shared.clock.defer(() => {
      for (const flush of done) flush();
    });
  }

  #nextAt(now: number): number {
    if (!this.#isAwaited()) return Number.POSITIVE_INFINITY;
    return Math.min(this.#directory.nextAt(now), this.#agenda.nextAt);
  }

  /** Whether any caller waits: only then a timer may keep the process alive. */
  #isAwaited(): boolean {
    return this.ledger.outstanding > 0 || this.#flushes.size > 0 || this.#awaited.size > 0;
  }

  #retireIdle(now: number): void {
    if (now - this.#retiredAt < RETIRE_EVERY_MS) return;
    this.#retiredAt = now;
    for (const [name, stream] of this.#streams) {
      const { pipeline, admission } = stream;
      const isIdle = pipeline.budget.records === 0 && admission.waiting === 0 && !pipeline.isAwaited;
      if (!isIdle || now - pipeline.usedAt < RETIRE_AFTER_MS) continue;
      pipeline.condition.close(now);
      this.budget.retire(pipeline.budget);
      this.#retired.delivered += pipeline.recorder.userRecordsDelivered;
      this.#retired.failed += pipeline.recorder.userRecordsFailed;
      stream.isForgotten = true;
      this.#streams.delete(name);
      this.#senders.delete(stream);
      this.#agenda.forget(stream);
    }
  }
}
