import type { KinesisRecord } from "../../src/core/ports.js";
import type { ProducerError, RecordFailedError } from "../../src/errors.js";
import type { CloseReport } from "../../src/pipeline/lifecycle.js";
import { KinesisProducer } from "../../src/producer.js";
import type { PutResult, UserRecord } from "../../src/record.js";
import { ManualClock } from "../../src/testing/manual-clock.js";
import { claim, contentOf, idIn, idsIn, isWrappedForTags, PaceCheck } from "./virtual-checks.js";
import { VirtualKinesis, type VirtualShard } from "./virtual-kinesis.js";
import { checkOutcomes, isUnsettled, mayMisplace, type Tracked } from "./virtual-outcomes.js";
import type { Schedule, ScheduleOptions, Step, Way } from "./virtual-schedule.js";

interface Waiting {
  state: string;
  readonly controller: AbortController;
  readonly covers: readonly Tracked[];
}

const STREAM = "virtual";

/** Explicit hash keys at the edges of shards, for the keys behind the first six. */
const EDGES: readonly bigint[] = [0n, 2n ** 127n - 1n, 2n ** 127n, 2n ** 128n - 1n, (2n ** 128n - 1n) / 3n, 2n ** 126n];
const PLAIN_KEYS = 6;

function keyOf(number: number): Pick<UserRecord, "partitionKey" | "explicitHashKey"> {
  const edge = EDGES[number - PLAIN_KEYS];
  return edge === undefined ? { partitionKey: `key-${number}` } : { partitionKey: "edge", explicitHashKey: edge };
}

/** A producer, a Kinesis, and a schedule that drives both; everything that must hold is checked on the way. */
export class VirtualRun {
  readonly #clock: ManualClock = new ManualClock();
  readonly #kinesis: VirtualKinesis;
  readonly #producer: KinesisProducer;
  readonly #options: ScheduleOptions;
  readonly #steps: readonly Step[];
  readonly #tracked: Map<string, Tracked> = new Map();
  readonly #waits: Waiting[] = [];
  readonly #problems: string[] = [];
  #events = 0;
  /** Records whose callers have not heard of them. */
  #open = 0;
  /** Whether records ever went without a map. */
  #wasUnmapped = false;

  private constructor({ options, steps }: Schedule) {
    this.#options = options;
    this.#steps = steps;
    this.#kinesis = new VirtualKinesis(this.#clock, options.shards);
    if (!options.knowsDistribution) {
      this.#kinesis.summary = { kind: "failed", code: "AccessDeniedException", message: "no", mayBeStored: false };
    }
    this.#watchTraffic();
    this.#producer = this.#newProducer();
  }

  /** Runs a schedule to its end; throws when anything does not hold. */
  static async of(schedule: Schedule): Promise<void> {
    const run = new VirtualRun(schedule);
    for (const step of run.#steps) {
      await run.#take(step);
      await run.#clock.settle();
      run.#checkWaits();
      run.#checkDue();
      run.#checkIdle();
    }
    await run.#end();
    run.#checkEnded();
    claim(run.#problems.length === 0, () => run.#problems.join("\n"));
  }

  #newProducer(): KinesisProducer {
    const { randoms, recordsPerSecond, bytesPerSecond, ...rest } = this.#options;
    const { shards: _, reshards: _2, goesAuto: _3, knowsDistribution: _4, closeTimeoutMs: _5, ...others } = rest;
    const { onOrderedFailure, tagging, recreates: _6, ...options } = others;
    let turn = 0;
    return new KinesisProducer({
      ...options,
      ...(options.ordering === "shard" ? { onOrderedFailure } : {}),
      recordIds: tagging === "ids" && options.aggregation !== false,
      streamName: STREAM,
      clock: this.#clock,
      transport: this.#kinesis,
      directory: this.#kinesis,
      logger: { warn: () => undefined },
      random: () => randoms[turn++ % randoms.length] as number,
      shardLimits: { recordsPerSecond, bytesPerSecond },
      onDelivery: (batch) => {
        for (const { context, result, error } of batch) this.#settle(context as Tracked, result ?? error);
      },
      onFailed: ({ record }) => {
        const { data } = record;
        const tracked = this.#tracked.get(idIn(typeof data === "string" ? Buffer.from(data) : data));
        if (tracked === undefined) this.#problems.push("onFailed heard of a record that nobody handed over");
        else tracked.failures++;
      },
    });
  }

