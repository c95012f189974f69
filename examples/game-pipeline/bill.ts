import { billOf as billOfTraffic, HOURS_PER_MONTH, PRICES, TrafficMeter } from "#bill";

/** The only place of the example that knows the prices. */
export interface StreamBill {
  readonly shards: number;
  /** US dollars a month. */
  readonly provisioned: number;
  readonly onDemand: number;
}

/** A Kinesis record, as far as the bill needs it. */
export interface BilledRecord {
  readonly partitionKey?: string;
  readonly data: Uint8Array | string;
}

export const PRICE_LIST: string = `list prices of ${PRICES.region} as of ${PRICES.asOf}, ${HOURS_PER_MONTH} hours`;

/**
 * A month at the mean rate of these Kinesis records, writing only.
 *
 * @param shards - open shards; if absent, as many as the mean rate needs
 */
export function billOf(records: Iterable<BilledRecord>, seconds: number, shards?: number): StreamBill {
  const meter = new TrafficMeter();
  for (const { partitionKey = "", data } of records)
    meter.add(Buffer.byteLength(partitionKey), typeof data === "string" ? Buffer.byteLength(data) : data.length);
  const { provisioned, onDemand } = billOfTraffic(meter, seconds, shards === undefined ? {} : { shards });
  return { shards: provisioned.shards, provisioned: provisioned.total, onDemand: onDemand.total };
}
