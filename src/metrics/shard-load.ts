const SECOND_MS = 1_000;
/** Length of the window. */
const WINDOW_SECONDS = 10;
/** The whole seconds of the window, and the one that has not ended. */
const SLOTS = WINDOW_SECONDS + 1;

/** Records and bytes that a shard took in the last ten whole seconds. */
export class ShardLoad {
  /** By second modulo {@link SLOTS}. */
  readonly #records: number[] = [];
  readonly #bytes: number[] = [];
  /** The latest second that has a slot. */
  #second: number = Number.NEGATIVE_INFINITY;

  /** The shard took a Kinesis record. */
  add(bytes: number, now: number): void {
    const second = Math.floor(now / SECOND_MS);
    if (second > this.#second) this.#advance(second);
    const slot = slotOf(this.#second);
    this.#records[slot] = (this.#records[slot] as number) + 1;
    this.#bytes[slot] = (this.#bytes[slot] as number) + bytes;
  }

  /** Records and bytes a second. */
  perSecond(now: number): { readonly records: number; readonly bytes: number } {
    const current = Math.floor(now / SECOND_MS);
    if (current - WINDOW_SECONDS > this.#second) return { records: 0, bytes: 0 };
    let [records, bytes] = [0, 0];
    for (let second = current - WINDOW_SECONDS; second < current; second++) {
      if (second > this.#second || second <= this.#second - SLOTS) continue;
      records += this.#records[slotOf(second)] ?? 0;
      bytes += this.#bytes[slotOf(second)] ?? 0;
    }
    return { records: records / WINDOW_SECONDS, bytes: bytes / WINDOW_SECONDS };
  }

  /** Empties the slots of the seconds that have passed. */
  #advance(second: number): void {
    for (let each = Math.max(this.#second + 1, second - SLOTS + 1); each <= second; each++) {
      this.#records[slotOf(each)] = 0;
      this.#bytes[slotOf(each)] = 0;
    }
    this.#second = second;
  }
}

function slotOf(second: number): number {
  return ((second % SLOTS) + SLOTS) % SLOTS;
}
