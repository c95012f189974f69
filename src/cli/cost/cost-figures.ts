import { InvalidOptionError, type ProducerOptions, type UserRecord } from "../../index.js";
import { type Bill, billOf, shardsNeeded } from "../bill/bill.js";
import type { PriceList } from "../bill/prices.js";
import { multiplied, type Traffic, TrafficMeter } from "../bill/traffic.js";
import { UsageError } from "../usage-error.js";
import { assumedCodec, virtualCodec } from "./codecs.js";
import type { CostOptions, CostSource } from "./cost-options.js";
import { rehearse } from "./rehearsal.js";
import { readSample, type Sample, uniformSample } from "./sample.js";

/** Shards of a rehearsal. With more, it has a part of the rate: a shard packs its own records only. */
const MOST_SHARDS = 4;
/** Data of a sample for each of its shards; with less, its aggregates are too few. */
const SHARD_SAMPLE_BYTES = 2 * 1024 * 1024;
/**
 * Length of a rehearsal, in virtual time: many times the linger. The contents of a file differ, so it gets longer.
 */
const REHEARSAL_SECONDS = { size: 5, file: 30 };
const LEAST_RECORDS = 2_000;
/** More shards pack less tightly, and may need one more shard again. */
const MOST_ROUNDS = 10;

/** The bill of one way to send the records. */
export interface FormCost {
  readonly form: "raw" | "aggregated" | "compressed";
  /** Of the whole stream. */
  readonly perSecond: Traffic;
  /** Data of the user records for each byte of data in the stream. */
  readonly ratio: number;
  /** Shards that the traffic needs if keys spread it evenly. */
  readonly shardsNeeded: number;
  readonly bill: Bill;
}

/** The result of `cost`: plain data. */
export interface CostSummary {
  /** User records a second. */
  readonly recordsPerSecond: number;
  /** The records: of one size, or of a file. The mean size is in bytes of data. */
  readonly records: {
    readonly meanBytes: number;
    readonly file?: string;
    readonly count?: number;
    readonly compression?: string;
  };
  readonly lingerMs: number;
  readonly readers: number;
  readonly fanOutReaders: number;
  readonly retentionHours: number;
  readonly hours: number;
  readonly prices: Pick<PriceList, "region" | "asOf" | "source">;
  readonly forms: readonly FormCost[];
  readonly notes: readonly string[];
}

/**
 * Packs the records in each form, and prices them.
 *
 * @throws CommandError for a file that cannot be used; UsageError for a codec that is missing here
 */
export async function costOf(options: CostOptions): Promise<CostSummary> {
  const { rate, source, use, lingerMs } = options;
  const sample = source.kind === "file" ? await readSample(source.file, source.format) : uniformSample(source.bytes);
  const forms = [formOf("raw", rawTraffic(sample, rate), sample, options)];
  forms.push(await packed("aggregated", sample, undefined, options));
  const compression = compressionOf(source);
  if (compression !== undefined) forms.push(await packed("compressed", sample, compression, options));
  const { readers, fanOutReaders, retentionHours, hours, prices } = use;
  const { region, asOf, source: origin } = prices;
  return {
    recordsPerSecond: rate,
    records: recordsOf(source, sample),
    lingerMs,
    ...{ readers, fanOutReaders, retentionHours, hours },
    prices: { region, asOf, source: origin },
    forms,
    notes: notesOf(options, sample, forms),
  };
}

function recordsOf(source: CostSource, { records, dataBytes }: Sample): CostSummary["records"] {
  const meanBytes = Math.round(dataBytes / records.length);
  if (source.kind === "file") return { meanBytes, file: source.file, count: records.length, compression: source.codec };
  return {
    meanBytes,
    ...(source.ratio === undefined ? {} : { compression: `assumed: ${source.ratio} times smaller` }),
  };
}

function compressionOf(source: CostSource): ProducerOptions["compression"] {
  if (source.kind === "file") return virtualCodec(source.codec);
  return source.ratio === undefined ? undefined : assumedCodec(source.ratio);
}

