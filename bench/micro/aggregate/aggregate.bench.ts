import { aggregate, RecordAggregator } from "../../../src/aggregate/index.js";
import type { BenchCase } from "../bench-case.js";
import { type InputRecord, recordsOf } from "../fixed-inputs.js";
import { protobufjsEncode } from "../peer-codecs.js";

const AGGREGATES = 16;
/** As many records as one aggregate of 51,200 bytes holds. */
const SIZES = [
  { dataBytes: 100, each: 440 },
  { dataBytes: 1_024, each: 48 },
];
const SHARDS = 4;
const KEYS = 2n ** 128n;

const shards = Array.from({ length: SHARDS }, (_, i) => ({
  startingHashKey: String((KEYS * BigInt(i)) / BigInt(SHARDS)),
  endingHashKey: String((KEYS * BigInt(i + 1)) / BigInt(SHARDS) - 1n),
}));

function thousandKeys(count: number, dataBytes: number): readonly InputRecord[] {
  return recordsOf(count, dataBytes, 8);
}

function oneKey(count: number, dataBytes: number): readonly InputRecord[] {
  return thousandKeys(count, dataBytes).map(({ data }) => ({ partitionKey: "the only", data }));
}

function bytesOf(packed: Iterable<{ readonly data: Uint8Array }>): number {
  let bytes = 0;
  for (const { data } of packed) bytes += data.length + (data.at(-1) as number);
  return bytes;
}

function* oneByOne(
  records: readonly InputRecord[],
  packer: RecordAggregator,
): Generator<{ readonly data: Uint8Array }> {
  for (const record of records) {
    if (packer.tryAdd(record) === "added") continue;
    yield packer.take() as { readonly data: Uint8Array };
    packer.tryAdd(record);
  }
}

function* byProtobufjs(records: readonly InputRecord[], each: number): Generator<{ readonly data: Uint8Array }> {
  for (let at = 0; at < records.length; at += each) yield { data: protobufjsEncode(records.slice(at, at + each)) };
}

export const cases: readonly BenchCase[] = SIZES.flatMap(({ dataBytes, each }): BenchCase[] => {
  const count = each * AGGREGATES;
  type Pack = (records: readonly InputRecord[], packer: RecordAggregator) => Iterable<{ readonly data: Uint8Array }>;
  const caseOf = (name: string, pack: Pack, inputsOf = thousandKeys): BenchCase => ({
    name: `aggregate, ${dataBytes} B: ${name}`,
    records: count,
    setUp: () => {
      const inputs = inputsOf(count, dataBytes);
      const packer = new RecordAggregator();
      return () => bytesOf(pack(inputs, packer));
    },
  });
  return [
    caseOf("RecordAggregator, tryAdd and take", oneByOne),
    caseOf("RecordAggregator, pack", (records, packer) => packer.pack(records)),
    caseOf("aggregate(), 4 shards", (records) => aggregate(records, { shards })),
    caseOf("aggregate(), one key", (records) => aggregate(records), oneKey),
    caseOf("aggregate(), 1,000 keys", (records) => aggregate(records)),
    caseOf("protobufjs and node:crypto", (records) => byProtobufjs(records, each)),
  ];
});
