import { edit } from "./mutant.mjs";

const PRESS = "test/unit/core/lane/press.test.ts";
const PIPELINE = "test/unit/pipeline/compression.test.ts";
const AHEAD = "test/unit/pipeline/compression-ahead.test.ts";
const READING = "test/unit/deaggregate/compressed-aggregate.test.ts";

/**
 * Compressed aggregates: packing by the compressed size, changes while the codec works, reading.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_COMPRESSION = [
  {
    name: "the result of a codec replaces records that changed meanwhile",
    edits: [
      edit(
        "core/record/pending-kinesis-record.ts",
        "return this.#message === message && this.liveCount > 0;",
        "return message.length > 0;",
      ),
    ],
    caughtBy: PRESS,
  },
  {
    name: "a compressed aggregate above the bound is stored",
    edits: [edit("core/record/pending-kinesis-record.ts", "|| (size > maxBytes && this.count > 1)", "|| maxBytes < 0")],
    caughtBy: PRESS,
  },
  {
    name: "a compressed form that is larger is sent",
    edits: [
      edit(
        "core/record/pending-kinesis-record.ts",
        "size + AGGREGATE_PARTITION_KEY.length >= this.wireBytes",
        "size < AGGREGATE_PARTITION_KEY.length",
      ),
    ],
    caughtBy: PRESS,
  },
  {
    name: "small aggregates lower the bound of an open one",
    edits: [edit("core/lane/press.ts", "if (rawBytes < this.maxBytes / 2 && ratio < this.#ratio) return;", "")],
    caughtBy: PRESS,
  },
  {
    name: "an aggregate is compressed while its shard has no tokens",
    edits: [
      edit(
        "core/lane/lane.ts",
        "if (this.limiter.hasTokens(ahead.bytes + bytes, now, next.oldestAt)) this.#press(press, next);",
        "if (bytes > 0) this.#press(press, next);",
      ),
    ],
    caughtBy: PIPELINE,
  },
  {
    name: "a sweep during compression makes the bytes of a queue drift",
    edits: [
      edit(
        "core/lane/lane-queue.ts",
        "    this.#completeBytes -= record.wireBytes;\n    const partBytes",
        "    this.#completeBytes -= record.wireBytes + (record.count < 3 ? 7 : 0);\n    const partBytes",
      ),
    ],
    caughtBy: PRESS,
  },
  {
    name: "a record that has left its queue is compressed",
    edits: [
      edit(
        "core/lane/lane-queue.ts",
        "if (record === undefined || record.liveCount === 0) return;",
        "if (record === undefined) take();\n    if (record === undefined || record.liveCount === 0) return;",
      ),
    ],
    caughtBy: PRESS,
  },
  {
    name: "a hanging codec holds its shard for ever",
    edits: [
      edit("compression/compressors.ts", "() => endOnce(undefined));\n  Promise", "() => undefined);\n  Promise"),
    ],
    caughtBy: PIPELINE,
  },
  {
    name: "a compressed aggregate is opened without a bound",
    edits: [
      edit("deaggregate/compressed-aggregate.ts", "if (form.bytes > maxBytes)", "if (form.bytes < 0 && maxBytes > 0)"),
    ],
    caughtBy: READING,
  },
  {
    name: "a compressed aggregate with another number of records is read",
    edits: [
      edit(
        "deaggregate/compressed-aggregate.ts",
        "inner === undefined || inner.recordCount !== form.records",
        "inner === undefined",
      ),
    ],
    caughtBy: READING,
  },
  {
    name: "nothing is compressed while a compressed record waits",
    edits: [edit("core/lane/lane.ts", "if (ahead.bytes >= aheadBytes) return;", "if (ahead.bytes > 0) return;")],
    caughtBy: AHEAD,
  },
  {
    name: "a lane compresses all that it has before a request starts",
    edits: [edit("core/lane/lane.ts", "if (ahead.bytes >= aheadBytes) return;", "")],
    caughtBy: "test/unit/core/lane/lane.test.ts",
  },
  {
    name: "a lane whose record is in flight ends the growth of the next",
    edits: [
      edit(
        "core/lane/lane.ts",
        "(this.#isTaken ? undefined : queue.dueGrowing(now, lingerMs))",
        "queue.dueGrowing(now, lingerMs)",
      ),
    ],
    caughtBy: "test/unit/core/lane/lane.test.ts",
  },
  {
    name: "each record of a backlog for the codec goes alone",
    edits: [edit("core/lane/collector.ts", "const earliest = isCompressing ? soonAt : now;", "const earliest = now;")],
    caughtBy: AHEAD,
  },
  {
    name: "a full buffer cuts aggregates short while the codec is at work",
    edits: [
      edit(
        "pipeline/stream/router.ts",
        "if (lane.blockedUntil > now || lane.press?.isBusy === true) return;",
        "if (lane.blockedUntil > now) return;",
      ),
    ],
    caughtBy: AHEAD,
  },
  {
    name: "a record that is being compressed waits behind a closed key, and its bytes are counted in two places",
    edits: [
      edit(
        "core/lane/lane-queue.ts",
        "front === undefined || front === this.#pressed || !this",
        "front === undefined || !this",
      ),
    ],
    caughtBy: "test/unit/core/lane/lane.test.ts",
  },
  {
    name: "a pool is filled for good by buffers of a former size",
    edits: [edit("wire/encode/buffer-pool.ts", "if (this.#bytes + bytes > mostKept(bytes)) this.#clear();\n", "")],
    caughtBy: "test/unit/wire/encode/buffer-pool.test.ts",
  },
];