/** Each record as its own Kinesis record. */
function rawTraffic({ records }: Sample, perSecond: number): Traffic {
  const meter = new TrafficMeter();
  for (const { partitionKey = "", data } of records)
    meter.add(Buffer.byteLength(partitionKey), Buffer.byteLength(data));
  return multiplied(meter, perSecond / records.length);
}

function formOf(
  form: FormCost["form"],
  perSecond: Traffic,
  { records, dataBytes }: Sample,
  { rate, use }: CostOptions,
): FormCost {
  return {
    form,
    perSecond,
    ratio: perSecond.dataBytes === 0 ? 1 : ((dataBytes / records.length) * rate) / perSecond.dataBytes,
    shardsNeeded: shardsNeeded(perSecond, 1, use.readers),
    bill: billOf(perSecond, 1, use),
  };
}

/** Packing depends on the number of shards, and the number of shards on the packing. */
async function packed(
  form: FormCost["form"],
  sample: Sample,
  compression: ProducerOptions["compression"],
  options: CostOptions,
): Promise<FormCost> {
  const { shards: given, readers } = options.use;
  let shards = given ?? 1;
  let perSecond = await packedTraffic(sample, shards, compression, options);
  for (let round = 1; given === undefined && round < MOST_ROUNDS; round++) {
    const needed = shardsNeeded(perSecond, 1, readers);
    if (needed <= shards) break;
    shards = needed;
    perSecond = await packedTraffic(sample, shards, compression, options);
  }
  return formOf(form, perSecond, sample, options);
}

/** The Kinesis records of a second, over all shards. */
async function packedTraffic(
  { records, placeOf, dataBytes }: Sample,
  shards: number,
  compression: ProducerOptions["compression"],
  { rate, lingerMs, source }: CostOptions,
): Promise<Traffic> {
  const part = Math.max(1, Math.min(shards, MOST_SHARDS, Math.floor(dataBytes / SHARD_SAMPLE_BYTES)));
  const perSecond = (rate * part) / shards;
  const { userRecords, traffic } = await inWordsOfOptions(
    rehearse({
      records: first(records, Math.max(LEAST_RECORDS, perSecond * REHEARSAL_SECONDS[source.kind])),
      placeOf,
      perSecond,
      shards: part,
      lingerMs,
      ...(compression === undefined ? {} : { compression }),
    }),
  );
  return multiplied(traffic, rate / userRecords);
}

function first(records: readonly UserRecord[], count: number): readonly UserRecord[] {
  return records.slice(0, Math.ceil(count));
}

async function inWordsOfOptions<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof InvalidOptionError ? new UsageError(`--${error.message}`) : error;
  }
}

function notesOf({ source, use }: CostOptions, { isCut, dataBytes }: Sample, forms: readonly FormCost[]): string[] {
  const { shards, prices } = use;
  const lacking = forms.filter((each) => shards !== undefined && each.shardsNeeded > shards);
  const isShort = source.kind === "file" && dataBytes < SHARD_SAMPLE_BYTES;
  return [
    ...lacking.map((each) => `${each.form}: ${shards} shards are given, and the traffic needs ${each.shardsNeeded}.`),
    forms.some(({ form }) => form === "compressed")
      ? "Compressed: only readers with a decoder open these records (docs/compression.md)."
      : "Compressed: real records show the ratio (--file), or --ratio assumes one.",
    ...(isShort ? ["The file has less than 2 MiB of data: with more records the packing is truer."] : []),
    ...(isCut ? ["Only the first 200,000 records, or 64 MiB, of the file are used."] : []),
    "Shards: keys spread the records evenly. A hot key needs more shards, or cannot be served.",
    "Not included: encryption, transfer between regions, reads of records older than 7 days, deliveries to S3, and free or negotiated prices.",
    `On-demand advantage: ${prices.onDemandAdvantage.minimumMbPerSecond} MB/s in and out are the least that is billed, for all streams of the account and region together.`,
    ...prices.unsettled.map((each) => `Unsettled: ${each}`),
  ];
}
