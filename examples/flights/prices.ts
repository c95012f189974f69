/** List prices of Kinesis Data Streams in US dollars. They change: check https://aws.amazon.com/kinesis/data-streams/pricing/ */
export const PRICES = {
  region: "us-east-1",
  asOf: "2026-11-21",
  /** Provisioned mode. */
  shardHour: 0.015,
  millionPutPayloadUnits: 0.014,
  /** On-demand mode, standard. */
  onDemandStreamHour: 0.04,
  onDemandGbIn: 0.08,
} as const;

/** Hours of a month, as in AWS's examples: 365 * 24 / 12. */
export const HOURS_PER_MONTH = 730;

const PUT_PAYLOAD_UNIT_BYTES = 25 * 1024;
const KIB = 1024;
const KIB_PER_GB = 1024 * 1024;
/** Limits of one shard per second. */
const SHARD_RECORDS = 1_000;
const SHARD_BYTES = 1024 * 1024;

/** The billed quantities of Kinesis records. */
export interface BilledTraffic {
  readonly records: number;
  /** Partition keys and data, which count towards the shards' limits. */
  readonly bytes: number;
  /** One unit for each 25 KiB of data, rounded up. */
  readonly putPayloadUnits: number;
  /** Data in KiB; every record is rounded up. */
  readonly roundedKib: number;
}

/** Adds up the billed quantities of Kinesis records. */
export class TrafficMeter implements BilledTraffic {
  records = 0;
  bytes = 0;
  putPayloadUnits = 0;
  roundedKib = 0;

  add(keyBytes: number, dataBytes: number): void {
    this.records++;
    this.bytes += keyBytes + dataBytes;
    this.putPayloadUnits += Math.max(1, Math.ceil(dataBytes / PUT_PAYLOAD_UNIT_BYTES));
    this.roundedKib += Math.max(1, Math.ceil(dataBytes / KIB));
  }
}

/** Cost of a month of the same traffic in US dollars, without reading, encryption and longer retention. */
export interface MonthlyCost {
  /** Shards that the traffic needs if the keys spread it evenly. */
  readonly shards: number;
  readonly shardHours: number;
  readonly putPayloadUnits: number;
  readonly provisioned: number;
  readonly streamHours: number;
  readonly dataIn: number;
  readonly onDemand: number;
}

/** @param seconds - duration of the traffic */
export function monthlyCost(traffic: BilledTraffic, seconds: number): MonthlyCost {
  const times = (HOURS_PER_MONTH * 3600) / seconds;
  const shards = Math.max(
    1,
    Math.ceil(Math.max(traffic.records / seconds / SHARD_RECORDS, traffic.bytes / seconds / SHARD_BYTES)),
  );
  const shardHours = shards * HOURS_PER_MONTH * PRICES.shardHour;
  const putPayloadUnits = ((traffic.putPayloadUnits * times) / 1_000_000) * PRICES.millionPutPayloadUnits;
  const streamHours = HOURS_PER_MONTH * PRICES.onDemandStreamHour;
  const dataIn = ((traffic.roundedKib * times) / KIB_PER_GB) * PRICES.onDemandGbIn;
  return {
    shards,
    shardHours,
    putPayloadUnits,
    provisioned: shardHours + putPayloadUnits,
    streamHours,
    dataIn,
    onDemand: streamHours + dataIn,
  };
}
