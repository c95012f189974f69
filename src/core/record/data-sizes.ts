/** The data bytes of the user records of a Kinesis record: their sum, and those of the smallest and largest. */
export class DataSizes {
  sum: number;
  min: number;
  max: number;

  /** @param first - bytes of the first user record; small integers from the beginning, because every record is added */
  constructor(first: number) {
    this.sum = first;
    this.min = first;
    this.max = first;
  }

  /** A user record with this many bytes of data joins. */
  add(bytes: number): void {
    this.sum += bytes;
    if (bytes < this.min) this.min = bytes;
    else if (bytes > this.max) this.max = bytes;
  }
}
