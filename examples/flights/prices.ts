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

/** Hours in the month that is priced, as in AWS's own examples: 365 * 24 / 12. */
export const HOURS_PER_MONTH = 730;

const PUT_PAYLOAD_UNIT_BYTES = 25 * 1024;
const KIB = 1024;
const KIB_PER_GB = 1024 * 1024;
/** What one shard takes a second. */
const SHARD_RECORDS = 1_000;
const SHARD_BYTES = 1024 * 1024;

/** Kinesis records, as they are billed. */
export interface BilledTraffic {
  readonly records: number;
  /** Partition keys and data, which count towards the shards' limits. */
  readonly bytes: number;
  /** 25 KiB of data, or a part of it. */
  readonly putPayloadUnits: number;
  /** Data in KiB, every record rounded up. */
  readonly roundedKib: number;
}

/** Adds up what Kinesis records cost, one by one. */
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

/** What a month of the same traffic costs, in US dollars; reading, encryption and longer retention come on top. */
export interface MonthlyCost {
  /** Shards that carry it, if the keys spread it evenly. */
  readonly shards: number;
  readonly shardHours: number;
  readonly putPayloadUnits: number;
  readonly provisioned: number;
  readonly streamHours: number;
  readonly dataIn: number;
  readonly onDemand: number;
}

/** @param seconds - in which the traffic came */
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
