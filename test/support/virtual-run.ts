import type { CloseReport } from "../../src/pipeline/lifecycle.js";
import { KinesisProducer } from "../../src/producer.js";
import type { ProducerStats } from "../../src/stats.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { Callers } from "./virtual-callers.js";
import { claim, idsIn } from "./virtual-checks.js";
import { type CodecCall, VirtualCodec } from "./virtual-codec.js";
import { checkOutcomes, isUnsettled, mayMisplace } from "./virtual-outcomes.js";
import { EDGES, PLAIN_KEYS } from "./virtual-records.js";
import type { Schedule, ScheduleOptions, Step } from "./virtual-schedule.js";
import { VirtualService } from "./virtual-service.js";
import { checkStats } from "./virtual-stats.js";
import { TrafficWatch } from "./virtual-traffic.js";

const STREAM_NAMES = ["virtual", "virtual-2"] as const;

/** Steps from one check of `stats()` to the next. */
const STATS_EVERY = 4;

/** A producer, a Kinesis, and a schedule that drives both. All rules are checked during the run. */
export class VirtualRun {
  readonly #clock: ManualClock = new ManualClock();
  readonly #service: VirtualService;
  readonly #callers: Callers;
  readonly #producer: KinesisProducer;
  readonly #options: ScheduleOptions;
  readonly #steps: readonly Step[];
  readonly #watches: ReadonlyMap<string, TrafficWatch>;
  readonly #problems: string[] = [];
  #codec: VirtualCodec | undefined;

