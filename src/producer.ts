import process from "node:process";
import type { Writable } from "node:stream";
import type { OptionValues } from "./check-options.js";
import { newCompressor } from "./compression/compressors.js";
import { Outflow } from "./core/outflow.js";
import type { Clock, Log, Transport } from "./core/ports.js";
import { RecordIds } from "./core/record/record-ids.js";
import { ChannelDiagnostics } from "./edge/channel-diagnostics.js";
import { closeOnSignals } from "./edge/closing-signals.js";
import { tellLostAtExit, warnBeforeExit } from "./edge/exit-guard.js";
import { guarded, textOf } from "./edge/guarded.js";
import { loadSdk } from "./edge/lazy-sdk.js";
import { newLog } from "./edge/producer-log.js";
import { resolveProxy } from "./edge/proxy-settings.js";
import { newRecordWritable, type RecordSink, type RecordWritableOptions } from "./edge/record-writable.js";
import { type ClientSettings, LazyClient } from "./edge/sdk-client.js";
import { SdkStreamDirectory } from "./edge/sdk-stream-directory.js";
import { SdkTransport } from "./edge/sdk-transport.js";
import { secureRandom } from "./edge/secure-random.js";
import { SignedTransport } from "./edge/signed-transport.js";
import { SystemClock } from "./edge/system-clock.js";
import { systemRandom } from "./edge/system-random.js";
import { clientTimeLimit, type TimeLimit, timeLimit } from "./edge/time-limit.js";
import { InvalidOptionError } from "./errors.js";
import { type ProducerHealth, readHealth } from "./health.js";
import { isStreamName } from "./option-checks.js";
import type { ProducerOptions, SerializeFor } from "./options.js";
import { Intake } from "./pipeline/entry/intake.js";
import { PutMany } from "./pipeline/entry/put-many.js";
import { settlerOfContext } from "./pipeline/entry/settler.js";
import { type CloseReport, Lifecycle } from "./pipeline/lifecycle.js";
import { Streams } from "./pipeline/streams.js";
import { readStats } from "./read-stats.js";
import type { PutResult, UserRecord } from "./record.js";
import { resolveOptions } from "./resolve-options.js";
import type { ProducerStats } from "./stats.js";

/**
 * Request bodies that the network has not taken may hold `maxBufferedBytes` / UNSENT_SHARE, and at least
 * MIN_UNSENT_BYTES.
 */
const UNSENT_SHARE = 4;
const MIN_UNSENT_BYTES = 8 * 1024 * 1024;

/**
 * Sends user records to Kinesis Data Streams: packs them per predicted shard in the KPL's aggregated format, batches them
 * into PutRecords requests, retries what fails, and keeps every shard within its limits.
 *
 * Every accepted record is settled exactly once: delivered or failed. {@link KinesisProducer.close} waits for all of
 * them. The producer opens nothing before the first record or `ready()`. Its construction begins to load the SDK, and does
 * not wait for it.
 *
 * @typeParam Context - type of the contexts that `enqueue` takes and `onDelivery` gets
 * @typeParam Value - type of the `data` of records; other types than bytes and text need the option `serialize`
 *
 * @example
 * ```ts
 * const producer = new KinesisProducer({ streamName: "clicks", region: "eu-west-1" });
 * try {
 *   const { shardId, sequenceNumber } = await producer.put({ partitionKey: "user-17", data: "{}" });
 * } finally {
 *   await producer.close();
 * }
 * ```
 */
export class KinesisProducer<Context = unknown, Value = Uint8Array | string> {
  readonly #streams: Streams;
  readonly #intake: Intake;
  readonly #lifecycle: Lifecycle;
  readonly #clock: Clock;
  readonly #transport: Transport;
  readonly #hearsOutcomes: boolean;

