import { type BudgetLimits, BufferBudget } from "../core/buffer-budget.js";
import type { Clock, Logger, Random, StreamDirectory, StreamRef, Transport } from "../core/ports.js";
import { SettlementLedger } from "../core/settlement-ledger.js";
import { Admission } from "./admission.js";
import { CallTelling } from "./caller-code.js";
import { type Drained, DrainLoop } from "./drain-loop.js";
import type { FailureReason, OutcomeCallbacks } from "./outcomes.js";
import type { PipelineSettings, SharedParts } from "./pipeline-settings.js";
import { Sender } from "./sender.js";
import { StreamPipeline } from "./stream-pipeline.js";
import { Teller } from "./teller.js";

export interface PipelineParts {
  readonly settings: PipelineSettings;
  readonly budgetLimits: BudgetLimits;
  readonly maxInFlight: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly transport: Transport;
  readonly directory: StreamDirectory;
  readonly callbacks: OutcomeCallbacks;
}

/** One stream: the door and what lies behind it. */
export interface Stream {
  readonly admission: Admission;
  readonly pipeline: StreamPipeline;
}

interface PendingFlush {
  readonly generation: number;
  /** What was to be told before it. */
  readonly pushed: number;
  readonly done: () => void;
}

/** A stream that nobody has used for so long is forgotten when another one is opened. */
const RETIRE_AFTER_MS = 600_000;

/** All streams of a producer: what they share, whose turn it is, and what is waited for across them. */
export class Pipeline implements Drained {
  readonly ledger: SettlementLedger = new SettlementLedger();
  readonly budget: BufferBudget;
  readonly loop: DrainLoop;
  readonly teller: Teller;
  readonly #sender: Sender;
  readonly #shared: SharedParts;
  readonly #streams: Map<string, Stream> = new Map();
  /** Of the streams that were forgotten. */
  readonly #retired = { delivered: 0, failed: 0 };
  #turn = 0;
  #flushes: PendingFlush[] = [];
  #isStopped = false;
  /** After the end, something is told at the end of this turn of the event loop. */
  #isTellingLast = false;
  /** There was no room for a record since the last drain. */
  #isFull = false;

