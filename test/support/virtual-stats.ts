import type { Distribution, ProducerStats, ShardStats, StreamStats, Summary } from "../../src/stats.js";
import { claim } from "./virtual-checks.js";

/** Checks that the counters of `stats()` add up. Call it between two turns of the event loop. */
export function checkStats({ streams }: ProducerStats, hasLastingShards: boolean): void {
  for (const [name, stream] of Object.entries(streams)) {
    checkUserRecords(name, stream);
    checkRequests(name, stream);
    for (const [field, value] of Object.entries(stream)) if (isDistribution(value)) checkDistribution(field, value);
    checkShards(name, stream, hasLastingShards);
  }
}

function checkUserRecords(name: string, stream: StreamStats): void {
  const { userRecordsAccepted, userRecordsDelivered, userRecordsFailed, bufferedRecords } = stream;
  const ended = userRecordsDelivered + userRecordsFailed;
  same(`${name}: accepted, and delivered, failed or buffered`, userRecordsAccepted, ended + bufferedRecords);
  same(`${name}: delivered, and their latencies`, userRecordsDelivered, stream.latencyMs.count);
  same(`${name}: ended, and their retries`, ended, stream.retriesPerRecord.count);
  same(`${name}: failed, and their codes`, userRecordsFailed, sumOf(stream.failures));
  same(`${name}: expired, and their code`, stream.userRecordsExpired, stream.failures.KP_RECORD_EXPIRED ?? 0);
  const { recent } = stream;
  const isWithin = recent.userRecordsDelivered <= userRecordsDelivered && recent.userRecordsFailed <= userRecordsFailed;
  claim(isWithin, () => `${name}: more recent outcomes than outcomes`);
  same(`${name}: recent deliveries, and their latencies`, recent.userRecordsDelivered, recent.latencyMs.count);
}

function checkRequests(name: string, stream: StreamStats): void {
  const { requests, kinesisRecordsSent, kinesisRecordsThrottled, kinesisRecordsRefused } = stream;
  const { kinesisRecordsPerRequest, userRecordsPerRequest, userRecordsPerKinesisRecord, pacingMs, requestMs } = stream;
  for (const { count } of [requestMs, kinesisRecordsPerRequest, userRecordsPerRequest])
    same(`${name}: requests, and the values of their distributions`, requests, count);
  for (const { count } of [pacingMs, userRecordsPerKinesisRecord])
    same(`${name}: Kinesis records sent, and the values of their distributions`, kinesisRecordsSent, count);
  same(`${name}: Kinesis records of the requests`, kinesisRecordsSent, kinesisRecordsPerRequest.sum);
  same(`${name}: user records of the requests`, userRecordsPerKinesisRecord.sum, userRecordsPerRequest.sum);
  same(`${name}: failed requests, and their codes`, stream.requestsFailed, sumOf(stream.requestErrors));
  const refused = kinesisRecordsThrottled + kinesisRecordsRefused;
  same(`${name}: refused Kinesis records, and their codes`, refused, sumOf(stream.entryErrors));
  const answered = stream.kinesisRecordsAccepted + refused;
  claim(answered <= kinesisRecordsSent, () => `${name}: ${answered} answers for ${kinesisRecordsSent} Kinesis records`);
  claim(stream.requestsNotSent <= stream.requestsFailed, () => `${name}: a request that was not sent has not failed`);
}

const SHARED = [
  "userRecordsDelivered",
  "userRecordsFailed",
  "userRecordsExpired",
  "bytesDelivered",
  "kinesisRecordsAccepted",
  "kinesisRecordsThrottled",
  "kinesisRecordsRefused",
  "kinesisBytesAccepted",
] as const satisfies readonly (keyof ShardStats & keyof StreamStats)[];

const SHARED_SUMMARIES = [
  "bufferingMs",
  "retriesPerRecord",
  "userRecordsPerKinesisRecord",
] as const satisfies readonly (keyof ShardStats & keyof StreamStats)[];

/** A shard may have left with its counts, and an event may have no shard: only deliveries always have one. */
function checkShards(name: string, stream: StreamStats, hasLastingShards: boolean): void {
  const shards = Object.values(stream.shards);
  for (const field of SHARED) {
    const sum = shards.reduce((all, shard) => all + shard[field], 0);
    claim(sum <= stream[field], () => `${name}: ${field} is ${stream[field]}, of its shards ${sum}`);
    const isWhole = hasLastingShards && (field.endsWith("Delivered") || field.endsWith("Accepted"));
    if (isWhole) same(`${name}: ${field} of the stream and of its shards`, stream[field], sum);
  }
  for (const field of SHARED_SUMMARIES) {
    const count = shards.reduce((all, shard) => all + shard[field].count, 0);
    claim(count <= stream[field].count, () => `${name}: the shards have more ${field} than the stream`);
  }
  for (const shard of shards) checkShard(name, shard);
}

function checkShard(name: string, shard: ShardStats): void {
  same(`${name}: sizes of user records`, shard.userRecordsDelivered, shard.userRecordBytes.count);
  same(`${name}: bytes of user records`, shard.bytesDelivered, shard.userRecordBytes.sum);
  same(`${name}: sizes of Kinesis records`, shard.kinesisRecordsAccepted, shard.kinesisRecordBytes.count);
  same(`${name}: bytes of Kinesis records`, shard.kinesisBytesAccepted, shard.kinesisRecordBytes.sum);
  const { kinesisRecordsThrottled, kinesisRecordsRefused, errors } = shard;
  same(`${name}: refusals of a shard, and their codes`, kinesisRecordsThrottled + kinesisRecordsRefused, sumOf(errors));
  for (const [field, value] of Object.entries(shard)) if (isSummary(value)) checkSummary(field, value);
}

function checkDistribution(field: string, distribution: Distribution): void {
  checkSummary(field, distribution);
  const { count, min, max, p50, p90, p99, buckets } = distribution;
  const counted = buckets.reduce((all, [, values]) => all + values, 0);
  same(`${field}: values, and those in its buckets`, count, counted);
  const percentiles = [min, p50, p90, p99, max];
  const areInOrder = percentiles.every((value, i) => i === 0 || (percentiles[i - 1] as number) <= value);
  claim(areInOrder, () => `${field}: min, p50, p90, p99, max are ${percentiles}`);
}

function checkSummary(field: string, { count, sum, min, max }: Summary): void {
  const slack = 1e-6 * (1 + sum);
  const isMean = sum >= count * min - slack && sum <= count * max + slack;
  claim(isMean, () => `${field}: the sum of ${count} values from ${min} to ${max} is ${sum}`);
}

function same(what: string, one: number, other: number): void {
  claim(one === other, () => `${what}: ${one} and ${other}`);
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const code in counts) sum += counts[code] as number;
  return sum;
}

function isSummary(value: unknown): value is Summary {
  return typeof value === "object" && value !== null && "sum" in value;
}

function isDistribution(value: unknown): value is Distribution {
  return isSummary(value) && "buckets" in value;
}
