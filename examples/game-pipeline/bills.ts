import type { LocalKinesis } from "kinesis-producer/testing";
import { billOf, type StreamBill } from "./bill.js";
import type { GameEvent } from "./game-event.js";
import type { Streams } from "./trouble.js";

/** A month of days like this one. */
export interface Bills {
  readonly events: StreamBill;
  readonly premium: StreamBill;
  /** The first stream with a Kinesis record for each event, and the shards that their peak needs. */
  readonly oneByOne: StreamBill;
}

/** Records a second that a shard takes. */
const SHARD_RECORDS = 1_000;

/** The bills of both streams as they are. */
export function billsOfStreams(
  kinesis: LocalKinesis,
  { events, premium }: Streams,
  seconds: number,
): Omit<Bills, "oneByOne"> {
  const bill = (stream: string): StreamBill => {
    const open = kinesis.shards(stream).filter(({ endingSequenceNumber }) => endingSequenceNumber === undefined);
    return billOf(kinesis.records(stream), seconds, open.length);
  };
  return { events: bill(events), premium: bill(premium) };
}

/** The bill of the same events without aggregation. @param peak - events a second in the evening */
export function billOneByOne(events: readonly GameEvent[], seconds: number, peak: number): StreamBill {
  const records = events.map((event) => ({ partitionKey: event.player, data: JSON.stringify(event) }));
  return billOf(records, seconds, Math.ceil(peak / SHARD_RECORDS));
}
