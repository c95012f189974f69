/**
 * List prices of Kinesis Data Streams in US dollars, writing only. Source: the price list of AWS for us-east-1. They
 * change: https://aws.amazon.com/kinesis/data-streams/pricing/
 */
export const PRICES = {
  region: "us-east-1",
  asOf: "2026-09",
  /** Provisioned mode. */
  shardHour: 0.015,
  millionPutUnits: 0.014,
  /** On-demand standard mode; a GB has 2^30 bytes. */
  streamHour: 0.04,
  gigabyteIn: 0.08,
} as const;

/** Hours of a month: 30 days, as in AWS's own examples. */
export const HOURS_PER_MONTH = 720;
