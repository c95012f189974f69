import { edit } from "./mutant.mjs";

/**
 * Room in the buffer, callers that wait for it, and the effect of a flush on packing.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_ROOM = [
  {
    name: "a flush makes its records go alone, as they get in",
    edits: [
      edit(
        "pipeline/streams.ts",
        "if (admission.firstGeneration > dueThrough) pipeline.cover(dueThrough);",
        "pipeline.cover(dueThrough);",
      ),
      edit(
        "core/record/pending-kinesis-record.ts",
        "if (generation < this.#generations.last ||",
        "if (generation !== this.#generations.last ||",
      ),
      edit("pipeline/streams.ts", "this.#flushes.size > 0 && admission.waiting === 0;", "this.#flushes.size > 0;"),
    ],
    caughtBy: "test/unit/pipeline/flush-packing.test.ts",
  },
  {
    name: "a flush after every put packs every record by itself",
    edits: [
      edit(
        "core/record/pending-kinesis-record.ts",
        "if (generation < this.#generations.last ||",
        "if (generation !== this.#generations.last ||",
      ),
    ],
    caughtBy: "test/unit/pipeline/flush-packing.test.ts",
  },
  {
    name: "records of an aggregate are all settled in the generation of its first",
    edits: [
      edit("pipeline/settlement/delivered-telling.ts", "if (!record.hasManyGenerations) {", "if (record.count > 0) {"),
    ],
    caughtBy: "test/unit/pipeline/flush-packing.test.ts",
  },
  {
    name: "callers that wait with ready() wait out the linger of others",
    edits: [edit("pipeline/entry/admission.ts", "this.#isRefusing || this.#queue.inLine > 0;", "this.#isRefusing;")],
    caughtBy: "test/unit/pipeline/back-pressure.test.ts",
  },
  {
    name: "one shard takes the buffer of the others",
    edits: [
      edit(
        "core/buffer-budget.ts",
        "if (stream.shards === 1 || shard.records === 0) return true;",
        "if (stream.shards > 0) return true;",
      ),
    ],
    caughtBy: "test/unit/pipeline/hot-shard.test.ts",
  },
  {
    name: "two hot shards take the parts of the others",
    edits: [edit("core/buffer-budget.ts", "stream.pooledRecords += excess(shard.records, ownRecords);", "")],
    caughtBy: "test/unit/core/buffer-budget.test.ts",
  },
  {
    name: "puts of a shard that has its share hold up all others",
    edits: [
      edit(
        "pipeline/entry/admission.ts",
        "if (this.#isShort(lane, waiter.bytes)) this.#queue.pushTo(lane, waiter);\n    else this.#queue.push(waiter);",
        "this.#queue.push(waiter);",
      ),
      edit(
        "pipeline/entry/admission.ts",
        "        queue.setAside(lane);\n        if (++aside < MOST_SET_ASIDE) continue;\n",
        "",
      ),
    ],
    caughtBy: "test/unit/pipeline/hot-shard.test.ts",
  },
  {
    name: "a put overtakes one that waits for the share of the same shard",
    edits: [edit("pipeline/entry/admission.ts", "queue.inLine > 0 || queue.hasLine(lane)", "queue.inLine > 0")],
    caughtBy: "test/unit/pipeline/hot-shard.test.ts",
  },
  {
    name: "puts wait for the share of a shard that has closed",
    edits: [edit("pipeline/stream/router.ts", "    this.lanesVersion++;\n", "")],
  },
  {
    name: "room is counted for a shard that has closed",
    edits: [edit("pipeline/stream/router.ts", "        placed.budget = lane.budget;\n", "")],
  },
  {
    name: "bytes of waiting puts are not counted down",
    edits: [
      edit(
        "pipeline/entry/intake.ts",
        "    entered: ({ stream, checked }) => {\n      this.#countWaiting(-1, -checked.bufferedBytes);",
        "    entered: ({ stream, checked }) => {\n      this.#countWaiting(-1, 0);",
      ),
    ],
    caughtBy: "test/unit/pipeline/back-pressure.test.ts",
  },
  {
    name: "shards that nobody writes to keep the common room for their linger",
    edits: [
      edit(
        "pipeline/entry/admission.ts",
        "if (lane.budget.isOverOwn) this",
        "if (lane.budget.isOverOwn && now < 0) this",
      ),
    ],
    caughtBy: "test/unit/pipeline/small-buffers.test.ts",
  },
];
