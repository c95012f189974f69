import { HOURS_PER_MONTH, PRICES } from "./prices.js";

const PUT_UNIT_BYTES = 25 * 1024;
const KILOBYTE = 1024;
const GIGABYTE = 1024 ** 3;

/** The Kinesis records of a load. */
export interface Traffic {
  readonly kinesisRecords: number;
  /** Their bytes, keys included. */
  readonly bytes: number;
  readonly seconds: number;
  /** Open shards of the stream. */
  readonly shards: number;
  /** The traffic of the busiest shard needs no more than this number of shards of its size. */
  readonly shardsNeeded: number;
}

/** Price of a month of the same traffic in US dollars, without reading, encryption and longer retention. */
export interface Bill {
  readonly region: string;
  readonly asOf: string;
  readonly hours: number;
  readonly provisioned: {
    readonly shards: number;
    readonly shardHours: number;
    readonly putUnits: number;
    readonly total: number;
  };
  readonly onDemand: { readonly streamHours: number; readonly dataIn: number; readonly total: number };
}

/**
 * The bill of a month at the mean rate of a load. PUT units (25 KiB) and kilobytes round each Kinesis record up; they
 * are computed from the mean size of a Kinesis record, so they are an estimate where sizes differ.
 */
export function billOf({ kinesisRecords, bytes, seconds, shards, shardsNeeded }: Traffic): Bill {
  const months = seconds <= 0 ? 0 : (HOURS_PER_MONTH * 3_600) / seconds;
  const meanBytes = kinesisRecords === 0 ? 0 : bytes / kinesisRecords;
  const units = kinesisRecords * Math.max(1, Math.ceil(meanBytes / PUT_UNIT_BYTES)) * months;
  const roundedBytes = kinesisRecords * Math.max(1, Math.ceil(meanBytes / KILOBYTE)) * KILOBYTE * months;
  const billedShards = Math.max(1, shards, Math.ceil(shardsNeeded));
  const shardHours = cents(billedShards * HOURS_PER_MONTH * PRICES.shardHour);
  const putUnits = cents((units / 1e6) * PRICES.millionPutUnits);
  const streamHours = cents(HOURS_PER_MONTH * PRICES.streamHour);
  const dataIn = cents((roundedBytes / GIGABYTE) * PRICES.gigabyteIn);
  return {
    region: PRICES.region,
    asOf: PRICES.asOf,
    hours: HOURS_PER_MONTH,
    provisioned: { shards: billedShards, shardHours, putUnits, total: cents(shardHours + putUnits) },
    onDemand: { streamHours, dataIn, total: cents(streamHours + dataIn) },
  };
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}
