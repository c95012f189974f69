import { edit } from "./mutant.mjs";

const REENTRANCE = "test/unit/pipeline/reentrance.test.ts";
const MANY = "test/unit/pipeline/many-outcomes.test.ts";
const DECISIONS = "test/unit/pipeline/many-decisions.test.ts";
const HOSTILE = "test/unit/pipeline/hostile-records.test.ts";

/**
 * The caller's code: when it runs, its arguments, and the behaviour of its objects.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_TELLING = [
  {
    name: "callbacks run in the middle of a decision",
    edits: [
      edit(
        "pipeline/settlement/teller.ts",
        "    this.#pushed++;\n    this.#wake();",
        "    this.#pushed++;\n    this.renew();\n    this.tell();",
      ),
    ],
    caughtBy: REENTRANCE,
  },
  {
    name: "outcomes that a callback causes are reported in the same turn",
    edits: [
      edit(
        "pipeline/settlement/teller.ts",
        "while (this.#told < end && !this.#effort.isSpent)",
        "while (this.#told < this.#pushed && end > 0)",
      ),
      edit("pipeline/settlement/teller.ts", "telling.tell(this.#effort.left)", "telling.tell(TURN_COST)"),
    ],
    caughtBy: REENTRANCE,
  },
  {
    name: "all outcomes are reported in one turn",
    edits: [edit("pipeline/settlement/teller.ts", "TURN_COST = 64_000;", "TURN_COST = 64_000_000;")],
    caughtBy: MANY,
  },
  {
    name: "a flush does not wait for the reports of refused records",
    edits: [edit("pipeline/streams.ts", " || !this.teller.isToldThrough(pushed)", " || pushed < 0")],
    caughtBy: MANY,
  },
  {
    name: "a kept error keeps its whole aggregate",
    edits: [
      edit(
        "core/record/record-reader.ts",
        'if (typeof data !== "string") return new Uint8Array(data);',
        'if (typeof data !== "string") return data;',
      ),
    ],
    caughtBy: MANY,
  },
  {
    name: "a stack is made for each record that fails",
    edits: [edit("errors.ts", "trySetStackTraceLimit(0)", "trySetStackTraceLimit(10)")],
    caughtBy: MANY,
  },
  {
    name: "a put that fails makes a rejected promise beside the caller's",
    edits: [edit("pipeline/entry/settler.ts", "settler(new Rejection(error))", "settler(Promise.reject(error))")],
    caughtBy: MANY,
  },
  {
    name: "all that expires is decided in one turn",
    edits: [edit("pipeline/stream/sweeper.ts", "return this.#parts.effort.isSpent;", "return false;")],
    caughtBy: DECISIONS,
  },
  {
    name: "an aborted record in flight has every drain search the queues",
    edits: [
      edit(
        "pipeline/stream/sweeper.ts",
        "    this.#mustSeek = false;\n    this.#expiredBefore",
        "    this.#mustSeek = this.#aborted > 0;\n    this.#expiredBefore",
      ),
    ],
    caughtBy: "test/unit/pipeline/abort.test.ts",
  },
  {
    name: "an aborted record that comes back is not searched for",
    edits: [edit("pipeline/stream/sweeper.ts", "record.liveCount > 0 && hasAborted(record)", "record.liveCount < 0")],
    caughtBy: "test/unit/pipeline/abort.test.ts",
  },
  {
    name: "what has expired goes while the sweep is under way",
    edits: [edit("pipeline/stream/departures.ts", "    if (culling.isUnderWay) return [];\n", "")],
    caughtBy: DECISIONS,
  },
  {
    name: "close looks at each record that it gives up",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "settlement.queueFailed(lane.queue.takeAll(), reason);",
        "for (const record of lane.queue.takeAll()) for (const _ of record.records()) if (_.dataBytes >= 0 && record.liveCount > 0) settlement.failed(record, reason);",
      ),
    ],
    caughtBy: DECISIONS,
  },
  {
    name: "all that follows what failed is decided in one turn",
    edits: [edit("pipeline/stream/failed-keys.ts", "return this.#parts.effort.isSpent;", "return false;")],
    caughtBy: DECISIONS,
  },
  {
    name: "records of a shard that closes are the arguments of one call",
    edits: [
      edit(
        "pipeline/stream/router.ts",
        "else for (const record of this.#dissolve(lane)) homeless.push(record);",
        "else homeless.push(...this.#dissolve(lane));",
      ),
    ],
    caughtBy: DECISIONS,
  },
  {
    name: "a sweep stops at a young record behind which there are old ones",
    edits: [
      edit(
        "core/lane/lane-queue.ts",
        "length === 0 || (this.#isByAge && oldestAt >= ",
        "length === 0 || (this.#isByAge || oldestAt >= ",
      ),
    ],
    caughtBy: "test/unit/core/lane/lane-queue.test.ts",
  },
  {
    name: "a put that waits for room keeps the caller's bytes",
    edits: [
      edit(
        "core/record/placed-record.ts",
        "copy.data = ownData(record.data, record.dataBytes);",
        "copy.data = record.data;",
      ),
    ],
    caughtBy: HOSTILE,
  },
  {
    name: "bytes without memory are sent as empty data",
    edits: [
      edit(
        "wire/caller-bytes.ts",
        "return length > 0 || isThere(value as Uint8Array) ? length : BYTES_GONE;",
        "return length;",
      ),
    ],
    caughtBy: HOSTILE,
  },
  {
    name: "the caller's object says how many bytes there are",
    edits: [
      edit(
        "wire/caller-bytes.ts",
        "const length = lengthOf.call(value as Uint8Array);",
        "const { length } = value as Uint8Array;",
      ),
    ],
    caughtBy: HOSTILE,
  },
  {
    name: "tags are read again after they were checked",
    edits: [edit("core/record/tags-check.ts", "Object.fromEntries(Object.entries(given))", "given")],
    caughtBy: HOSTILE,
  },
  {
    name: "put throws the errors of reading a record",
    edits: [
      edit(
        "core/record/record-check.ts",
        "return thrown instanceof HookFailure ? thrown.problem : unreadable(thrown);",
        "throw thrown;",
      ),
    ],
    caughtBy: HOSTILE,
  },
];
