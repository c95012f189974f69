const PUT_UNIT_BYTES = 25 * 1024;
const KIB = 1024;

/** The quantities of Kinesis records that are billed, or limited by a shard. */
export interface Traffic {
  readonly kinesisRecords: number;
  /** Their data, without keys. */
  readonly dataBytes: number;
  /** Keys and data: they count for the limits of a shard. */
  readonly bytes: number;
  /** PUT payload units: one for each 25 KiB of the data of a record, rounded up. */
  readonly putUnits: number;
  /** KiB of data, rounded up for each record. */
  readonly roundedKib: number;
}

/** Adds up Kinesis records. */
export class TrafficMeter implements Traffic {
  kinesisRecords = 0;
  dataBytes = 0;
  bytes = 0;
  putUnits = 0;
  roundedKib = 0;

  /** Adds one Kinesis record, by the bytes of its key and its data. */
  add(keyBytes: number, dataBytes: number): void {
    this.kinesisRecords++;
    this.dataBytes += dataBytes;
    this.bytes += keyBytes + dataBytes;
    this.putUnits += unitsOf(dataBytes);
    this.roundedKib += kibOf(dataBytes);
  }
}

/**
 * Kinesis records of one size: an estimate where only their mean size is known.
 *
 * @param bytes - of all records together; keys count as data
 */
export function evenTraffic(kinesisRecords: number, bytes: number): Traffic {
  const mean = kinesisRecords === 0 ? 0 : bytes / kinesisRecords;
  return {
    kinesisRecords,
    dataBytes: bytes,
    bytes,
    putUnits: kinesisRecords * unitsOf(mean),
    roundedKib: kinesisRecords * kibOf(mean),
  };
}

/** The same traffic N times. */
export function multiplied(traffic: Traffic, times: number): Traffic {
  return {
    kinesisRecords: traffic.kinesisRecords * times,
    dataBytes: traffic.dataBytes * times,
    bytes: traffic.bytes * times,
    putUnits: traffic.putUnits * times,
    roundedKib: traffic.roundedKib * times,
  };
}

function unitsOf(dataBytes: number): number {
  return Math.max(1, Math.ceil(dataBytes / PUT_UNIT_BYTES));
}

function kibOf(dataBytes: number): number {
  return Math.max(1, Math.ceil(dataBytes / KIB));
}
