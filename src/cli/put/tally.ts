import type { RecordFailedError } from "../../index.js";

/** Complaints of one kind that are written; the others are counted. */
const MAX_COMPLAINTS = 10;

/** What became of the records so far, and the first complaints about them. */
export class Tally {
  /** Records handed over. */
  sent = 0;
  /** Lines that are no record. */
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

  /** A line that is no record. */
  onUnusable(place: string, why: string): void {
    this.unusable++;
    this.#say(this.unusable, `${place} ${why}`);
  }

  /** A dead letter that cannot be sent again; the replay counts them. */
  onUnreadable(place: string, why: string): void {
    this.#say(++this.#unreadable, `${place} cannot be sent again: ${why}`);
  }

  /** A record that Kinesis has. */
  onDelivered(mayBeDuplicate: boolean): void {
    this.delivered++;
    if (mayBeDuplicate) this.mayBeDuplicates++;
  }

  /** A record that failed for good. */
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
