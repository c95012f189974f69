import { KinesisProducer, type ProducerOptions, RecordFailedError, type UserRecord } from "../../index.js";
import {
  acceptByRange,
  evenShards,
  ManualClock,
  type PutRecordsRequest,
  ScriptedDirectory,
  seededRandom,
} from "../../testing/index.js";
import { type Traffic, TrafficMeter } from "../bill/traffic.js";
import { CommandError } from "../command.js";

const STREAM = "rehearsal";
/** Time of one PutRecords call. */
const ANSWER_MS = 15;
/** So high that they never limit: the number of shards follows from the traffic. */
const NO_LIMITS = { recordsPerSecond: 1e12, bytesPerSecond: 1e15 };
/** The share of the records at the start that does not count: the producer learns the ratio of compression with them. */
const WARM_UP = 0.25;
/** The service takes records of 10 MiB where a stream allows it. */
const MAX_RECORD_BYTES = 10 * 1024 * 1024;

/** A producer and its records, in virtual time. */
export interface Rehearsal {
  readonly records: readonly UserRecord[];
  /** The place of the record with this index, for errors. */
  readonly placeOf: (index: number) => string;
  /** Records a second, evenly spaced. */
  readonly perSecond: number;
  readonly shards: number;
  readonly lingerMs: number;
  readonly compression?: ProducerOptions["compression"];
}

/** The Kinesis records that carried user records. */
export interface Rehearsed {
  readonly userRecords: number;
  readonly traffic: Traffic;
}

/**
 * Sends records with a real producer in virtual time to shards without limits, and adds up its Kinesis records. With the
 * same records and the same rate, the result is always the same.
 *
 * @throws InvalidOptionError for a codec that this Node.js or this installation lacks
 * @throws CommandError that names the place of a record that the service would refuse
 */
export async function rehearse(rehearsal: Rehearsal): Promise<Rehearsed> {
  const { records } = rehearsal;
  const stream = new RehearsedStream(rehearsal);
  const steady = await sendSteadily(stream, records.length).finally(() => stream.close());
  if (stream.failure !== undefined) throw new CommandError(stream.failure.message, { cause: stream.failure });
  // In a short sample most records are in aggregates that are still open: then all count, also the last, small ones.
  return steady.userRecords >= records.length / 2 ? steady : stream.delivered();
}

/** The records delivered after the warm-up, without the aggregates that are still open at the end. */
async function sendSteadily(stream: RehearsedStream, records: number): Promise<Rehearsed> {
  const warm = Math.floor(records * WARM_UP);
  await stream.send(0, warm);
  const before = stream.delivered();
  await stream.send(warm, records);
  return difference(stream.delivered(), before);
}

class RehearsedStream {
  readonly #clock = new ManualClock();
  readonly #meter = new TrafficMeter();
  readonly #producer: KinesisProducer;
  readonly #records: readonly UserRecord[];
  readonly #placeOf: Rehearsal["placeOf"];
  readonly #intervalMs: number;
  #elapsedMs = 0;
  /** The first record that failed. */
  failure: Error | undefined;

  constructor({ records, placeOf, perSecond, shards, lingerMs, compression }: Rehearsal) {
    const open = evenShards(shards);
    const answer = acceptByRange(open);
    let index = 0;
    this.#records = records;
    this.#placeOf = placeOf;
    this.#intervalMs = 1_000 / perSecond;
    this.#producer = new KinesisProducer({
      streamName: STREAM,
      clock: this.#clock,
      random: seededRandom(1),
      directory: new ScriptedDirectory({ shards: open }),
      transport: {
        putRecords: (request) =>
          new Promise((resolve) => {
            this.#clock.setTimer(ANSWER_MS, () => {
              this.#count(request);
              resolve(answer({ ...request, index: index++ }));
            });
          }),
      },
      shardLimits: NO_LIMITS,
      maxRecordBytes: MAX_RECORD_BYTES,
      lingerMs,
      // A linger of an hour is allowed, and only the time to live would end it.
      recordTtlMs: Number.POSITIVE_INFINITY,
      onFailed: (error) => {
        this.failure ??= error;
      },
      ...(compression === undefined ? {} : { compression }),
    });
  }

  /** Hands over the records of these numbers, each at its time, until one fails. */
  async send(from: number, to: number): Promise<void> {
    if (from === 0) await this.#within(this.#producer.ready());
    for (let next = from; next < to && this.failure === undefined; ) {
      while (next < to && next * this.#intervalMs <= this.#elapsedMs && this.#enqueue(next)) next++;
      await this.#pass(Math.max(1, Math.ceil(next * this.#intervalMs - this.#elapsedMs)));
    }
  }

  /** Delivers the rest. */
  async close(): Promise<void> {
    await this.#within(this.#producer.close());
  }

  /** Everything that was delivered so far. */
  delivered(): Rehearsed {
    const userRecords = this.#producer.stats().streams[STREAM]?.userRecordsDelivered ?? 0;
    return { userRecords, traffic: { ...this.#meter } };
  }

  #enqueue(index: number): boolean {
    try {
      return this.#producer.enqueue(this.#records[index] as UserRecord);
    } catch (error) {
      if (!(error instanceof RecordFailedError)) throw error;
      throw new CommandError(`${this.#placeOf(index)}: ${error.message}`, { cause: error });
    }
  }

  #count({ entries }: PutRecordsRequest): void {
    for (const { partitionKey = "", data } of entries) this.#meter.add(Buffer.byteLength(partitionKey), data.length);
  }

  async #pass(ms: number): Promise<void> {
    await this.#clock.advanceAsync(ms);
    this.#elapsedMs += ms;
  }

  async #within(promise: Promise<unknown>): Promise<void> {
    let isOver = false;
    const end = (): void => {
      isOver = true;
    };
    promise.then(end, end);
    // Nothing else lets time pass.
    while (!isOver) await this.#pass(1);
    await promise;
  }
}

function difference(after: Rehearsed, before: Rehearsed): Rehearsed {
  const { kinesisRecords, dataBytes, bytes, putUnits, roundedKib } = after.traffic;
  return {
    userRecords: after.userRecords - before.userRecords,
    traffic: {
      kinesisRecords: kinesisRecords - before.traffic.kinesisRecords,
      dataBytes: dataBytes - before.traffic.dataBytes,
      bytes: bytes - before.traffic.bytes,
      putUnits: putUnits - before.traffic.putUnits,
      roundedKib: roundedKib - before.traffic.roundedKib,
    },
  };
}