  async #take(step: Step): Promise<void> {
    const kinesis = this.#kinesis;
    const { reshards } = this.#options;
    switch (step.do) {
      case "put":
        for (let i = 0; i < step.times; i++) this.#hand(step.way, step.key, step.bytes);
        break;
      case "advance":
        await this.#clock.advanceAsync(step.ms);
        break;
      case "answer":
        pick(kinesis.requests, step.which)?.answer(step.fate);
        break;
      case "store":
        pick(kinesis.requests, step.which)?.store(step.fate);
        break;
      case "list":
        pick(kinesis.listings, step.which)?.answer(step.lag);
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
        pick(kinesis.listings, step.which)?.fail(failure);
        break;
      }
      case "split":
        if (reshards) kinesis.split(step.which, EDGES[step.key - PLAIN_KEYS]);
        break;
      case "merge":
        if (reshards) kinesis.merge(step.which);
        break;
      case "recreate":
        if (this.#options.recreates) kinesis.recreate(step);
        break;
      case "auto":
        if (this.#options.goesAuto) kinesis.goAuto();
        break;
      case "abort":
        pick([...this.#tracked.values()], step.which)?.controller?.abort();
        break;
      case "ready":
        this.#wait(() => this.#producer.ready(), []);
        break;
      case "flush":
        this.#wait((signal) => this.#producer.flush({ signal }), this.#unsettled());
        break;
      case "abortFlush":
        this.#waits.at(-1)?.controller.abort();
    }
  }

  #hand(way: Way, key: number, bytes: number): void {
    const id = `r${this.#tracked.size}`;
    const record: UserRecord = { ...keyOf(key), data: `${id}:${"x".repeat(bytes)}`, ...this.#tagsOf(id) };
    const tracked: Tracked = {
      id,
      content: contentOf(record),
      key,
      handedOver: ++this.#events,
      isRefused: false,
      controller: way === "abortable" ? new AbortController() : undefined,
      handedOverAt: this.#clock.now(),
      results: [],
      errors: [],
      failures: 0,
      settledAt: Number.NaN,
      settled: Number.NaN,
    };
    // Before the call: onFailed may be told from within it.
    this.#tracked.set(id, tracked);
    this.#open++;
    const before = this.#entered;
    if (!this.#offer(way, record, tracked)) {
      this.#open--;
      this.#tracked.delete(id);
    } else tracked.isRefused = this.#entered === before;
  }

  /** Records that ever came in, or wait for room: what was refused at the door is not among them. */
  get #entered(): number {
    const stream = this.#producer.stats().streams[STREAM];
    return stream === undefined ? 0 : stream.userRecordsAccepted + stream.waitingPuts;
  }

  /** The tags of every third record, where there are any. */
  #tagsOf(id: string): Pick<UserRecord, "tags"> {
    const number = Number(id.slice(1));
    return this.#options.tagging === "none" || number % 3 > 0 ? {} : { tags: { id, "": "x".repeat(number % 5) } };
  }

