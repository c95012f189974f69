import {
  type DeaggregatedRecord,
  type DeaggregateOptions,
  type DroppedUserRecords,
  deaggregate,
  deaggregateAll,
} from "../../src/deaggregate/index.js";
import { MAX_HASH_KEY } from "../../src/quotas.js";
import { openAggregate } from "../../src/wire/decode/aggregate-decoder.js";
import { measured, must } from "./measured.js";

/** Bytes of the shortest user record in an aggregate: tag, length, an index with its tag, empty data with its tag. */
const SHORTEST_RECORD = 6;

const HALF = String(2n ** 127n);
const OPTIONS: readonly DeaggregateOptions[] = [
  {},
  { shardRange: { startingHashKey: "0", endingHashKey: String(MAX_HASH_KEY) } },
  { shardRange: { startingHashKey: HALF, endingHashKey: String(MAX_HASH_KEY) } },
  { verifyChecksum: false },
];

/** The result of an input, for the counts of the report. */
export type InputKind = "opened" | "plain" | "nothing";

/**
 * Deaggregates the bytes, reads all records, and checks that the result is correct, fast and small.
 *
 * @param turn - selects the options
 * @throws Error that says what was wrong
 */
export function checkInput(data: Uint8Array, turn: number): InputKind {
  const options = OPTIONS[turn % OPTIONS.length] as DeaggregateOptions;
  const answer = measured(data.length, undefined, () => readAll(data, options));
  checkAnswer(data, options, answer);
  if (turn % 16 === 0) checkNeighbours(data, options, answer.records.length);
  const [first] = answer.records;
  return first === undefined ? "nothing" : first.aggregated ? "opened" : "plain";
}

interface Answer {
  readonly records: readonly DeaggregatedRecord[];
  readonly dropped: readonly DroppedUserRecords[];
}

/** Reads everything that a consumer may read. */
function readAll(data: Uint8Array, options: DeaggregateOptions): Answer {
  const dropped: DroppedUserRecords[] = [];
  const records = [
    ...deaggregate({ data, partitionKey: "p" }, { ...options, onDropped: (each) => dropped.push(each) }),
  ];
  return { records, dropped };
}

function checkAnswer(data: Uint8Array, options: DeaggregateOptions, { records, dropped }: Answer): void {
  const aggregate = openAggregate(data, options.verifyChecksum ?? true);
  if (aggregate === undefined) {
    const [only] = records;
    const isUnchanged = only?.data === data && only.partitionKey === "p" && !only.aggregated;
    must(records.length === 1 && isUnchanged && dropped.length === 0, "a plain record does not pass unchanged");
    return;
  }
  const lost = dropped.reduce((sum, { userRecords }) => sum + userRecords, 0);
  must(records.length + lost === aggregate.recordCount, "user records disappear unseen");
  must(dropped.length <= 1, "a record is reported as dropped twice");
  must(aggregate.recordCount * SHORTEST_RECORD <= data.length, "more user records than there is room for");
  let bytes = 0;
  for (const [i, record] of records.entries()) {
    must(record.aggregated && record.subSequenceNumber === i, "a user record has the wrong number");
    must(typeof record.partitionKey === "string", "a user record has no key");
    const offset = record.data.byteOffset - data.byteOffset;
    const isWithin = offset >= 0 && offset + record.data.byteLength <= data.byteLength;
    must(record.data.buffer === data.buffer && isWithin, "data lie outside the record");
    bytes += record.data.byteLength;
  }
  must(bytes <= data.length, "the data of user records overlap");
}

/** The records around a hostile record must be the same as without it. */
function checkNeighbours(data: Uint8Array, options: DeaggregateOptions, count: number): void {
  const before = { data: Buffer.from("before"), sequenceNumber: "1" };
  const behind = { data: Buffer.from("behind"), sequenceNumber: "3" };
  const all = [...deaggregateAll([before, { data }, behind], { ...options, onDropped: () => {} })];
  const areThere = all[0]?.data === before.data && all.at(-1)?.data === behind.data;
  must(areThere && all.length === count + 2, "the records around it do not come out as they are");
}
