import { setMaxListeners } from "node:events";
import type { DeliveryClock } from "../patient.js";
import type { DeliveryFailure } from "./delivery-options.js";
import { type DeliveryStats, newCounters } from "./delivery-stats.js";
import { errorDocument, type FailureFacts } from "./error-document.js";
import { type BufferedFile, FileBuffers, type FileItem, type FileLane, type Moment } from "./file-buffers.js";
import { FileWriter, type UnwrittenFile } from "./file-writer.js";
import { type KinesisSourceRecord, kplRecords, type SourceRecord } from "./kpl-records.js";
import { Partitions, type PlacedRecord } from "./partitions.js";
import type { DeliverySettings } from "./resolve-delivery-options.js";
import type { TransformVerdict } from "./transform-answer.js";
import { type TransformBatch, TransformBatches } from "./transform-batches.js";
import { type EventFacts, type HeldRecord, recordIdOf } from "./transform-event.js";
import { type Invocation, TransformInvoker } from "./transform-invoker.js";
import { Unsettled } from "./unsettled.js";

/** Bytes that a record weighs in hand beside its data: a stream of empty records must not fill the memory either. */
const RECORD_BYTES = 512;

/** Batches that wait for their invocation, from which on nothing more is read: their results may be many times larger. */
const MAX_WAITING_BATCHES = 8;

/** The world of a pipeline. */
export interface PipelinePorts {
  readonly clock: DeliveryClock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Bytes in hand from which on files are written early, and nothing more is read. */
  readonly maxHeldBytes: number;
  readonly onFailure: (failure: DeliveryFailure) => void;
}

/** The way of a record from the source to a file: transform, partition, buffer, destination. */
export class DeliveryPipeline {
  readonly #settings: DeliverySettings;
  readonly #ports: PipelinePorts;
  readonly #ended = new AbortController();
  readonly #unsettled = new Unsettled();
  readonly #batches: TransformBatches | undefined;
  readonly #invoker: TransformInvoker | undefined;
  readonly #partitions: Partitions;
  readonly #buffers: FileBuffers;
  readonly #writer: FileWriter;
  readonly #counters = newCounters();
  /** Settles when all batches so far are transformed. */
  #transforms: Promise<void> = Promise.resolve();
  #timer: { readonly dueAt: number; cancel(): void } | undefined;
  #isClosing = false;
  /** Batches that are cut, and not yet transformed. */
  #waitingBatches = 0;
  /** Bytes by which records in hand are larger than they were in the stream. */
  #grownBytes = 0;
  /** Records in hand of each partition. */
  readonly #byPartition = new Map<string, number>();

