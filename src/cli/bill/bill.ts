import { HOURS_PER_MONTH, type OnDemandPrices, PRICES, type PriceList } from "./prices.js";
import { multiplied, type Traffic } from "./traffic.js";

const KIB_PER_GB = 1024 ** 2;
const GB = 1024 ** 3;
const MB = 1024 ** 2;
/** Limits of a shard: records and bytes a second in, and bytes a second out to all readers without fan-out. */
const SHARD_RECORDS = 1_000;
const SHARD_BYTES_IN = MB;
const SHARD_BYTES_OUT = 2 * MB;
/** The retention that costs nothing, and the longest one of the first tariff. */
const FREE_HOURS = 24;
const EXTENDED_HOURS = 7 * 24;
/** Storage is billed by the month. A month of it has 30 days, whatever the hours of the bill. */
const STORAGE_MONTH_HOURS = 720;

/** How a stream is used. */
export interface StreamUse {
  /** Shards in provisioned mode. If absent, as many as the traffic needs: see {@link shardsNeeded}. */
  readonly shards?: number;
  /** Readers that share the throughput of the shards; 0 by default. */
  readonly readers?: number;
  /** Readers with enhanced fan-out; 0 by default. */
  readonly fanOutReaders?: number;
  /** 24 by default. */
  readonly retentionHours?: number;
  /** Hours of the bill; {@link HOURS_PER_MONTH} by default. */
  readonly hours?: number;
  /** {@link PRICES} by default. */
  readonly prices?: PriceList;
}

/**
 * The price of a time of the same traffic in US dollars. Each amount is rounded to cents, and each total is the sum of the
 * rounded amounts.
 */
export interface Bill {
  readonly region: string;
  readonly asOf: string;
  readonly hours: number;
  readonly provisioned: {
    readonly shards: number;
    readonly shardHours: number;
    readonly putUnits: number;
    readonly fanOutHours: number;
    readonly fanOutData: number;
    readonly retention: number;
    readonly total: number;
  };
  /** On-demand standard mode. */
  readonly onDemand: OnDemandAmounts & { readonly streamHours: number };
  readonly onDemandAdvantage: OnDemandAmounts & {
    /** The amount up to the least traffic that is billed, if this stream is alone in its account and region. */
    readonly minimum: number;
  };
}

/** Amounts that both on-demand modes have. */
export interface OnDemandAmounts {
  readonly dataIn: number;
  /** Readers without fan-out. */
  readonly reads: number;
  readonly fanOutData: number;
  readonly retention: number;
  readonly total: number;
}

/** The use of a stream with every default filled in, and its data. */
interface Month extends Required<Omit<StreamUse, "prices">> {
  readonly traffic: Traffic;
  /** Data in GB: written, and kept by age. Long-term: records older than 7 days. */
  readonly gigabytes: number;
  readonly extendedGbMonths: number;
  readonly longTermGbMonths: number;
}

/**
 * The bill of a stream, without encryption, transfer between regions, and reads of records older than 7 days.
 *
 * @param seconds - the time of the traffic; the bill is for the same rate during all its hours
 */
export function billOf(traffic: Traffic, seconds: number, use: StreamUse = {}): Bill {
  const { prices = PRICES } = use;
  const month = monthOf(traffic, seconds, use);
  return {
    region: prices.region,
    asOf: prices.asOf,
    hours: month.hours,
    provisioned: provisioned(month, prices.provisioned),
    onDemand: onDemand(month, prices.onDemand),
    onDemandAdvantage: onDemandAdvantage(month, prices.onDemandAdvantage),
  };
}

/**
 * Shards for the traffic if keys spread it evenly: for its records, its bytes, and for the reads of all readers without
 * fan-out; at least one.
 */
export function shardsNeeded(traffic: Traffic, seconds: number, readers = 0): number {
  if (seconds <= 0) return 1;
  const { kinesisRecords, bytes, dataBytes } = traffic;
  const share = Math.max(
    kinesisRecords / SHARD_RECORDS,
    bytes / SHARD_BYTES_IN,
    (readers * dataBytes) / SHARD_BYTES_OUT,
  );
  return Math.max(1, Math.ceil(share / seconds));
}

