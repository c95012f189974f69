const BIN_MS = 1_000;

/** Accepted and refused records of a stream, by second. */
export class Recording {
  /** Accepted bytes, by second. */
  readonly acceptedBytes: Float64Array;
  /** Accepted Kinesis records. */
  readonly accepted: Float64Array;
  /** Refused Kinesis records. */
  readonly throttled: Float64Array;
  /** Accepted bytes of each producer, by second. */
  readonly byProducer: readonly Float64Array[];

  constructor(durationMs: number, producers: number) {
    const bins = Math.ceil(durationMs / BIN_MS);
    this.acceptedBytes = new Float64Array(bins);
    this.accepted = new Float64Array(bins);
    this.throttled = new Float64Array(bins);
    this.byProducer = Array.from({ length: producers }, () => new Float64Array(bins));
  }

  onRecord(producer: number, bytes: number, isAccepted: boolean, now: number): void {
    const bin = Math.floor(now / BIN_MS);
    if (bin >= this.acceptedBytes.length) return;
    if (!isAccepted) {
      add(this.throttled, bin, 1);
      return;
    }
    add(this.accepted, bin, 1);
    add(this.acceptedBytes, bin, bytes);
    add(this.byProducer[producer] as Float64Array, bin, bytes);
  }
}

function add(bins: Float64Array, bin: number, amount: number): void {
  bins[bin] = (bins[bin] as number) + amount;
}
