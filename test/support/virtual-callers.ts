import type { RecordFailedError } from "../../src/errors.js";
import type { ProducerError } from "../../src/index.js";
import type { ProducerOptions } from "../../src/options.js";
import type { KinesisProducer } from "../../src/producer.js";
import type { PutResult, UserRecord } from "../../src/record.js";
import type { ManualClock } from "../../src/testing/manual-clock.js";
import { contentOf, idIn, idsIn } from "./virtual-checks.js";
import { isUnsettled, type Origin, type Tracked } from "./virtual-outcomes.js";
import { changingRecord, keyOf } from "./virtual-records.js";
import type { Reaction, ScheduleOptions, Way } from "./virtual-schedule.js";
import type { VirtualService } from "./virtual-service.js";

/** A `flush()` or `ready()`, and the records it waits for. */
export interface Waiting {
  state: string;
  readonly controller: AbortController;
  readonly covers: readonly Tracked[];
}

/** A record that is handed over. */
interface Handed {
  readonly way: Way;
  readonly key: number;
  readonly bytes: number;
  /** Index of the stream. */
  readonly stream: number;
}

/** Limit of actions from within callbacks in a run, so that it ends. */
const MAX_REACTIONS = 20;

export interface CallersParts {
  readonly options: ScheduleOptions;
  readonly streamNames: readonly string[];
  readonly clock: ManualClock;
  readonly service: VirtualService;
  /** Reported at the end of the run. */
  readonly problems: string[];
}

/** The user of the producer: hands records over, waits, listens, and does all of that from within callbacks too. */
export class Callers {
  readonly tracked: Map<string, Tracked> = new Map();
  readonly waits: Waiting[] = [];
  readonly #parts: CallersParts;
  /** Keyed by the object handed over: a refused record is reported as that object, even if its bytes have changed. */
  readonly #byRecord: Map<unknown, Tracked> = new Map();
  #producer: KinesisProducer | undefined;
  #events = 0;
  #handed = 0;
  #outcomes = 0;
  #reactions = 0;
  /** Records without a reported outcome. */
  #open = 0;

  constructor(parts: CallersParts) {
    this.#parts = parts;
  }

  /** The callbacks of the producer. */
  get callbacks(): Required<Pick<ProducerOptions, "onDelivery" | "onFailed">> {
    return {
      onDelivery: (batch) => {
        for (const { context, result, error } of batch) {
          this.#settle(context as Tracked, result ?? error);
          this.#react(context as Tracked);
        }
      },
      onFailed: ({ record }) => {
        const { data } = record;
        const tracked =
          this.#byRecord.get(record) ?? this.tracked.get(idIn(typeof data === "string" ? Buffer.from(data) : data));
        if (tracked === undefined) {
          this.#parts.problems.push("onFailed heard of a record that nobody handed over");
          return;
        }
        tracked.failures++;
        this.#noteEnd(tracked);
        this.#react(tracked);
      },
    };
  }

  /** Starts to use the producer that was made with the {@link callbacks}. */
  use(producer: KinesisProducer): void {
    this.#producer = producer;
  }

  /** Whether any caller waits, by the reported outcomes, not by the counts of the producer. */
  get isAnythingPending(): boolean {
    return this.#open > 0 || this.waits.some(({ state }) => state === "pending");
  }

  unsettled(): Tracked[] {
    return [...this.tracked.values()].filter(isUnsettled);
  }

  flush(): void {
    this.#wait((signal) => this.#used.flush({ signal }), this.unsettled());
  }

  ready(): void {
    this.#wait(() => this.#used.ready(), []);
  }

  /** Hands a record over. */
  hand({ way, ...handed }: Handed): void {
    if (way === "pressing") this.#press(handed);
    else this.#handOnce({ way, ...handed }, "caller");
  }