function monthOf(
  traffic: Traffic,
  seconds: number,
  {
    hours = HOURS_PER_MONTH,
    readers = 0,
    fanOutReaders = 0,
    retentionHours = FREE_HOURS,
    shards = shardsNeeded(traffic, seconds, readers),
  }: StreamUse,
): Month {
  const ofMonth = multiplied(traffic, seconds <= 0 ? 0 : (hours * 3_600) / seconds);
  const gigabytes = ofMonth.dataBytes / GB;
  // At each moment the records of these ages are stored, and each hour brings the same records.
  const kept = (fromHours: number, toHours: number): number =>
    (gigabytes / STORAGE_MONTH_HOURS) * Math.max(0, Math.min(retentionHours, toHours) - fromHours);
  return {
    traffic: ofMonth,
    hours,
    readers,
    fanOutReaders,
    retentionHours,
    shards,
    gigabytes,
    extendedGbMonths: kept(FREE_HOURS, EXTENDED_HOURS),
    longTermGbMonths: kept(EXTENDED_HOURS, Number.POSITIVE_INFINITY),
  };
}

function provisioned(month: Month, prices: PriceList["provisioned"]): Bill["provisioned"] {
  const { hours, shards, fanOutReaders, gigabytes, retentionHours } = month;
  const extended = retentionHours > FREE_HOURS ? shards * hours * prices.extendedShardHour : 0;
  const amounts = {
    shardHours: cents(shards * hours * prices.shardHour),
    putUnits: cents((month.traffic.putUnits / 1e6) * prices.millionPutUnits),
    fanOutHours: cents(fanOutReaders * shards * hours * prices.fanOutShardHour),
    fanOutData: cents(fanOutReaders * gigabytes * prices.fanOutGb),
    retention: cents(extended + month.longTermGbMonths * prices.longTermGbMonth),
  };
  return { shards, ...amounts, total: sumOf(amounts) };
}

function onDemand(month: Month, prices: PriceList["onDemand"]): Bill["onDemand"] {
  const amounts = { streamHours: cents(month.hours * prices.streamHour), ...onDemandAmounts(month, prices) };
  return { ...amounts, total: sumOf(amounts) };
}

function onDemandAdvantage(month: Month, prices: PriceList["onDemandAdvantage"]): Bill["onDemandAdvantage"] {
  const leastGb = (prices.minimumMbPerSecond * MB * month.hours * 3_600) / GB;
  // Rounded before the difference: then the total is exactly the minimum.
  const missing = (gb: number, price: number): number => cents(Math.max(leastGb, gb) * price) - cents(gb * price);
  const amounts = {
    ...onDemandAmounts(month, prices),
    minimum: cents(
      missing(month.traffic.roundedKib / KIB_PER_GB, prices.gbIn) +
        missing((month.readers + month.fanOutReaders) * month.gigabytes, prices.gbOut),
    ),
  };
  return { ...amounts, total: sumOf(amounts) };
}

function onDemandAmounts(month: Month, prices: OnDemandPrices): Omit<OnDemandAmounts, "total"> {
  const { extendedGbMonths, longTermGbMonths } = month;
  return {
    dataIn: cents((month.traffic.roundedKib / KIB_PER_GB) * prices.gbIn),
    reads: cents(month.readers * month.gigabytes * prices.gbOut),
    fanOutData: cents(month.fanOutReaders * month.gigabytes * prices.fanOutGb),
    retention: cents(extendedGbMonths * prices.extendedGbMonth + longTermGbMonths * prices.longTermGbMonth),
  };
}

function sumOf(amounts: Readonly<Record<string, number>>): number {
  return cents(Object.values(amounts).reduce((sum, amount) => sum + amount, 0));
}

function cents(dollars: number): number {
  return Math.round(dollars * 100) / 100;
}
