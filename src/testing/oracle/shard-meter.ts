/** Stored and refused records of one shard in one second. */
export interface ShardSecond {
  /** Seconds since the Unix epoch. */
  readonly second: number;
  records: number;
  /** Partition keys included. */
  bytes: number;
  /** Entries that were refused, throttled or failed. */
  refused: number;
}

/** Seconds that are kept for each shard. Older seconds are dropped, but stay in the peaks. */
const MAX_SECONDS = 3600;

/** The load of one shard, second by second. */
export class ShardMeter {
  readonly #seconds: ShardSecond[] = [];
  #peakRecords = 0;
  #peakBytes = 0;

  /** The last 3,600 seconds with records, oldest first. */
  get seconds(): readonly Readonly<ShardSecond>[] {
    return this.#seconds;
  }

  /** The most records of any second. */
  get peakRecords(): number {
    return this.#peakRecords;
  }

  /** The most bytes of any second. */
  get peakBytes(): number {
    return this.#peakBytes;
  }

  take(bytes: number, now: number): void {
    const second = this.#at(now);
    second.records++;
    second.bytes += bytes;
    if (second.records > this.#peakRecords) this.#peakRecords = second.records;
    if (second.bytes > this.#peakBytes) this.#peakBytes = second.bytes;
  }

  refuse(now: number): void {
    this.#at(now).refused++;
  }

  #at(now: number): ShardSecond {
    const second = Math.floor(now / 1000);
    const last = this.#seconds.at(-1);
    if (last !== undefined && last.second >= second) return last;
    const fresh: ShardSecond = { second, records: 0, bytes: 0, refused: 0 };
    this.#seconds.push(fresh);
    if (this.#seconds.length > MAX_SECONDS) this.#seconds.shift();
    return fresh;
  }
}
