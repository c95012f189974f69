/** A place for files that have the same prefix: a partition, or a kind of error. */
export interface FileLane {
  /** Equal for equal lanes. */
  readonly id: string;
  /** The values of the partition keys; empty without dynamic partitioning. */
  readonly keyValues: readonly string[];
  /** Of error files only. */
  readonly errorOutputType?: string;
}

/** A record in the form in which a file has it. */
export interface FileItem {
  readonly data: Uint8Array;
  readonly generation: number;
  readonly arrival: Date;
  /** Bytes of the record in the stream, for the memory that it holds. */
  readonly sourceBytes: number;
}

/** A file whose content is complete. */
export interface BufferedFile {
  readonly lane: FileLane;
  readonly items: readonly FileItem[];
  /** Before compression. */
  readonly bytes: number;
  /** When the first record came, by the clock of names. */
  readonly openedAt: Date;
  readonly oldestArrival: Date;
}

/** The moment of a call, on both clocks. */
export interface Moment {
  /** Monotonic milliseconds. */
  readonly now: number;
  /** Milliseconds since the Unix epoch. */
  readonly epoch: number;
}

interface OpenFile {
  readonly lane: FileLane;
  readonly items: FileItem[];
  readonly openedAt: Moment;
  bytes: number;
  oldestArrival: Date;
}

/** The buffers of files by lane: a file is complete at a size, or some time after its first record. */
export class FileBuffers {
  readonly #maxBytes: number;
  readonly #intervalMs: number;
  /** In the order in which they were opened, so the first is the next that is due. */
  readonly #open = new Map<string, OpenFile>();

  constructor(maxBytes: number, intervalMs: number) {
    this.#maxBytes = maxBytes;
    this.#intervalMs = intervalMs;
  }

  /** When the next file is due; undefined when no file is open. */
  get dueAt(): number | undefined {
    const [first] = this.#open.values();
    return first === undefined ? undefined : first.openedAt.now + this.#intervalMs;
  }

  /**
   * Adds a record to the open file of its lane.
   *
   * @returns the files that are complete now: none, one, or two when the record alone has the size of a file
   */
  add(lane: FileLane, item: FileItem, moment: Moment): BufferedFile[] {
    const complete: BufferedFile[] = [];
    let file = this.#open.get(lane.id);
    if (file !== undefined && file.bytes + item.data.length > this.#maxBytes) {
      complete.push(this.#close(file));
      file = undefined;
    }
    if (file === undefined) {
      file = { lane, items: [], openedAt: moment, bytes: 0, oldestArrival: item.arrival };
      this.#open.set(lane.id, file);
    }
    file.items.push(item);
    file.bytes += item.data.length;
    if (item.arrival < file.oldestArrival) file.oldestArrival = item.arrival;
    if (file.bytes >= this.#maxBytes) complete.push(this.#close(file));
    return complete;
  }

  /** Closes the files that are due. */
  takeDue(now: number): BufferedFile[] {
    const due = [...this.#open.values()].filter((file) => file.openedAt.now + this.#intervalMs <= now);
    return due.map((file) => this.#close(file));
  }

  /** Closes all files. */
  takeAll(): BufferedFile[] {
    return [...this.#open.values()].map((file) => this.#close(file));
  }

  #close(file: OpenFile): BufferedFile {
    this.#open.delete(file.lane.id);
    const { lane, items, bytes, oldestArrival } = file;
    return { lane, items, bytes, oldestArrival, openedAt: new Date(file.openedAt.epoch) };
  }
}
