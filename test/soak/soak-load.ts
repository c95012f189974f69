import { KinesisProducer, type ProducerOptions, type RecordFailedError, type UserRecord } from "../../src/index.js";
import { type LocalClientConfig, seededRandom } from "../../src/testing/index.js";
import { FATE, type StreamFates } from "./messages.js";

const RECORDS_PER_BURST = 60;
/** Bursts wait while this many records are outstanding: the soak does not test back-pressure. */
const MAX_OUTSTANDING = 20_000;
const MAX_RECORDS_PER_MINUTE = 250_000;
const KEYS = 200;

/**
 * The records of one stream and their reported outcomes. The array has a fixed size, so it does not add to the heap.
 */
interface Stream {
  readonly name: string;
  readonly producer: KinesisProducer;
  readonly fates: Uint8Array;
  count: number;
}

/** A mixed load over three streams: `put`, `enqueue` and `putMany`, aggregated, and ordered record by record. */
export class SoakLoad {
  static readonly STREAMS: readonly string[] = ["clicks", "views", "ordered"];
  readonly #streams: readonly Stream[];
  readonly #producers: readonly KinesisProducer[];
  readonly #failures: Map<string, number> = new Map();
  #settledTwice = 0;

  constructor(config: LocalClientConfig, seed: number, minutes: number) {
    const options: ProducerOptions = {
      ...config,
      lingerMs: 20,
      requestTimeoutMs: 800,
      shardMapTimeoutMs: 2_000,
      aggregation: { maxBytes: 4_000 },
      logger: { warn: () => undefined },
      random: seededRandom(seed),
      onDelivery: (batch) => {
        for (const { context, error } of batch) {
          const { stream, id } = context as { readonly stream: Stream; readonly id: number };
          this.#settle(stream, id, error);
        }
      },
    };
    const shared = new KinesisProducer(options);
    const ordered = new KinesisProducer({ ...options, ordering: "shard", aggregation: "reshard-safe" });
    this.#producers = [shared, ordered];
    this.#streams = SoakLoad.STREAMS.map((name) => ({
      name,
      producer: name === "ordered" ? ordered : shared,
      fates: new Uint8Array(Math.ceil(minutes * MAX_RECORDS_PER_MINUTE) + RECORDS_PER_BURST),
      count: 0,
    }));
  }

  /** Hands over a burst of records for one stream, by one of the methods. */
  burst(random: () => number): void {
    const stream = this.#streams[Math.floor(random() * this.#streams.length)] as Stream;
    const { producer } = stream;
    if (producer.stats().outstandingRecords > MAX_OUTSTANDING) return;
    if (stream.count + RECORDS_PER_BURST > stream.fates.length) return;
    const dice = random();
    const first = stream.count;
    const records = Array.from({ length: RECORDS_PER_BURST }, () => this.#next(stream, random));
    if (dice < 0.4) for (const [i, record] of records.entries()) this.#put(stream, first + i, record);
    else if (dice < 0.8) for (const [i, record] of records.entries()) this.#enqueue(stream, first + i, record);
    else void this.#putMany(stream, first, records);
  }

  /** Waits until everything handed over is settled. */
  async flush(): Promise<void> {
    await Promise.all(this.#producers.map((producer) => producer.flush()));
  }

  async close(): Promise<void> {
    await Promise.all(this.#producers.map((producer) => producer.close({ timeoutMs: 60_000 })));
  }

  /** The reported outcomes, stream by stream. */
  fates(): StreamFates[] {
    return this.#streams.map(({ name, fates, count }) => ({ stream: name, fates: fates.slice(0, count), count }));
  }

  failures(): string {
    return [...this.#failures].map(([code, count]) => `${count} × ${code}`).join(", ");
  }

  describe(): string {
    const count = this.#streams.reduce((sum, stream) => sum + stream.count, 0);
    const stats = this.#producers.flatMap((producer) => Object.values(producer.stats().streams));
    const retries = stats.reduce((sum, stream) => sum + stream.retries, 0);
    const wrong = stats.reduce((sum, stream) => sum + stream.wrongShard, 0);
    const twice = this.#settledTwice === 0 ? "" : `, ${this.#settledTwice} SETTLED TWICE`;
    return `${count.toLocaleString("en")} records, ${retries.toLocaleString("en")} Kinesis records sent again, ${wrong} in a shard not predicted${twice}`;
  }

  #next(stream: Stream, random: () => number): UserRecord {
    const id = String(stream.count++).padStart(9, "0");
    const data = id + "x".repeat(Math.floor(random() * 200));
    return { streamName: stream.name, partitionKey: `key-${Math.floor(random() * KEYS)}`, data };
  }

  #put(stream: Stream, id: number, record: UserRecord): void {
    stream.producer.put(record).then(
      () => this.#settle(stream, id, undefined),
      (error: RecordFailedError) => this.#settle(stream, id, error),
    );
  }

  #enqueue(stream: Stream, id: number, record: UserRecord): void {
    // The buffer is never full here: records are offered only while few are outstanding.
    if (!stream.producer.enqueue(record, { stream, id })) this.#put(stream, id, record);
  }

  async #putMany(stream: Stream, first: number, records: readonly UserRecord[]): Promise<void> {
    let id = first;
    for await (const { error } of stream.producer.putMany(records)) this.#settle(stream, id++, error);
  }

  #settle(stream: Stream, id: number, error: RecordFailedError | undefined): void {
    if (stream.fates[id] !== FATE.pending) this.#settledTwice++;
    if (error === undefined) {
      stream.fates[id] = FATE.delivered;
      return;
    }
    stream.fates[id] = error.delivery === "unknown" ? FATE.failedUnknown : FATE.failedNone;
    const code = error.serviceCode ?? error.code;
    this.#failures.set(code, (this.#failures.get(code) ?? 0) + 1);
  }

  /** Records with two reported outcomes. */
  get settledTwice(): number {
    return this.#settledTwice;
  }
}
