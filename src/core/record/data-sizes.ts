/** The data bytes of the user records of a Kinesis record: their sum, and those of the smallest and largest. */
export class DataSizes {
  sum = 0;
  min: number = Number.POSITIVE_INFINITY;
  max = 0;

  /** A user record with this many bytes of data joins. */
  add(bytes: number): void {
    this.sum += bytes;
    if (bytes < this.min) this.min = bytes;
    if (bytes > this.max) this.max = bytes;
  }
}