  /** @throws {@link InvalidOptionError} at once, for an option that cannot be used */
  constructor(options: ProducerOptions<Context, Value> & SerializeFor<Value>) {
    // A context passes through unchanged, so its type is of no concern inside.
    const { stream, pipeline, values } = resolveOptions(options as unknown as ProducerOptions);
    const { maxInFlightRequests, requestTimeoutMs, onDelivery, onFailed } = values;
    const clock = values.clock ?? new SystemClock();
    const client = new LazyClient(clientSettings(values), maxInFlightRequests, requestTimeoutMs, clock);
    const limit = timeLimit(clock, requestTimeoutMs);
    const isHandedIn = values.client !== undefined;
    const outflow = new Outflow(Math.max(MIN_UNSENT_BYTES, values.maxBufferedBytes / UNSENT_SHARE));
    const requestLimit = isHandedIn ? clientTimeLimit(clock, requestTimeoutMs) : limit;
    const transport = newTransport(values, client, requestLimit, outflow);
    const directory = values.directory ?? new SdkStreamDirectory(client.get, limit, client.credentials);
    // A transport and a directory that are handed in need no SDK. Otherwise the first record needs it.
    if (typeof values.transport !== "object" || values.directory === undefined) void loadSdk();
    const log = newLog(values.logger);
    const callbacks = { onDelivery, onFailed };
    const diagnostics = new ChannelDiagnostics(this, values.endpoint);
    this.#clock = clock;
    this.#transport = transport;
    this.#hearsOutcomes = onDelivery !== undefined || onFailed !== undefined;
    this.#streams = new Streams({
      settings: pipeline,
      budgetLimits: {
        maxRecords: values.maxBufferedRecords,
        maxBytes: values.maxBufferedBytes,
        maxShare: values.maxBufferedShare,
      },
      maxInFlight: maxInFlightRequests,
      clock,
      random: values.random ?? systemRandom,
      log,
      diagnostics,
      transport,
      outflow,
      directory,
      callbacks,
      compressor: newCompressor(values.compression, clock),
    });
    this.#intake = new Intake({
      streams: this.#streams,
      stream,
      isStreamName,
      maxWaitingPuts: values.maxWaitingPuts,
      maxWaitingBytes: values.maxWaitingBytes,
      recordIds: values.recordIds ? new RecordIds(values.random ?? secureRandom) : undefined,
      propagate: values.propagate,
      serialize: values.serialize,
      maxBufferedBytes: values.maxBufferedBytes,
      callbacks,
      diagnostics,
      clock,
    });
    const stopCounting = tellLostAtExit(() => this.#streams.ledger.outstanding);
    this.#lifecycle = new Lifecycle({
      streams: this.#streams,
      intake: this.#intake,
      clock,
      onClosing: [
        warnBeforeExit(() => this.#warnNotClosed(log)),
        closeOnSignals([...new Set(values.closeOnSignals)], () => this.close()),
      ],
      closeTransport: () => {
        stopCounting();
        guarded(
          () => transport.close?.(),
          (error) => {
            const message = `the transport did not close: ${textOf(error)}`;
            log({ level: "warn", fields: { event: "transport-not-closed" }, message });
          },
        );
        client.close();
      },
      onClosed: (report) => {
        if (diagnostics.hears("closed")) diagnostics.publish("closed", report);
      },
    });
  }

  /**
   * Hands a record over, and resolves when Kinesis has stored it. When the buffer is full, puts wait for room in call
   * order.
   *
   * @param options - `signal` aborts the record while it is neither in flight nor held
   * @returns rejects with a `RecordFailedError` when the record is refused or fails
   *
   * @example
   * ```ts
   * try {
   *   const { shardId, sequenceNumber } = await producer.put({ partitionKey: "user-17", data: "{}" });
   * } catch (error) {
   *   if (isRecordFailedError(error)) console.error(error.code, error.attempts.length);
   * }
   * ```
   */
  put(record: UserRecord<Value>, options?: { readonly signal?: AbortSignal }): Promise<PutResult> {
    return this.#intake.put(record as UserRecord, options);
  }

  /**
   * Hands a record over if there is room now.
   *
   * @returns undefined when the buffer is full: nothing was accepted. Otherwise as {@link put}
   *
   * @example
   * ```ts
   * const delivered = producer.tryPut({ partitionKey: "user-17", data: "{}" });
   * if (delivered === undefined) console.warn("the buffer is full");
   * else await delivered;
   * ```
   */
  tryPut(record: UserRecord<Value>): Promise<PutResult> | undefined {
    return this.#intake.tryPut(record as UserRecord);
  }

  /**
   * Hands a record over without a promise: the cheapest way. `onDelivery` gets its outcome, with the context.
   *
   * @returns false when the buffer is full: nothing was accepted; see {@link ready}
   * @throws RecordFailedError for a bad record, or when the producer is closed
   * @throws {@link InvalidOptionError} when neither `onDelivery` nor `onFailed` is set
   *
   * @example
   * ```ts
   * const producer = new KinesisProducer<number>({
   *   streamName: "clicks",
   *   onDelivery(batch) {
   *     for (const { context, error } of batch) if (error !== undefined) console.error(context, error.code);
   *   },
   * });
   * const record = { partitionKey: "user-17", data: "{}" };
   * while (!producer.enqueue(record, 17)) await producer.ready();
   * await producer.close();
   * ```
   */
  enqueue(record: UserRecord<Value>, context?: Context): boolean {
    if (!this.#hearsOutcomes) {
      throw new InvalidOptionError(
        "onDelivery",
        "enqueue() needs onDelivery or onFailed: without them the outcome is lost",
      );
    }
    return this.#intake.offer(record as UserRecord, settlerOfContext(context)) === "accepted";
  }

  /**
   * Resolves when a record of the last refused size would be accepted, and reserves that room until the end of the turn
   * of the event loop: `while (!producer.enqueue(record)) await producer.ready()`. A new producer also waits for the
   * shard map, or for the decision to go on without one.
   *
   * @param streamName - the stream, when it is not the producer's default stream
   * @returns rejects with `KP_CLOSED` after close; with `KP_STREAM_UNREACHABLE` as long as a stream that was never
   * reached cannot be reached, or does not exist; and with `KP_INVALID_OPTION` when the SDK's configuration cannot be used
   */
  ready(streamName?: string): Promise<void> {
    return this.#lifecycle.ready(streamName);
  }

  /**
   * Hands over all records of an iterable, as fast as the stream takes them. Iterate the result for the outcomes in
   * input order, or await it for their counts.
   *
   * @param options - `signal` stops it: no further record is pulled
   *
   * @example
   * ```ts
   * const { delivered, failed } = await producer.putMany([{ partitionKey: "user-17", data: "{}" }]);
   * for await (const { record, error } of producer.putMany(manyRecords)) {
   *   if (error !== undefined) console.error(record.partitionKey, error.code);
   * }
   * ```
   */
  putMany(
    records: Iterable<UserRecord<Value>> | AsyncIterable<UserRecord<Value>>,
    options?: { readonly signal?: AbortSignal },
  ): PutMany<Value> {
    return new PutMany({
      records: records as Iterable<UserRecord> | AsyncIterable<UserRecord>,
      intake: this.#intake,
      clock: this.#clock,
      options,
    });
  }

  /**
   * A Writable in object mode, to be the last stage of a `pipeline()` of user records.
   *
   * @example
   * ```ts
   * await pipeline(Readable.from([{ partitionKey: "user-17", data: "{}" }]), producer.writable());
   * ```
   */
  writable(options: RecordWritableOptions = {}): Writable {
    return newRecordWritable(this as unknown as RecordSink, options);
  }

  /**
   * Makes every record handed over so far due at once, and resolves when all of them are settled. Puts that wait for
   * room are included. Pauses and pacing still apply.
   *
   * @param options - `signal` only stops the waiting
   *
   * @example
   * ```ts
   * const delivered = producer.put({ partitionKey: "user-17", data: "{}" });
   * await producer.flush(); // now, not after lingerMs
   * await delivered;
   * ```
   */
  flush(options?: { readonly signal?: AbortSignal }): Promise<void> {
    return this.#lifecycle.flush(options);
  }

  /**
   * Refuses new records, waits until every record handed over is settled, and closes the connections. May be called
   * more than once. Without options it waits without a limit.
   *
   * @param options - after `timeoutMs`, or when `signal` fires, the remaining records fail with `KP_CLOSED`
   * @returns rejects with `KP_INVALID_OPTION`, and leaves the producer open, when `timeoutMs` is not a number from 0
   *
   * @example
   * ```ts
   * const { delivered, failed } = await producer.close({ timeoutMs: 10_000 });
   * console.log(`${delivered} records delivered, ${failed} failed`);
   * ```
   */
  close(options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal }): Promise<CloseReport> {
    return this.#lifecycle.close(options);
  }

  /** {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * The process ends alone only when every record is settled. Without close(), a process that ends in another way loses
   * records.
   */
  #warnNotClosed(log: Log): void {
    if (this.#streams.byName.size === 0) return;
    const names = [...this.#streams.byName.keys()].join(", ");
    const message = `the producer for ${names} was never closed: await close() before the process ends`;
    log({ level: "warn", fields: { event: "not-closed" }, message });
  }

  /**
   * Counters and gauges at this moment: plain data, a copy.
   *
   * @example
   * ```ts
   * const { streams, bufferedRecords, maxBufferedRecords } = producer.stats();
   * console.log(streams["clicks"]?.userRecordsDelivered, bufferedRecords / maxBufferedRecords);
   * ```
   */
  stats(): ProducerStats {
    return readStats(this.#streams, this.#transport, this.#clock.now());
  }

  /**
   * How well each stream works at this moment, for a readiness probe: plain data, a copy. docs/health.md has the rule.
   *
   * @example
   * ```ts
   * createServer((_request, response) => {
   *   response.writeHead(producer.health().status === "down" ? 503 : 200).end();
   * }).listen(0);
   * ```
   */
  health(): ProducerHealth {
    return readHealth(this.#streams, this.#intake.isClosed, this.#clock.now());
  }
}

/** The settings of the client that the producer makes. The environment is read only for `proxy: "environment"`. */
function clientSettings(values: OptionValues): ClientSettings {
  const { client, region, endpoint, credentials, agent, connectTimeoutMs } = values;
  const { "tls.ca": ca, "tls.rejectUnauthorized": rejectUnauthorized, "tls.servername": servername } = values;
  const tls = {
    // By default Node decides: its environment may say otherwise.
    ...(rejectUnauthorized ? {} : { rejectUnauthorized }),
    ...(ca === undefined ? {} : { ca }),
    ...(servername === undefined ? {} : { servername }),
  };
  const proxy = resolveProxy(values.proxy, process.env);
  return { client, region, endpoint, credentials, agent, connectTimeoutMs, tls, proxy };
}

/**
 * The cheapest transport that the options allow: own requests, unless the caller asks for the SDK's client or passed a
 * client.
 */
function newTransport(
  { transport, protocol, client: handedIn }: OptionValues,
  client: LazyClient,
  limit: TimeLimit,
  outflow: Outflow,
) {
  if (typeof transport === "object") return transport;
  const newSdkTransport = (why: string): Transport =>
    new SdkTransport(client.get, limit, client.close, why, client.credentials);
  if (transport === "sdk") return newSdkTransport('transport is "sdk"');
  // Middleware, handler, signer, retries and proxies belong to the caller's client, and only that client can use them.
  if (handedIn !== undefined) return newSdkTransport("it was handed in");
  const sdk = newSdkTransport("the producer's own");
  return new SignedTransport({ own: client.own, limit, protocol, outflow, sdk });
}
