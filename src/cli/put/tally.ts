import type { RecordFailedError } from "../../index.js";

/** Complaints of one kind that are printed; further ones are only counted. */
const MAX_COMPLAINTS = 10;

/** A line of the input. */
export interface LinePlace {
  /** Its name in a complaint. */
  describe(): string;
}

/** Counts the outcomes of records, and prints the first complaints. */
export class Tally {
  /** Lines of the input that need not be read again: skipped, handed over, or not used. */
  linesRead = 0;
  /** The last of these lines; undefined while all of them were skipped. */
  lastLine: LinePlace | undefined;
  /** Records handed over. */
  sent = 0;
  /** Lines that are not records. */
  unusable = 0;
  delivered = 0;
  /** Delivered records that a reader may see twice. */
  mayBeDuplicates = 0;
  failed = 0;
  readonly failedByCode: Map<string, number> = new Map();
  readonly #complain: (text: string) => void;
  #unreadable = 0;

  constructor(complain: (text: string) => void) {
    this.#complain = complain;
  }

  /** Counts a line that was handed over, or cannot be. */
  onLine(place: LinePlace): void {
    this.linesRead++;
    this.lastLine = place;
  }

  /** Counts a line that is not a record. */
  onUnusable(place: string, why: string): void {
    this.unusable++;
    this.#say(this.unusable, `${place} ${why}`);
  }

  /** Reports a dead letter that cannot be resent. The replay counts it. */
  onUnreadable(place: string, why: string): void {
    this.#say(++this.#unreadable, `${place} cannot be resent: ${why}`);
  }

  /** Counts a delivered record. */
  onDelivered(mayBeDuplicate: boolean): void {
    this.delivered++;
    if (mayBeDuplicate) this.mayBeDuplicates++;
  }

  /** Counts a record that failed for good. */
  onFailed(place: string, { code, serviceCode, message }: RecordFailedError): void {
    const counted = serviceCode ?? code;
    this.failed++;
    this.failedByCode.set(counted, (this.failedByCode.get(counted) ?? 0) + 1);
    this.#say(this.failed, `${place} was not delivered: ${code}: ${message}`);
  }

  #say(count: number, text: string): void {
    if (count <= MAX_COMPLAINTS) this.#complain(text);
    else if (count === MAX_COMPLAINTS + 1) this.#complain("… others like it are only counted");
  }
}
