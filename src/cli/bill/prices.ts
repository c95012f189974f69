/** Prices of Kinesis Data Streams in one region, in US dollars. A GB has 2^30 bytes. */
export interface PriceList {
  readonly region: string;
  /** The date of the prices: `2026-09`, or `2026-09-30`. */
  readonly asOf: string;
  readonly source: string;
  readonly provisioned: {
    readonly shardHour: number;
    /** A million PUT payload units of 25 KB. */
    readonly millionPutUnits: number;
    /** One shard for one enhanced fan-out reader. */
    readonly fanOutShardHour: number;
    readonly fanOutGb: number;
    /** Retention of 24 hours to 7 days. */
    readonly extendedShardHour: number;
    /** Records older than 7 days. */
    readonly longTermGbMonth: number;
  };
  readonly onDemand: OnDemandPrices & { readonly streamHour: number };
  readonly onDemandAdvantage: OnDemandPrices & {
    /** At least this much is billed, in and out, for the account and the region. An MB has 2^20 bytes. */
    readonly minimumMbPerSecond: number;
  };
  /** Prices on which the sources differ, one sentence each. */
  readonly unsettled: readonly string[];
}

/** Prices that both on-demand modes have. */
export interface OnDemandPrices {
  /** Each record is rounded up to 1 KB. */
  readonly gbIn: number;
  readonly gbOut: number;
  readonly fanOutGb: number;
  /** Records with an age of 24 hours to 7 days. */
  readonly extendedGbMonth: number;
  readonly longTermGbMonth: number;
}

/** The prices of this package. They change: https://aws.amazon.com/kinesis/data-streams/pricing/ */
export const PRICES: PriceList = {
  region: "us-east-1",
  asOf: "2026-09",
  source: "AWS price list of September 2026",
  provisioned: {
    shardHour: 0.015,
    millionPutUnits: 0.014,
    fanOutShardHour: 0.015,
    fanOutGb: 0.013,
    extendedShardHour: 0.02,
    longTermGbMonth: 0.023,
  },
  onDemand: {
    streamHour: 0.04,
    gbIn: 0.08,
    gbOut: 0.04,
    fanOutGb: 0.05,
    extendedGbMonth: 0.1,
    longTermGbMonth: 0.023,
  },
  onDemandAdvantage: {
    gbIn: 0.032,
    gbOut: 0.016,
    fanOutGb: 0.016,
    minimumMbPerSecond: 25,
    extendedGbMonth: 0.023,
    longTermGbMonth: 0.023,
  },
  unsettled: [
    "Fan-out in on-demand standard mode: $0.05 a GB in one source, $0.04 in another; the list has $0.05.",
    'Fan-out in on-demand advantage mode: $0.016 a GB in one source, "no extra charge" in another; the list has $0.016.',
  ],
};

/** Hours of a month: 30 days, as in the examples of AWS. The calculator of AWS has 730. */
export const HOURS_PER_MONTH = 720;