  get #used(): KinesisProducer {
    return this.#producer as KinesisProducer;
  }

  /** Follows the pace of the stream: tries until the record is taken, or the producer is closed. */
  #press(handed: Omit<Handed, "way">, origin: Origin = "caller"): void {
    if (this.#handOnce({ ...handed, way: "enqueue" }, origin)) return;
    const { streamNames } = this.#parts;
    const again = (): void => this.#press(handed, "turn");
    this.#wait(() => this.#used.ready(streamNames[handed.stream % streamNames.length]), [], again);
  }

  /** @returns whether the record was taken, or refused for good */
  #handOnce({ way, key, bytes, stream }: Handed, origin: Origin): boolean {
    const { options, clock, streamNames } = this.#parts;
    const id = `r${this.#handed++}`;
    const streamName = streamNames[stream % streamNames.length] as string;
    const given = { ...keyOf(key), streamName, data: `${id}:${"x".repeat(bytes)}`, ...this.#tagsOf(id) };
    const { record, change } = changingRecord(given, this.#handed % 2 === 0 ? options.aftermath : "untouched");
    const tracked: Tracked = {
      id,
      streamName,
      content: contentOf(given),
      key,
      handedOver: ++this.#events,
      isRefused: false,
      origin,
      controller: way === "abortable" ? new AbortController() : undefined,
      handedOverAt: clock.now(),
      results: [],
      errors: [],
      failures: 0,
      settledAt: Number.NaN,
      settled: Number.NaN,
    };
    // Before the call, because a callback may run first.
    this.tracked.set(id, tracked);
    this.#byRecord.set(record, tracked);
    this.#open++;
    const before = this.#entered(streamName);
    const isTaken = this.#offer(way, record, tracked);
    if (isTaken) tracked.isRefused = this.#entered(streamName) === before;
    else {
      this.#open--;
      this.tracked.delete(id);
    }
    change();
    return isTaken;
  }

  /** Records that were accepted or wait for room, without those that were refused at once. */
  #entered(streamName: string): number {
    const stream = this.#used.stats().streams[streamName];
    return stream === undefined ? 0 : stream.userRecordsAccepted + stream.waitingPuts;
  }

  /** The tags of every third record, where there are any. */
  #tagsOf(id: string): { tags?: Record<string, string> } {
    const number = Number(id.slice(1));
    return this.#parts.options.tagging === "none" || number % 3 > 0 ? {} : { tags: { id, "": "x".repeat(number % 5) } };
  }

  #offer(way: Way, record: UserRecord, tracked: Tracked): boolean {
    if (way === "enqueue") {
      try {
        return this.#used.enqueue(record, tracked);
      } catch (error) {
        this.#settle(tracked, error as RecordFailedError);
        return true;
      }
    }
    const options = tracked.controller === undefined ? {} : { signal: tracked.controller.signal };
    const promise = way === "tryPut" ? this.#used.tryPut(record) : this.#used.put(record, options);
    const settle = (outcome: PutResult | RecordFailedError): void => this.#settle(tracked, outcome);
    promise?.then(settle, settle);
    return promise !== undefined;
  }

  #settle(tracked: Tracked, outcome: PutResult | RecordFailedError): void {
    if (isUnsettled(tracked)) this.#open--;
    this.#noteEnd(tracked);
    if (outcome instanceof Error) this.#noteFailure(tracked, outcome);
    else tracked.results.push(outcome);
  }

  /**
   * Runs for the first report of an outcome, by callback or promise. Records handed over from now on come after the end
   * of this record.
   */
  #noteEnd(tracked: Tracked): void {
    if (!Number.isNaN(tracked.settled)) return;
    tracked.settledAt = this.#parts.clock.now();
    tracked.settled = ++this.#events;
  }

  #noteFailure(tracked: Tracked, error: RecordFailedError): void {
    tracked.errors.push(error);
    if (error.code !== "KP_RECORD_EXPIRED" && error.code !== "KP_ABORTED") return;
    // A record in flight is judged by its answer, not by its caller's signal or its time to live.
    const { requests } = this.#parts.service;
    const isInFlight = requests.some(({ entries }) => entries.some((entry) => idsIn(entry).includes(tracked.id)));
    if (isInFlight) this.#parts.problems.push(`${tracked.id} ended with ${error.code} while it was in flight`);
  }

  /** Does the next action from within a callback, with the key and the stream of the record in question. */
  #react({ key, streamName }: Tracked): void {
    const { reactions } = this.#parts.options;
    if (reactions.length === 0 || this.#reactions >= MAX_REACTIONS) return;
    const reaction = reactions[this.#outcomes++ % reactions.length];
    if (reaction === undefined) return;
    this.#reactions++;
    this.#reactWith(reaction, key, streamName);
  }

  #reactWith(reaction: Reaction, key: number, streamName: string): void {
    switch (reaction) {
      case "flush":
        this.flush();
        break;
      case "ready":
        this.ready();
        break;
      case "abort":
        for (const { controller } of this.unsettled()) controller?.abort();
        break;
      case "close":
        void this.#used.close();
        break;
      case "closeNow":
        void this.#used.close({ timeoutMs: 0 });
        break;
      default: {
        const stream = this.#parts.streamNames.indexOf(streamName);
        this.#handOnce({ way: reaction, key, bytes: 10, stream }, "callback");
      }
    }
  }

  #wait(start: (signal: AbortSignal) => Promise<void>, covers: readonly Tracked[], then?: () => void): void {
    const controller = new AbortController();
    const waiting: Waiting = { state: "pending", controller, covers };
    this.waits.push(waiting);
    start(controller.signal).then(
      () => {
        waiting.state = "resolved";
        for (const record of covers) this.#checkTold(record);
        then?.();
      },
      (error: ProducerError) => {
        waiting.state = error.code;
      },
    );
  }

  /** A flush has resolved: every record it covers must have a reported outcome. */
  #checkTold({ id, results, errors, failures }: Tracked): void {
    if (results.length + errors.length === 0) this.#parts.problems.push(`a flush resolved before ${id} was settled`);
    else if (failures < errors.length) this.#parts.problems.push(`a flush resolved before onFailed heard of ${id}`);
  }
}