  constructor(parts: PipelineParts) {
    const { settings, clock, random, logger, directory, callbacks } = parts;
    this.budget = new BufferBudget(parts.budgetLimits);
    this.loop = new DrainLoop(clock);
    this.loop.drive(this);
    this.teller = new Teller(() => {
      this.#wakeToTell();
    });
    const { teller } = this;
    this.#sender = new Sender({ transport: parts.transport, clock, maxInFlight: parts.maxInFlight });
    this.#shared = {
      settings,
      clock,
      random,
      // A logger is the caller's code, and warnings come from the middle of things.
      logger: {
        warn: (message) => {
          teller.push(new CallTelling(clock, (text) => logger.warn(text), message));
        },
      },
      directory,
      callbacks,
      teller,
      isFlushing: () => this.#flushes.length > 0,
      mayRecycle: () => parts.transport.readsAtOnce === true,
      budget: this.budget,
      ledger: this.ledger,
      wake: this.loop.wake,
      wakeAt: (at) => {
        this.loop.wakeAt(at);
      },
    };
  }

  /** The streams in use, by name. */
  get streams(): ReadonlyMap<string, Stream> {
    return this.#streams;
  }

  /** Requests whose answers are not in. */
  get requestsInFlight(): number {
    return this.#sender.inFlight.size;
  }

  /** The stream of this name, opened on first use. */
  open(ref: StreamRef): Stream {
    return this.#streams.get(ref.streamName) ?? this.#openNew(ref);
  }

  #openNew(ref: StreamRef): Stream {
    const { clock, budget, ledger, teller, wake } = this.#shared;
    this.#retireIdle(clock.now());
    const pipeline = new StreamPipeline(ref, this.#shared, wake);
    const onFull = (): void => {
      this.#isFull = true;
      wake();
    };
    const admission = new Admission({ pipeline, budget, ledger, clock, teller, onFull, wake });
    const stream: Stream = { pipeline, admission };
    this.#streams.set(ref.streamName, stream);
    return stream;
  }

  drain(now: number): number {
    for (const { pipeline } of this.#streams.values()) pipeline.onTime(now);
    this.teller.renew();
    this.teller.tell();
    for (const { admission } of this.#streams.values()) admission.admit();
    this.#send(now);
    if (this.#isFull) this.#makeRoom(now);
    this.#endFlushes();
    return this.#nextAt();
  }

  /** After the end nothing drains any more; who comes too late is told all the same. */
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

  #makeRoom(now: number): void {
    this.#isFull = false;
    let isDue = false;
    for (const { pipeline } of this.#streams.values()) if (pipeline.makeRoom(now)) isDue = true;
    if (isDue) this.#send(now);
  }

  /** Calls back when everything handed over so far is settled; makes it due at once. */
  flush(done: () => void): void {
    const generation = this.ledger.closeGeneration();
    for (const { pipeline, admission } of this.#streams.values()) {
      admission.makeUrgent();
      pipeline.flush();
    }
    this.#flushes.push({ generation, pushed: this.teller.pushed, done });
    this.loop.wake();
    // After close nothing drains any more; nothing is unsettled either.
    if (this.#isStopped) this.#endFlushes();
  }

  /** Ends all activity, once everything is settled. */
  stop(): void {
    this.#isStopped = true;
    this.loop.stop();
    // Refused since the last drain; the loop that was woken for it does not run any more.
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

  /** Takes back the wish to hear of a flush. */
  forgetFlush(done: () => void): void {
    this.#flushes = this.#flushes.filter((flush) => flush.done !== done);
    this.loop.wake();
  }

  /** Fails everything that is unsettled and accepted, in flight or not. */
  failAll(reason: FailureReason): void {
    for (const { pipeline } of this.#streams.values()) pipeline.failAll(reason);
    for (const [sent, owner] of this.#sender.inFlight) {
      for (const { record } of sent.items) {
        if (record.liveCount === 0) continue;
        record.history = { ...record.history, mayBeStored: true };
        owner.outcomes.failed(record, reason);
      }
    }
  }

  #send(now: number): void {
    const streams = [...this.#streams.values()];
    // Streams take turns, a request each, so that a busy one does not keep the slots from the others.
    for (let idle = 0; idle < streams.length && this.#sender.hasSlot; ) {
      const { pipeline } = streams[this.#turn++ % streams.length] as Stream;
      const items = pipeline.takeRequest(now);
      if (items.length === 0) {
        idle++;
        continue;
      }
      idle = 0;
      pipeline.onSent(items);
      this.#sender.send(pipeline, items);
    }
    if (this.#turn > 1_000_000) this.#turn = 0;
  }

  #endFlushes(): void {
    if (this.#flushes.length === 0) return;
    const done = this.#flushes.filter(
      ({ generation, pushed }) => this.ledger.isSettledThrough(generation) && this.teller.isToldThrough(pushed),
    );
    if (done.length === 0) return;
    this.#flushes = this.#flushes.filter((flush) => !done.includes(flush));
    // A turn later: the callers of the promises that were settled now run first.
    this.#shared.clock.defer(() => {
      for (const flush of done) flush.done();
    });
  }

  #nextAt(): number {
    if (!this.#isAwaited()) return Number.POSITIVE_INFINITY;
    const hasSlot = this.#sender.hasSlot;
    let at = Number.POSITIVE_INFINITY;
    for (const { pipeline } of this.#streams.values()) at = Math.min(at, pipeline.nextAt(hasSlot));
    return at;
  }

  /** Whether anybody waits for anything: only then a timer may hold the process. */
  #isAwaited(): boolean {
    if (this.ledger.outstanding > 0 || this.#flushes.length > 0) return true;
    for (const { pipeline, admission } of this.#streams.values()) {
      if (admission.waiting > 0 || pipeline.knowledge.isAwaited) return true;
    }
    return false;
  }

  #retireIdle(now: number): void {
    for (const [name, { pipeline, admission }] of this.#streams) {
      const isIdle = pipeline.budget.records === 0 && admission.waiting === 0 && !pipeline.knowledge.isAwaited;
      if (!isIdle || now - pipeline.usedAt < RETIRE_AFTER_MS) continue;
      this.budget.retire(pipeline.budget);
      this.#retired.delivered += pipeline.recorder.userRecordsDelivered;
      this.#retired.failed += pipeline.recorder.userRecordsFailed;
      this.#streams.delete(name);
    }
  }
}