  #offer(way: Way, record: UserRecord, tracked: Tracked): boolean {
    if (way === "enqueue") {
      try {
        return this.#producer.enqueue(record, tracked);
      } catch (error) {
        this.#settle(tracked, error as RecordFailedError);
        return true;
      }
    }
    const options = tracked.controller === undefined ? {} : { signal: tracked.controller.signal };
    const promise = way === "tryPut" ? this.#producer.tryPut(record) : this.#producer.put(record, options);
    const settle = (outcome: PutResult | RecordFailedError): void => this.#settle(tracked, outcome);
    promise?.then(settle, settle);
    return promise !== undefined;
  }

  #settle(tracked: Tracked, outcome: PutResult | RecordFailedError): void {
    if (isUnsettled(tracked)) this.#open--;
    tracked.settledAt = this.#clock.now();
    tracked.settled = ++this.#events;
    if (outcome instanceof Error) this.#noteFailure(tracked, outcome);
    else tracked.results.push(outcome);
  }

  #noteFailure(tracked: Tracked, error: RecordFailedError): void {
    tracked.errors.push(error);
    if (error.code !== "KP_RECORD_EXPIRED" && error.code !== "KP_ABORTED") return;
    // What is on its way is judged by its answer, whatever its caller or its time to live says.
    const { requests } = this.#kinesis;
    const isOnItsWay = requests.some(({ entries }) => entries.some((entry) => idsIn(entry).includes(tracked.id)));
    if (isOnItsWay) this.#problems.push(`${tracked.id} ended with ${error.code} while it was in flight`);
  }

  #wait(start: (signal: AbortSignal) => Promise<void>, covers: readonly Tracked[]): void {
    const controller = new AbortController();
    const waiting: Waiting = { state: "pending", controller, covers };
    this.#waits.push(waiting);
    start(controller.signal).then(
      () => {
        waiting.state = "resolved";
        for (const { id } of covers.filter(isUnsettled))
          this.#problems.push(`a flush resolved before ${id} was settled`);
      },
      (error: ProducerError) => {
        waiting.state = error.code;
      },
    );
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
    for (const request of [...this.#kinesis.requests]) request.answer({ kind: "answered" });
    for (const listing of [...this.#kinesis.listings]) listing.answer(0);
    await this.#clock.settle();
    this.#checkSettled();
    const all = [...this.#tracked.values()];
    const accepted = all.filter(({ errors, isRefused }) => errors[0]?.code !== "KP_RECORD_TOO_LARGE" && !isRefused);
    const told = JSON.stringify({
      delivered: all.filter(({ results }) => results.length > 0).length,
      failed: accepted.filter(({ errors }) => errors.length > 0).length,
    });
    claim(JSON.stringify(report) === told, () => `close reported ${JSON.stringify(report)}; callers heard ${told}`);
  }

  /** The service is well again: everything must settle without being told to. */
  async #heal(): Promise<void> {
    this.#kinesis.isCalm = true;
    for (const listing of [...this.#kinesis.listings]) listing.answer(0);
    for (const request of [...this.#kinesis.requests]) request.answer({ kind: "answered" });
    await this.#clock.settle();
    for (let minutes = 0; minutes < 30 && this.#isAnythingPending(); minutes++) await this.#clock.advanceAsync(60_000);
    await this.#clock.settle();
    const { outstandingRecords } = this.#producer.stats();
    claim(outstandingRecords === 0, () => `${outstandingRecords} records left after the service is well again`);
    this.#checkNobodyWaits();
    this.#checkIdle();
  }

  get #routing(): string | undefined {
    return this.#producer.stats().streams[STREAM]?.routing;
  }

  /** Whether anybody waits: by what callers were told, not by what the producer counts. */
  #isAnythingPending(): boolean {
    return this.#open > 0 || this.#waits.some(({ state }) => state === "pending");
  }

  #unsettled(): Tracked[] {
    return [...this.#tracked.values()].filter(isUnsettled);
  }

  /** A flush is pending only while something it covers is. */
  #checkWaits(): void {
    for (const { state, controller, covers } of this.#waits) {
      if (state !== "pending" || covers.length === 0 || controller.signal.aborted) continue;
      claim(covers.some(isUnsettled), () => "a flush is pending, and everything it covers is settled");
    }
  }

  /** Nothing that has expired or been aborted is anywhere but in flight. */
  #checkDue(): void {
    const { recordTtlMs, maxBufferedRecords, maxBufferedBytes } = this.#options;
    if (mayMisplace(this.#options)) return;
    const mayHaveWaited = maxBufferedRecords < 10_000 || maxBufferedBytes < 10_000;
    const now = this.#clock.now();
    const due = this.#unsettled().filter(({ controller, handedOverAt }) => {
      const hasExpired = !mayHaveWaited && handedOverAt + recordTtlMs <= now;
      return hasExpired || controller?.signal.aborted === true;
    });
    if (due.length === 0) return;
    const inFlight = new Set(this.#kinesis.requests.flatMap(({ entries }) => entries.flatMap(idsIn)));
    for (const { id } of due)
      claim(inFlight.has(id), () => `${id} has expired or was aborted, and is still in a queue`);
  }

  #checkIdle(): void {
    claim(this.#clock.pendingTimers === 0 || this.#isAnythingPending(), () => "a timer while nobody waits");
  }

  #checkSettled(): void {
    for (const { id, results, errors, failures } of this.#tracked.values()) {
      claim(results.length + errors.length === 1, () => `${id} was settled ${results.length + errors.length} times`);
      claim(
        failures === errors.length,
        () => `onFailed heard ${failures} times of ${id}, the caller ${errors.length} times`,
      );
    }
    this.#checkNobodyWaits();
    const { outstandingRecords, bufferedRecords, bufferedBytes, streams } = this.#producer.stats();
    const waitingPuts = streams[STREAM]?.waitingPuts ?? 0;
    const left = [outstandingRecords, bufferedRecords, bufferedBytes, waitingPuts];
    claim(
      left.every((count) => count === 0),
      () => `outstanding, buffered, bytes, waiting are left: ${left}`,
    );
    claim(this.#clock.pendingTimers === 0, () => "a timer after close");
  }

  #checkNobodyWaits(): void {
    for (const { state } of this.#waits) claim(state !== "pending", () => "a flush() or ready() is still pending");
  }

  #checkEnded(): void {
    const tracked = [...this.#tracked.values()];
    checkOutcomes({ options: this.#options, kinesis: this.#kinesis, tracked, wasUnmapped: this.#wasUnmapped });
  }

  #watchTraffic(): void {
    const { maxRequestRecords, maxInFlightRequests, aggregation } = this.#options;
    const maxBytes = typeof aggregation === "object" ? aggregation.maxBytes : 51_200;
    const pace = this.#newPaceCheck();
    // Found wrong here, but told at the end: an error thrown at the producer would only be a failed request.
    const demand = (isGood: boolean, problem: string): void => {
      if (!isGood) this.#problems.push(problem);
    };
    this.#kinesis.onRequest = (entries) => {
      this.#wasUnmapped ||= this.#routing === "unmapped";
      demand(entries.length <= maxRequestRecords, `a request of ${entries.length} entries`);
      demand(this.#kinesis.requests.length < maxInFlightRequests, "too many requests in flight");
    };
    this.#kinesis.onArrival = (entry, shard) => {
      const isAggregate = entry.partitionKey === "a";
      demand(!isAggregate || aggregation !== false, "an aggregate, and aggregation is off");
      const isLarge = isAggregate && entry.data.length > maxBytes;
      demand(!isLarge || isWrappedForTags(entry), `an aggregate of ${entry.data.length} bytes`);
      pace?.(entry, shard);
    };
  }

  /** Shards are only known, and their buckets only theirs, with a map that stays. */
  #newPaceCheck(): ((entry: KinesisRecord, shard: VirtualShard) => void) | undefined {
    const { recordsPerSecond, bytesPerSecond } = this.#options;
    if (mayMisplace(this.#options)) return undefined;
    const checks: Map<string, PaceCheck> = new Map();
    return (entry, { shardId }) => {
      const now = this.#clock.now();
      if (this.#wasUnmapped) return;
      const check = checks.get(shardId) ?? new PaceCheck(recordsPerSecond, bytesPerSecond, now);
      checks.set(shardId, check);
      const problem = check.problemWith(entry, now);
      if (problem !== undefined) this.#problems.push(`${shardId} was sent more than it takes at ${now}: ${problem}`);
    };
  }
}

function pick<T>(from: readonly T[], which: number): T | undefined {
  return from.length === 0 ? undefined : from[which % from.length];
}
