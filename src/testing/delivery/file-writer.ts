import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { type BackoffLimits, backoffMs } from "../../core/pacing/retry-policy.js";
import { type DeliveryClock, type Pause, pause, within } from "../patient.js";
import type { DeliveredFile } from "./destinations.js";
import type { BufferedFile } from "./file-buffers.js";
import { objectName } from "./object-key.js";
import type { DeliverySettings } from "./resolve-delivery-options.js";

/** Files that are written at a time. */
const CONCURRENCY = 16;

/** The longest put of one file. */
const PUT_LIMIT_MS = 120_000;

/** Pauses between the puts of one file. */
const BACKOFF: BackoffLimits = { baseMs: 200, maxMs: 10_000, drawnPart: 0.5 };

const compressed = promisify(gzip);

/** The world of a writer. */
export interface WriterPorts {
  readonly clock: DeliveryClock;
  readonly random: () => number;
  /** Aborted when the writer is to give up. */
  readonly ended: AbortSignal;
  onWritten(file: BufferedFile, bytes: number): void;
  onFailure(error: unknown, attempt: number, key: string): void;
}

/** A file that could not be written. */
export interface UnwrittenFile {
  readonly key: string;
  readonly records: number;
  /** Before compression. */
  readonly bytes: number;
  /** Puts that failed. */
  readonly attempts: number;
  /** The last failure; undefined when there was no put. */
  readonly error: unknown;
}

interface WaitingFile {
  readonly file: BufferedFile;
  readonly key: string;
  attempts: number;
  error: unknown;
}

/**
 * Writes files to the destination, each until it is taken. The files of a lane are written one after the other, so that their
 * order is that of the stream; different lanes do not wait for each other.
 */
export class FileWriter {
  readonly #settings: DeliverySettings;
  readonly #ports: WriterPorts;
  readonly #lanes = new Map<string, WaitingFile[]>();
  readonly #ready: string[] = [];
  readonly #pauses = new Set<Pause>();
  #running = 0;

  constructor(settings: DeliverySettings, ports: WriterPorts) {
    this.#settings = settings;
    this.#ports = ports;
  }

  /** Takes a file; its key is decided now. */
  submit(file: BufferedFile): void {
    const entry: WaitingFile = { file, key: this.#keyOf(file), attempts: 0, error: undefined };
    const lane = this.#lanes.get(file.lane.id);
    if (lane !== undefined) {
      lane.push(entry);
      return;
    }
    this.#lanes.set(file.lane.id, [entry]);
    this.#ready.push(file.lane.id);
    this.#next();
  }

  /** Ends the pauses of files that failed. */
  hurry(): void {
    for (const each of this.#pauses) each.end();
  }

  /** The files that are not written. */
  unwritten(): UnwrittenFile[] {
    return [...this.#lanes.values()].flat().map(({ file, key, attempts, error }) => ({
      key,
      records: file.items.length,
      bytes: file.bytes,
      attempts,
      error,
    }));
  }

  #keyOf({ lane, openedAt, oldestArrival }: BufferedFile): string {
    const { prefix, errorOutputPrefix, deliveryStreamName, extension } = this.#settings;
    const { keyValues, errorOutputType } = lane;
    const facts = { oldestArrival, keyValues, errorOutputType: errorOutputType ?? "", random: this.#ports.random };
    const evaluated = (errorOutputType === undefined ? prefix : errorOutputPrefix).evaluate(facts);
    return evaluated + objectName({ deliveryStreamName, openedAt, id: randomUUID(), extension });
  }

  #next(): void {
    while (this.#running < CONCURRENCY) {
      const laneId = this.#ready.shift();
      if (laneId === undefined) return;
      this.#running++;
      void this.#writeFirst(laneId).finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }

  /** Writes the first file of a lane, and lines the lane up again for its next one. Never rejects. */
  async #writeFirst(laneId: string): Promise<void> {
    const lane = this.#lanes.get(laneId) ?? [];
    const [entry] = lane;
    if (entry === undefined || !(await this.#write(entry))) return;
    lane.shift();
    if (lane.length === 0) this.#lanes.delete(laneId);
    else this.#ready.push(laneId);
  }

  /** @returns false when the writer ended before the file was written */
  async #write(entry: WaitingFile): Promise<boolean> {
    const { clock, random, ended, onWritten, onFailure } = this.#ports;
    while (!ended.aborted) {
      // Made for each put: a destination that changed the bytes, or still has them, gets the same ones again.
      const delivered = await this.#deliveredFile(entry);
      const { length } = delivered.body;
      try {
        const limits = { what: `the put of ${entry.key}`, limitMs: PUT_LIMIT_MS, clock, ended };
        await within((signal) => this.#settings.destination.put(delivered, { signal }), limits);
        onWritten(entry.file, length);
        return true;
      } catch (error) {
        if (ended.aborted) break;
        entry.error = error;
        onFailure(error, ++entry.attempts, entry.key);
      }
      await this.#pause(backoffMs(BACKOFF, entry.attempts, random));
    }
    return false;
  }

  async #deliveredFile({ file, key }: WaitingFile): Promise<DeliveredFile> {
    const body = Buffer.concat(file.items.map(({ data }) => data));
    if (this.#settings.compressionFormat === "UNCOMPRESSED") return { key, body };
    return { key, body: await compressed(body), contentEncoding: "gzip" };
  }

  async #pause(ms: number): Promise<void> {
    const waiting = pause(this.#ports.clock, ms, this.#ports.ended);
    this.#pauses.add(waiting);
    await waiting.over;
    this.#pauses.delete(waiting);
  }
}
