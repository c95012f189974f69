import { edit } from "./mutant.mjs";

const REENTRANCE = "test/unit/pipeline/reentrance.test.ts";
const MANY = "test/unit/pipeline/many-outcomes.test.ts";
const HOSTILE = "test/unit/pipeline/hostile-records.test.ts";

/**
 * The caller's code: when it runs, its arguments, and the behaviour of its objects.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_TELLING = [
  {
    name: "callbacks run in the middle of the decision",
    edits: [
      edit(
        "pipeline/teller.ts",
        "    this.#pushed++;\n    this.#wake();",
        "    this.#pushed++;\n    this.renew();\n    this.tell();",
      ),
    ],
    caughtBy: REENTRANCE,
  },
  {
    name: "outcomes caused by a callback are reported in the same turn",
    edits: [
      edit(
        "pipeline/teller.ts",
        "while (this.#told < end && this.#left > 0)",
        "while (this.#told < this.#pushed && end > 0)",
      ),
      edit("pipeline/teller.ts", "telling.tell(this.#left)", "telling.tell(TURN_COST)"),
    ],
    caughtBy: REENTRANCE,
  },
  {
    name: "all outcomes are reported in one turn",
    edits: [edit("pipeline/teller.ts", "TURN_COST = 64_000;", "TURN_COST = 64_000_000;")],
    caughtBy: MANY,
  },
  {
    name: "a flush does not wait for reports of refused records",
    edits: [edit("pipeline/pipeline.ts", " || !this.teller.isToldThrough(pushed)", " || pushed < 0")],
    caughtBy: MANY,
  },
  {
    name: "a kept error keeps its whole aggregate",
    edits: [
      edit(
        "core/pending-kinesis-record.ts",
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
    name: "a put that waits for room keeps the caller's bytes",
    edits: [
      edit("core/placed-record.ts", "copy.data = ownData(record.data, record.dataBytes);", "copy.data = record.data;"),
    ],
    caughtBy: HOSTILE,
  },
  {
    name: "bytes whose memory is gone are sent as none",
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
    edits: [edit("core/tags-check.ts", "Object.fromEntries(Object.entries(given))", "given")],
    caughtBy: HOSTILE,
  },
  {
    name: "what is thrown while a record is read is thrown by put",
    edits: [edit("core/record-check.ts", "return unreadable(thrown);", "throw thrown;")],
    caughtBy: HOSTILE,
  },
];
