import { edit } from "./mutant.mjs";

const PRESS = "test/unit/core/lane/press.test.ts";
const PIPELINE = "test/unit/pipeline/compression.test.ts";
const AHEAD = "test/unit/pipeline/compression-ahead.test.ts";

const LANE = "test/unit/core/lane/lane.test.ts";
const FAULTS = "test/unit/testing/faults/fault-script.test.ts";
const COUNTERS = "test/unit/pipeline/compression-counters.test.ts";
const BATCH = "test/unit/lambda/large-batch.test.ts";
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
    edits: [edit("wire/encode/buffer-pool.ts", "if (this.#bytes + bytes > this.#mostBytes) this.#clear();\n", "")],
    caughtBy: "test/unit/wire/encode/buffer-pool.test.ts",
  },
  {
    name: "large buffers of the pool leave none to small ones",
    edits: [
      edit(
        "wire/encode/buffer-pool.ts",
        "this.#bytes + bytes > this.#mostBytes) return;",
        "this.#bytes + bytes > mostKept(bytes)) return;",
      ),
    ],
    caughtBy: "test/unit/wire/encode/buffer-pool.test.ts",
  },
  {
    name: "the parts of a divided record leave their isolation group",
    edits: [
      edit(
        "core/lane/lane.ts",
        "for (const part of parts) part.isolationGroup = record.isolationGroup;",
        "for (const part of parts) part.isolationGroup = 0;",
      ),
    ],
    caughtBy: LANE,
  },
  {
    name: "a fault for a key does not look into compressed aggregates",
    edits: [edit("testing/faults/record-keys.ts", "const aggregate = opened(outer);", "const aggregate = outer;")],
    caughtBy: FAULTS,
  },
  {
    name: "the bytes before compression are those after it",
    edits: [
      edit(
        "core/lane/lane.ts",
        "const bytesBefore = record.wireBytes;\n        const partBytes = take();",
        "const partBytes = take();\n        const bytesBefore = record.wireBytes;",
      ),
    ],
    caughtBy: COUNTERS,
  },
  {
    name: "the bytes of a divided Kinesis record count twice",
    edits: [edit("metrics/recorder.ts", "this.aggregatesDivided++;\n      return;", "this.aggregatesDivided++;")],
    caughtBy: COUNTERS,
  },
  {
    name: "a small compressed record with millions of records, keys or tags is read",
    edits: [
      edit(
        "deaggregate/compressed-aggregate.ts",
        "openMessage(message, MOST_PARTS)",
        "openMessage(message, MOST_PARTS * 64)",
      ),
    ],
    caughtBy: READING,
  },
  {
    name: "a codec of the caller may return a promise as the message",
    edits: [edit("deaggregate/compressed-aggregate.ts", "isBytes(message) && ", "")],
    caughtBy: READING,
  },
  {
    name: "a Lambda batch is opened at once, however large it becomes",
    edits: [edit("lambda/kinesis-handler.ts", "bytes < MOST_OPENED_BYTES && ", "")],
    caughtBy: BATCH,
  },
  {
    name: "the part of a Lambda batch behind a failure is handled",
    edits: [edit("lambda/kinesis-handler.ts", "      if (failure !== undefined && !goesOn) break;\n", "")],
    caughtBy: BATCH,
  },
  {
    name: "the last failure of a Lambda batch is reported, not the first",
    edits: [edit("lambda/kinesis-handler.ts", "failure ??= found;", "failure = found ?? failure;")],
    caughtBy: BATCH,
  },
  {
    name: "a codec that throws gives no answer",
    edits: [
      edit(
        "compression/compressors.ts",
        "  } catch {\n    result = undefined;\n  }\n  if",
        "  } catch {\n    return;\n  }\n  if",
      ),
    ],
  },
  {
    name: "a codec that rejects gives no answer",
    edits: [
      edit(
        "compression/compressors.ts",
        "Promise.resolve(promised).then(endOnce, () => endOnce(undefined));",
        "Promise.resolve(promised).then(endOnce, () => timer.cancel());",
      ),
    ],
  },
  {
    name: "nobody sends the record that was compressed",
    edits: [
      edit(
        "pipeline/stream/router.ts",
        "      this.reschedule(lane);\n      wake();\n    };",
        "      this.reschedule(lane);\n    };",
      ),
    ],
  },
  {
    name: "records that expired behind the codec come back with its result",
    edits: [
      edit(
        "core/record/pending-kinesis-record.ts",
        "return this.#message === message && this.liveCount > 0;",
        "return message.length > 0 && this.liveCount > 0;",
      ),
    ],
  },
];
