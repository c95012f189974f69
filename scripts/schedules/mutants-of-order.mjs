import { edit } from "./mutant.mjs";

const UNTIL_OPENED = "if (this.isBarred || this.#isTaken) return";

/**
 * The order of a key, and the pace of a shard.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_ORDER = [
  {
    name: "the barrier of older lanes is gone",
    edits: [edit("core/lane/lane.ts", UNTIL_OPENED, "if (this.#isTaken) return")],
  },
  {
    name: "a second aggregate goes beside the first",
    edits: [edit("core/lane/lane.ts", UNTIL_OPENED, "if (this.isBarred) return")],
  },
  {
    name: "lanes that leave are not waited for",
    edits: [edit("pipeline/stream/router.ts", "    if (lane.isBusy) this.#leaving.add(lane);\n", "")],
  },
  {
    name: "release after give back",
    edits: [
      edit("pipeline/stream/answers.ts", "    for (const taken of sent.items) router.release(taken);\n", ""),
      edit(
        "pipeline/stream/answers.ts",
        "    this.#endLanes(reading);\n",
        "    this.#endLanes(reading);\n for (const taken of sent.items) this.#parts.router.release(taken);\n",
      ),
    ],
  },
  {
    name: "a retry goes behind newer ones",
    edits: [edit("core/lane/lane-queue.ts", "this.#complete.unshift(record);", "this.#complete.push(record);")],
  },
  {
    name: "a key's retry goes behind newer ones",
    edits: [edit("core/lane/closed-keys.ts", "key.waiting.unshift(record);", "key.waiting.push(record);")],
    // With ordering, only one record of a key comes back at a time. Without ordering this is the order of retries.
    caughtBy: "test/unit/core/lane/closed-keys.test.ts",
  },
  {
    name: "the records that wait behind a key are reversed",
    edits: [edit("core/lane/closed-keys.ts", "key.waiting.push(record);", "key.waiting.unshift(record);")],
  },
  {
    name: "failKey: records after the failure fail too",
    edits: [
      edit(
        "pipeline/stream/failed-keys.ts",
        "through !== undefined && record.generation <= through",
        "through !== undefined",
      ),
    ],
    caughtBy: "test/unit/pipeline/stream/failed-keys.test.ts",
  },
  {
    name: "failKey: no other record fails",
    edits: [
      edit(
        "pipeline/stream/failed-keys.ts",
        "through !== undefined && record.generation <= through",
        "through !== undefined && record.generation < 0",
      ),
    ],
  },

  {
    name: "a small request waits past its linger",
    edits: [
      edit(
        "core/lane/collector.ts",
        "waitedAt = Math.min(waitedAt, queue.waitsSince + lingerMs);",
        "waitedAt = Math.min(waitedAt, Number.POSITIVE_INFINITY);",
      ),
    ],
    caughtBy: "test/unit/pipeline/request-size.test.ts",
  },
  {
    name: "flushed records wait for an answer",
    edits: [edit("pipeline/stream/departures.ts", "if (this.isHurried) return now;", "")],
    caughtBy: "test/unit/pipeline/request-size.test.ts",
  },
  {
    name: "memory is given back twice",
    edits: [edit("core/record/pending-kinesis-record.ts", 'if (this.#fate === "recycled") return;', "")],
    caughtBy: "test/unit/pipeline/recycled-memory.test.ts",
  },
  {
    name: "memory is given back when it is sealed",
    edits: [
      edit(
        "core/record/pending-kinesis-record.ts",
        "    encoder.release();\n    return aggregateEntry",
        "    encoder.release();\n    encoder.releaseFinished(data);\n    return aggregateEntry",
      ),
    ],
  },
  {
    name: "limiter without key bytes",
    edits: [
      edit(
        "core/record/pending-kinesis-record.ts",
        "return entryBytes(this.#sealed);",
        "return this.#sealed.data.length;",
      ),
      edit(
        "core/record/pending-kinesis-record.ts",
        "return this.#encoder.size + AGGREGATE_PARTITION_KEY.length;",
        "return this.#encoder.size;",
      ),
      edit(
        "core/record/pending-kinesis-record.ts",
        "return this.#encoder.rawData().length + this.#firstKey.bytes;",
        "return this.#encoder.rawData().length;",
      ),
    ],
  },
  {
    name: "retries cost nothing",
    edits: [
      edit(
        "core/lane/lane.ts",
        "if (!this.limiter.tryTake(bytes, now, front.oldestAt)) return",
        "if (front.history.attempts.length === 0 && !this.limiter.tryTake(bytes, now, front.oldestAt)) return",
      ),
    ],
  },
  {
    name: "debts are forgiven at once",
    edits: [
      edit("core/pacing/token-bucket.ts", "this.#tokens -= cost;", "this.#tokens = Math.max(0, this.#tokens - cost);"),
    ],
  },
  {
    name: "a bucket of two seconds",
    edits: [
      edit(
        "core/pacing/shard-limiter.ts",
        "new TokenBucket(limits.bytesPerSecond, limits.bytesPerSecond, now)",
        "new TokenBucket(2 * limits.bytesPerSecond, limits.bytesPerSecond, now)",
      ),
    ],
  },
  {
    name: "throttling lowers the rate once an entry",
    edits: [
      edit("core/pacing/adaptive-rate.ts", "if (isOfSameAnswer || now - this.#loweredAt < ROUND_MS) return false;", ""),
    ],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
];