  constructor(settings: DeliverySettings, facts: EventFacts, ports: PipelinePorts) {
    this.#settings = settings;
    this.#ports = ports;
    const ended = this.#ended.signal;
    // Every put, invocation and pause adds a listener.
    setMaxListeners(0, ended);
    const { transform, fileBytes, fileIntervalMs } = settings;
    this.#batches = transform && new TransformBatches(transform);
    this.#invoker =
      transform &&
      new TransformInvoker(transform, facts, {
        ...ports,
        ended,
        onFailure: (error, attempt) => this.#fail({ stage: "transform", error, attempt }),
      });
    this.#buffers = new FileBuffers(fileBytes, fileIntervalMs);
    this.#writer = new FileWriter(settings, {
      ...ports,
      ended,
      onWritten: (file, bytes) => this.#onWritten(file, bytes),
      onFailure: (error, attempt, key) => this.#fail({ stage: "destination", error, attempt, key }),
    });
    this.#partitions = new Partitions(
      settings,
      (id) => this.#byPartition.has(id),
      () => this.#byPartition.size,
    );
  }

  /** Takes a Kinesis record. Resolves when the next one may come. */
  async take(kinesisRecord: KinesisSourceRecord): Promise<void> {
    this.#counters.kinesisRecordsRead++;
    for (const source of kplRecords(kinesisRecord)) this.#takeOne(source);
    this.#arm();
    while (!this.#isClosing) {
      const isFull = this.#weight() >= this.#ports.maxHeldBytes;
      if (!isFull && this.#waitingBatches <= MAX_WAITING_BATCHES) return;
      const change = this.#unsettled.change();
      if (isFull) void this.#force();
      await change;
    }
  }

  /** A pass of the source failed. */
  sourceFailed(error: unknown, attempt: number): void {
    this.#fail({ stage: "source", error, attempt });
  }

  /** Resolves when the records that were taken so far are in files, dropped, or in error files. */
  settled(): Promise<void> {
    return this.#unsettled.allOfNow();
  }

  /** The same, without waiting for the buffering hints. */
  async flush(): Promise<void> {
    const settled = this.#unsettled.allOfNow();
    settled.catch(() => {});
    await this.#force();
    this.#writer.hurry();
    await settled;
  }

  /** Lets a source that waits for room go on, so that it can end. */
  beginClosing(): void {
    this.#isClosing = true;
    this.#unsettled.wakeAll();
  }

  /** Gives up what is not written. */
  end(reason: Error): void {
    this.#timer?.cancel();
    this.#ended.abort(reason);
    this.#unsettled.end(reason);
  }

  unwritten(): UnwrittenFile[] {
    return this.#writer.unwritten();
  }

  stats(): DeliveryStats {
    return {
      ...this.#counters,
      recordsHeld: this.#unsettled.records,
      bytesHeld: this.#unsettled.bytes,
      invocations: this.#invoker?.invocations ?? 0,
      activePartitions: this.#byPartition.size,
    };
  }

  #takeOne(source: SourceRecord): void {
    const ordinal = this.#counters.recordsRead++;
    this.#counters.bytesRead += source.data.length;
    const generation = this.#unsettled.add(source.data.length);
    const record: HeldRecord = { source, generation, recordId: recordIdOf(source, ordinal) };
    if (this.#batches === undefined) this.#place(record, source.data, {});
    else for (const batch of this.#batches.add(record, this.#ports.clock.now())) this.#transform(batch);
  }

  /** One invocation at a time: the order of records is the order of their results. */
  #transform(batch: TransformBatch): void {
    this.#waitingBatches++;
    this.#transforms = this.#transforms.then(async () => {
      let invocation: Invocation | undefined;
      try {
        invocation = await this.#invoker?.invoke(batch);
      } catch {
        // The pipeline was ended: the records of the batch stay unsettled.
      }
      this.#waitingBatches--;
      if (invocation === undefined) return;
      for (const [index, record] of batch.records.entries()) {
        this.#obey(record, invocation.verdicts[index] as TransformVerdict, invocation.attempts);
      }
      this.#arm();
      this.#unsettled.wakeAll();
    });
  }

  #obey(record: HeldRecord, verdict: TransformVerdict, attemptsMade: number): void {
    if (verdict.result === "Ok") {
      this.#place(record, verdict.data, verdict.partitionKeys);
    } else if (verdict.result === "Dropped") {
      this.#counters.recordsDropped++;
      this.#unsettled.settle(record.generation, record.source.data.length);
    } else {
      const { errorCode, errorMessage } = verdict;
      const lambdaArn = this.#settings.transform?.lambdaArn;
      this.#refuse(record, "processing-failed", { errorCode, errorMessage, attemptsMade, lambdaArn });
    }
  }

  #place(record: HeldRecord, data: Uint8Array, fromLambda: Readonly<Record<string, unknown>>): void {
    const placed: PlacedRecord = { source: record.source, data, fromLambda };
    const lane = this.#partitions.laneFor(placed);
    if ("errorCode" in lane) {
      const { errorOutputType, errorCode, errorMessage } = lane;
      this.#refuse(record, errorOutputType, { errorCode, errorMessage, attemptsMade: 1 });
      return;
    }
    const { delimiter } = this.#settings;
    this.#buffer(lane, record, delimiter.length === 0 ? data : Buffer.concat([data, delimiter]));
  }

  #refuse(record: HeldRecord, errorOutputType: string, facts: Omit<FailureFacts, "attemptEndingTimestamp">): void {
    const document = errorDocument(record.source, {
      ...facts,
      attemptEndingTimestamp: this.#ports.clock.epochNow(),
    });
    this.#buffer({ id: `errors of ${errorOutputType}`, keyValues: [], errorOutputType }, record, document);
  }

  #buffer(lane: FileLane, { source, generation }: HeldRecord, data: Uint8Array): void {
    const arrival = source.approximateArrivalTimestamp;
    const item = { data, generation, arrival, sourceBytes: source.data.length };
    this.#grownBytes += growthOf(item);
    if (lane.errorOutputType === undefined) this.#count(lane.id, 1);
    this.#submit(this.#buffers.add(lane, item, this.#moment()));
  }

  #submit(files: readonly BufferedFile[]): void {
    for (const file of files) this.#writer.submit(file);
  }

  #onWritten(file: BufferedFile, bytes: number): void {
    const counters = this.#counters;
    counters.bytesWritten += bytes;
    if (file.lane.errorOutputType === undefined) {
      counters.filesWritten++;
      counters.recordsWritten += file.items.length;
      this.#count(file.lane.id, -file.items.length);
    } else {
      counters.errorFilesWritten++;
      counters.recordsFailed += file.items.length;
    }
    for (const item of file.items) this.#grownBytes -= growthOf(item);
    for (const { generation, sourceBytes } of file.items) this.#unsettled.settle(generation, sourceBytes);
  }

  /** Bytes that the records in hand take, about. */
  #weight(): number {
    return this.#unsettled.bytes + this.#unsettled.records * RECORD_BYTES + this.#grownBytes;
  }

  /** Counts records in hand of a partition. */
  #count(laneId: string, records: number): void {
    const count = (this.#byPartition.get(laneId) ?? 0) + records;
    if (count > 0) this.#byPartition.set(laneId, count);
    else this.#byPartition.delete(laneId);
  }

  /** Writes all that is in buffers now, also what is still to be transformed. */
  async #force(): Promise<void> {
    for (const batch of this.#batches?.cut() ?? []) this.#transform(batch);
    await this.#transforms;
    this.#submit(this.#buffers.takeAll());
  }

  /** Sets the timer for the next batch or file that is due. */
  #arm(): void {
    const dueAt = Math.min(
      this.#batches?.dueAt ?? Number.POSITIVE_INFINITY,
      this.#buffers.dueAt ?? Number.POSITIVE_INFINITY,
    );
    if (this.#timer !== undefined && this.#timer.dueAt <= dueAt) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (dueAt === Number.POSITIVE_INFINITY || this.#ended.signal.aborted) return;
    const { clock } = this.#ports;
    const handle = clock.setTimer(Math.max(0, dueAt - clock.now()), () => this.#onTime());
    this.#timer = { dueAt, cancel: () => handle.cancel() };
  }

  #onTime(): void {
    this.#timer = undefined;
    const now = this.#ports.clock.now();
    const batchDueAt = this.#batches?.dueAt;
    if (batchDueAt !== undefined && batchDueAt <= now)
      for (const batch of this.#batches?.cut() ?? []) this.#transform(batch);
    this.#submit(this.#buffers.takeDue(now));
    this.#arm();
  }

  #fail(failure: DeliveryFailure): void {
    const counters = this.#counters;
    if (failure.stage === "source") counters.readsFailed++;
    else if (failure.stage === "transform") counters.invocationsFailed++;
    else counters.putsFailed++;
    this.#ports.onFailure(failure);
  }

  #moment(): Moment {
    const { clock } = this.#ports;
    return { now: clock.now(), epoch: clock.epochNow() };
  }
}

/** Bytes by which a record is larger than it was in the stream. */
function growthOf({ data, sourceBytes }: FileItem): number {
  return Math.max(0, data.length - sourceBytes);
}
