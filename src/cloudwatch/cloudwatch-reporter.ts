import { InvalidOptionError } from "../base-errors.js";
import type { Clock, TimerHandle } from "../core/ports.js";
import { refuseUnknownOptions } from "../exporting/known-options.js";
import type { StatsSource } from "../exporting/stats-source.js";
import { show } from "../wording/shown-value.js";
import { type CloudWatchMetricOptions, cloudWatchSettings, METRIC_OPTIONS } from "./cloudwatch-options.js";
import { Growth } from "./growth.js";
import { batchesOf } from "./metric-data.js";
import { type MetricDataClient, putWithin } from "./metric-data-client.js";

/** Takes one line for each flush that failed. `console` is one, and so is the `logger` of a producer. */
export interface ReporterLogger {
  warn(fields: ReporterLogFields, message: string): void;
}

/** Facts about a flush that failed. */
export interface ReporterLogFields {
  readonly event: "metrics-not-sent";
  readonly namespace: string;
  /** Metrics that stay for the next flush. */
  readonly metrics: number;
  readonly error: unknown;
}

/** Options of a {@link CloudWatchReporter}. */
export interface CloudWatchReporterOptions extends CloudWatchMetricOptions {
  /** The producer, or several: streams of the same name are added up. */
  readonly producer: StatsSource | readonly StatsSource[];
  readonly client: MetricDataClient;
  /**
   * Milliseconds between two flushes, from 1,000. CloudWatch keeps one value for each minute.
   *
   * @defaultValue 60000
   */
  readonly intervalMs?: number;
  /**
   * Milliseconds for which one PutMetricData may take, from 1.
   *
   * @defaultValue 30000
   */
  readonly timeoutMs?: number;
  readonly logger?: ReporterLogger;
  /**
   * For tests: `ManualClock` of `kinesis-producer/testing`. The default does not keep the process alive.
   */
  readonly clock?: Pick<Clock, "setTimer">;
}

const REPORTER_OPTIONS: readonly (keyof CloudWatchReporterOptions)[] = [
  ...METRIC_OPTIONS,
  "producer",
  "client",
  "intervalMs",
  "timeoutMs",
  "logger",
  "clock",
];

/** The result of a flush. */
export interface FlushReport {
  /** Metrics sent, each a datum. */
  readonly sent: number;
  /** Metrics that could not be sent; their values are part of the next flush. */
  readonly failed: number;
}

/**
 * Sends a producer's metrics to CloudWatch each minute, under the names, units and dimensions of the KPL. So dashboards
 * and alarms made for the KPL go on working.
 *
 * A flush that fails never disturbs the producer. Its values are part of the next flush. If CloudWatch stored them and
 * the answer was lost, they count twice.
 *
 * @example
 * ```ts
 * const reporter = new CloudWatchReporter({ producer, client: new CloudWatch({}) });
 * await producer.close();
 * await reporter.close(); // sends the last minute
 * ```
 */
export class CloudWatchReporter {
  readonly #client: MetricDataClient;
  readonly #namespace: string;
  readonly #growth: Growth;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  readonly #logger: ReporterLogger | undefined;
  readonly #clock: Pick<Clock, "setTimer">;
  #timer: TimerHandle | undefined;
  #running: Promise<FlushReport> | undefined;
  #queued: Promise<FlushReport> | undefined;
  #closed: Promise<void> | undefined;

  /** @throws InvalidOptionError when an option cannot be used */
  constructor(options: CloudWatchReporterOptions) {
    refuseUnknownOptions(options, "CloudWatchReporter", REPORTER_OPTIONS);
    const { client, logger, clock = UNREF_CLOCK, intervalMs = 60_000, timeoutMs = 30_000 } = options;
    if (typeof client?.putMetricData !== "function")
      throw new InvalidOptionError("client", `client must have a putMetricData() method, got ${show(client)}`);
    this.#intervalMs = milliseconds("intervalMs", intervalMs, 1_000);
    this.#timeoutMs = milliseconds("timeoutMs", timeoutMs, 1);
    const settings = cloudWatchSettings(options, "shard");
    this.#namespace = settings.namespace;
    this.#growth = new Growth(options.producer, settings);
    this.#client = client;
    this.#logger = logger;
    this.#clock = clock;
    this.#arm();
  }

  /**
   * Sends now what came since the last flush. Never rejects. While a flush runs, one more waits for its end; further
   * calls share it.
   */
  flush(): Promise<FlushReport> {
    if (this.#closed !== undefined) return Promise.resolve({ sent: 0, failed: 0 });
    return this.#flush();
  }

  /** Stops the timer, and sends the last values. Never rejects. Close the producer first. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#timer?.cancel();
    await this.#flush();
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(this.#intervalMs, () => {
      this.#arm();
      if (this.#running === undefined) void this.#flush();
    });
  }

  #flush(): Promise<FlushReport> {
    const before = this.#running;
    if (before === undefined) return this.#start();
    this.#queued ??= before.then(() => {
      this.#queued = undefined;
      return this.#start();
    });
    return this.#queued;
  }

  #start(): Promise<FlushReport> {
    const running = this.#send().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #send(): Promise<FlushReport> {
    let sent = 0;
    let failed = 0;
    const failures: unknown[] = [];
    try {
      for (const batch of batchesOf(this.#growth.read())) {
        try {
          const input = { Namespace: this.#namespace, MetricData: batch.data };
          await putWithin(this.#timeoutMs, this.#client, input, this.#clock);
          this.#growth.commit(batch.series);
          sent += batch.data.length;
        } catch (error) {
          failed += batch.data.length;
          failures.push(error);
        }
      }
    } catch (error) {
      failures.push(error);
    }
    if (failures.length > 0) this.#warn(failed, failures.at(-1));
    return { sent, failed };
  }

  /** A logger that throws must not end the reporter. */
  #warn(metrics: number, error: unknown): void {
    const namespace = this.#namespace;
    const message = `CloudWatch did not take the metrics of ${namespace}; they are part of the next flush: ${error instanceof Error ? error.message : String(error)}`;
    try {
      this.#logger?.warn({ event: "metrics-not-sent", namespace, metrics, error }, message);
    } catch {}
  }
}

/** Timers that do not keep the process alive. */
const UNREF_CLOCK: Pick<Clock, "setTimer"> = {
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** The longest delay that `setTimeout` takes. */
const MAX_MS = 2 ** 31 - 1;

function milliseconds(option: string, value: number, min: number): number {
  if (Number.isFinite(value) && value >= min && value <= MAX_MS) return value;
  throw new InvalidOptionError(option, `${option} must be from ${min} to ${MAX_MS} milliseconds, got ${show(value)}`);
}