  private constructor({ options, steps }: Schedule) {
    this.#options = options;
    this.#steps = steps;
    const clock = this.#clock;
    const problems = this.#problems;
    const streamNames = STREAM_NAMES.slice(0, options.streams);
    const service = new VirtualService(clock, streamNames, options.shards);
    this.#service = service;
    this.#callers = new Callers({ options, streamNames, clock, service, problems });
    this.#watches = new Map(
      [...service.streams].map(([name, kinesis]) => {
        if (!options.knowsDistribution)
          kinesis.summary = { kind: "failed", code: "AccessDeniedException", message: "no", mayBeStored: false };
        const isUnmapped = (): boolean => this.#streams[name]?.routing === "unmapped";
        return [name, new TrafficWatch({ service, kinesis, options, clock, isUnmapped, problems })];
      }),
    );
    this.#producer = this.#newProducer();
    this.#callers.use(this.#producer);
  }

  /** Runs a schedule to its end. Throws when a rule does not hold. */
  static async of(schedule: Schedule): Promise<void> {
    const run = new VirtualRun(schedule);
    for (const [i, step] of run.#steps.entries()) {
      await run.#take(step);
      await run.#clock.settle();
      run.#checkWaits();
      run.#checkDue();
      run.#checkIdle();
      // It reads every count: at each step it would take a fifth of the time of a schedule.
      if (i % STATS_EVERY === 0) run.#checkStats();
    }
    await run.#end();
    run.#checkStats();
    run.#checkEnded();
    claim(run.#problems.length === 0, () => run.#problems.join("\n"));
  }

  get #streams(): ProducerStats["streams"] {
    return this.#producer.stats().streams;
  }

  #newProducer(): KinesisProducer {
    const { randoms, recordsPerSecond, bytesPerSecond, ...rest } = this.#options;
    const { shards: _, reshards: _2, goesAuto: _3, knowsDistribution: _4, closeTimeoutMs: _5, ...others } = rest;
    const {
      streams: _6,
      reactions: _7,
      aftermath: _8,
      recreates: _9,
      onOrderedFailure,
      tagging,
      compression,
      ...options
    } = others;
    let turn = 0;
    return new KinesisProducer({
      ...options,
      ...(options.ordering === "shard" ? { onOrderedFailure } : {}),
      recordIds: tagging === "ids" && options.aggregation !== false,
      ...(compression === undefined || options.aggregation === false
        ? {}
        : { compression: this.#newCodec(compression) }),
      streamName: STREAM_NAMES[0],
      clock: this.#clock,
      transport: this.#service,
      directory: this.#service,
      logger: { warn: () => undefined },
      random: () => randoms[turn++ % randoms.length] as number,
      shardLimits: { recordsPerSecond, bytesPerSecond },
      ...this.#callers.callbacks,
    });
  }

  #newCodec(calls: readonly CodecCall[]): VirtualCodec {
    this.#codec = new VirtualCodec(this.#clock, calls);
    return this.#codec;
  }

  async #take(step: Step): Promise<void> {
    const service = this.#service;
    const callers = this.#callers;
    const { reshards, recreates, goesAuto } = this.#options;
    switch (step.do) {
      case "put":
        for (let i = 0; i < step.times; i++) callers.hand(step);
        break;
      case "advance":
        await this.#clock.advanceAsync(step.ms);
        break;
      case "answer":
        pick(service.requests, step.which)?.answer(step.fate);
        break;
      case "store":
        pick(service.requests, step.which)?.store(step.fate);
        break;
      case "list":
        pick(service.listings, step.which)?.answer(step.lag);
        break;
      case "failListing": {
        const status = step.code === "ECONNREFUSED" ? {} : { statusCode: 400 };
        const failure = {
          kind: "failed",
          code: step.code,
          message: "scripted",
          mayBeStored: false,
          ...status,
        } as const;
        pick(service.listings, step.which)?.fail(failure);
        break;
      }
      case "split":
        if (reshards) service.at(step.which).split(step.which, EDGES[step.key - PLAIN_KEYS]);
        break;
      case "merge":
        if (reshards) service.at(step.which).merge(step.which);
        break;
      case "recreate":
        if (recreates) service.at(step.shards).recreate(step);
        break;
      case "auto":
        if (goesAuto) service.at(0).goAuto();
        break;
      case "abort":
        pick([...callers.tracked.values()], step.which)?.controller?.abort();
        break;
      case "ready":
        callers.ready();
        break;
      case "flush":
        callers.flush();
        break;
      case "abortFlush":
        callers.waits.at(-1)?.controller.abort();
    }
  }

  async #end(): Promise<void> {
    const { closeTimeoutMs } = this.#options;
    if (closeTimeoutMs === undefined) await this.#heal();
    let report: CloseReport | undefined;
    void this.#producer.close(closeTimeoutMs === undefined ? {} : { timeoutMs: closeTimeoutMs }).then((value) => {
      report = value;
    });
    await this.#clock.settle();
    await this.#clock.advanceAsync(closeTimeoutMs ?? 0);
    claim(report !== undefined, () => "close has not resolved");
    this.#checkSettled();
    // Answers that come after the end change nothing.
    for (const request of this.#service.requests) request.answer({ kind: "answered" });
    for (const listing of this.#service.listings) listing.answer(0);
    await this.#clock.settle();
    this.#checkSettled();
    const all = [...this.#callers.tracked.values()];
    const told = JSON.stringify({
      delivered: all.filter(({ results }) => results.length > 0).length,
      failed: all.filter(({ errors, isRefused }) => errors.length > 0 && !(isRefused && isClosed(errors[0]))).length,
    });
    claim(JSON.stringify(report) === told, () => `close reported ${JSON.stringify(report)}; callers heard ${told}`);
  }

  /** The service works again: everything must settle without further calls. */
  async #heal(): Promise<void> {
    this.#service.calm();
    for (const listing of this.#service.listings) listing.answer(0);
    for (const request of this.#service.requests) request.answer({ kind: "answered" });
    await this.#clock.settle();
    for (let minutes = 0; minutes < 30 && this.#callers.isAnythingPending; minutes++)
      await this.#clock.advanceAsync(60_000);
    await this.#clock.settle();
    const { outstandingRecords } = this.#producer.stats();
    claim(outstandingRecords === 0, () => `${outstandingRecords} records left after the service is well again`);
    this.#checkNobodyWaits();
    this.#checkIdle();
  }

  /** A flush is pending only while a record it covers is. */
  #checkWaits(): void {
    for (const { state, controller, covers } of this.#callers.waits) {
      if (state !== "pending" || covers.length === 0 || controller.signal.aborted) continue;
      claim(covers.some(isUnsettled), () => "a flush is pending, and everything it covers is settled");
    }
  }

  /** Expired and aborted records may only be in flight, nowhere else. */
  #checkDue(): void {
    const { recordTtlMs, maxBufferedRecords, maxBufferedBytes } = this.#options;
    if (mayMisplace(this.#options)) return;
    const mayHaveWaited = maxBufferedRecords < 10_000 || maxBufferedBytes < 10_000;
    const now = this.#clock.now();
    const due = this.#callers.unsettled().filter(({ controller, handedOverAt }) => {
      const hasExpired = !mayHaveWaited && handedOverAt + recordTtlMs <= now;
      return hasExpired || controller?.signal.aborted === true;
    });
    if (due.length === 0) return;
    const inFlight = new Set(this.#service.requests.flatMap(({ entries }) => entries.flatMap(idsIn)));
    for (const { id } of due)
      claim(inFlight.has(id), () => `${id} has expired or was aborted, and is still in a queue`);
  }

  /** Timers of the producer, without those of calls of the codec. */
  get #ownTimers(): number {
    return this.#clock.pendingTimers - (this.#codec?.timers ?? 0);
  }

  #checkIdle(): void {
    const isNeeded = this.#ownTimers === 0 || this.#callers.isAnythingPending;
    claim(isNeeded, () => "a timer while nobody waits");
  }

  #checkSettled(): void {
    for (const { id, results, errors, failures } of this.#callers.tracked.values()) {
      claim(results.length + errors.length === 1, () => `${id} was settled ${results.length + errors.length} times`);
      claim(
        failures === errors.length,
        () => `onFailed heard ${failures} times of ${id}, the caller ${errors.length} times`,
      );
    }
    this.#checkNobodyWaits();
    const { outstandingRecords, bufferedRecords, bufferedBytes, streams } = this.#producer.stats();
    const waitingPuts = Object.values(streams).map((stream) => stream.waitingPuts);
    const left = [outstandingRecords, bufferedRecords, bufferedBytes, ...waitingPuts];
    claim(
      left.every((count) => count === 0),
      () => `outstanding, buffered, bytes, waiting are left: ${left}`,
    );
    claim(this.#ownTimers === 0, () => "a timer after close");
  }

  #checkStats(): void {
    const { reshards, recreates, goesAuto, maxBufferedRecords, maxBufferedBytes } = this.#options;
    const stats = this.#producer.stats();
    checkStats(stats, !reshards && !recreates && !goesAuto);
    const mayHaveWaited = maxBufferedRecords < 10_000 || maxBufferedBytes < 10_000;
    const unsettled = this.#callers.unsettled();
    for (const [name, { oldestAgeMs }] of Object.entries(stats.streams)) {
      const own = unsettled.filter(({ streamName }) => streamName === name);
      const oldest = this.#clock.now() - Math.min(this.#clock.now(), ...own.map(({ handedOverAt }) => handedOverAt));
      // A put that has waited for room is younger than its call. Acceptance is in whole milliseconds.
      const isExact = oldestAgeMs <= oldest + 1 && (mayHaveWaited || oldestAgeMs >= oldest - 1);
      claim(isExact, () => `${name}: the oldest unsettled record is ${oldest} ms old, and stats() says ${oldestAgeMs}`);
    }
  }

  #checkNobodyWaits(): void {
    for (const { state } of this.#callers.waits)
      claim(state !== "pending", () => "a flush() or ready() is still pending");
  }

  #checkEnded(): void {
    const all = [...this.#callers.tracked.values()];
    for (const [name, kinesis] of this.#service.streams) {
      const tracked = all.filter(({ streamName }) => streamName === name);
      const wasUnmapped = this.#watches.get(name)?.wasUnmapped === true;
      checkOutcomes({ options: this.#options, kinesis, tracked, wasUnmapped });
    }
  }
}

function pick<T>(from: readonly T[], which: number): T | undefined {
  return from.length === 0 ? undefined : from[which % from.length];
}

/** Whether a record was refused because it came after close(): then the report does not count it. */
function isClosed(error: { readonly code: string } | undefined): boolean {
  return error?.code === "KP_CLOSED";
}
