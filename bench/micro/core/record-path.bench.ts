import { newAggregator } from "../../../src/core/lane/aggregator.js";
import { LaneQueue } from "../../../src/core/lane/lane-queue.js";
import { PendingKinesisRecord } from "../../../src/core/record/pending-kinesis-record.js";
import type { PlacedRecord } from "../../../src/core/record/placed-record.js";
import { RecordChecker } from "../../../src/core/record/record-check.js";
import { ShardMap, ShardMapProblem } from "../../../src/core/shards/shard-map.js";
import type { UserRecord } from "../../../src/record.js";
import { evenShards } from "../../../src/testing/even-shards.js";
import type { BenchCase } from "../bench-case.js";
import { keysOf, recordsOf } from "../fixed-inputs.js";

const RECORDS = 5_000;
const UNIQUE = 100_000;
const SHARDS = 4;
/** Aggregates of a request, as in a producer at full speed. */
const REQUEST_RECORDS = 24;

/** The stages that a record passes before a request, and the aggregates that leave them. */
class RecordPath {
  readonly #map: ShardMap;
  readonly #queues: LaneQueue[];
  readonly #complete: PendingKinesisRecord[] = [];
  readonly #checker: RecordChecker = new RecordChecker();
  readonly #checked: PlacedRecord = this.#checker.checked;

  constructor() {
    const map = ShardMap.from(evenShards(SHARDS));
    if (map instanceof ShardMapProblem) throw new Error(map.reason);
    this.#map = map;
    this.#queues = map.shards.map(
      () => new LaneQueue(newAggregator("shard", { maxBytes: 51_200, maxCount: 4_294_967_295 })),
    );
  }

  check(record: UserRecord): number {
    if (this.#checker.check(record) !== undefined) throw new Error("meant to be good");
    return this.#checked.key.bytes + this.#checked.dataBytes;
  }

  predict(record: UserRecord): number {
    this.check(record);
    return this.#map.predictKey(this.#checked.key);
  }

  /** Returns the number of aggregates for which the record caused a request. */
  add(record: UserRecord, settler: unknown): number {
    const queue = this.#queues[this.predict(record)] as LaneQueue;
    this.#checked.settler = settler;
    queue.add(this.#checked);
    const complete = queue.takeComplete();
    if (complete === undefined) return 0;
    this.#complete.push(complete);
    if (this.#complete.length < REQUEST_RECORDS) return 0;
    const taken = this.#complete.splice(0);
    const entries = PendingKinesisRecord.sealAll(taken, true);
    // The producer recycles them after the transport has read them.
    for (const each of taken) each.recycle();
    return entries.length;
  }
}

/** A case that sends every record along the path, or a part of it. */
function along(
  name: string,
  inputs: () => readonly UserRecord[],
  part: (path: RecordPath, record: UserRecord) => number,
  count: number = RECORDS,
): BenchCase {
  return {
    name: `record path, ${name}`,
    records: count,
    setUp: () => {
      const records = inputs();
      const path = new RecordPath();
      return () => {
        let sum = 0;
        for (const record of records) sum += part(path, record);
        return sum;
      };
    },
  };
}

const small = (): UserRecord[] => recordsOf(RECORDS, 100, 8);
const large = (): UserRecord[] => recordsOf(RECORDS, 1_024, 8);
/** Keys that repeat only after every cache has dropped them. */
const unique =
  (dataBytes: number): (() => UserRecord[]) =>
  () => {
    const keys = keysOf(UNIQUE, 36);
    const data = recordsOf(RECORDS, dataBytes, 36);
    return keys.map((partitionKey, i) => ({ partitionKey, data: data[i % RECORDS]?.data ?? Buffer.alloc(0) }));
  };
const text = (): UserRecord[] =>
  small().map((record) => ({ ...record, data: Buffer.from(record.data).toString("hex").slice(0, 100) }));

export const cases: readonly BenchCase[] = [
  along("100 B: check", small, (path, record) => path.check(record)),
  along("100 B: check and predict", small, (path, record) => path.predict(record)),
  along("100 B: check, predict, add, seal", small, (path, record) => path.add(record, record)),
  along("100 characters of text: check, predict, add, seal", text, (path, record) => path.add(record, record)),
  along("1,024 B: check, predict, add, seal", large, (path, record) => path.add(record, record)),
  along("100 B, unique keys: all of it", unique(100), (path, record) => path.add(record, record), UNIQUE),
  along("1,024 B, unique keys: all of it", unique(1_024), (path, record) => path.add(record, record), UNIQUE),
];
