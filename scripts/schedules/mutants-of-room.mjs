import { edit } from "./mutant.mjs";

/**
 * Room in the buffer, those who wait for it, and what a flush does to packing.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_ROOM = [
  {
    name: "a flush makes its records go alone, as they get in",
    edits: [
      edit(
        "pipeline/pipeline.ts",
        "if (admission.firstGeneration > dueThrough) pipeline.cover(dueThrough);",
        "pipeline.cover(dueThrough);",
      ),
      edit(
        "core/pending-kinesis-record.ts",
        "if (generation < this.#lastGeneration ||",
        "if (generation !== this.#lastGeneration ||",
      ),
      edit("pipeline/pipeline.ts", "this.#flushes.size > 0 && admission.waiting === 0;", "this.#flushes.size > 0;"),
    ],
    caughtBy: "test/unit/pipeline/flush-packing.test.ts",
  },
  {
    name: "a flush after every put packs every record by itself",
    edits: [
      edit(
        "core/pending-kinesis-record.ts",
        "if (generation < this.#lastGeneration ||",
        "if (generation !== this.#lastGeneration ||",
      ),
    ],
    caughtBy: "test/unit/pipeline/flush-packing.test.ts",
  },
  {
    name: "records of an aggregate are all settled in the generation of its first",
    edits: [edit("pipeline/outcomes.ts", "if (!record.hasManyGenerations) {", "if (record.count > 0) {")],
    caughtBy: "test/unit/pipeline/flush-packing.test.ts",
  },
  {
    name: "those who wait for room with ready() wait out the linger of others",
    edits: [edit("pipeline/admission.ts", "return isRefusing || this.waiting > 0;", "return isRefusing;")],
    caughtBy: "test/unit/pipeline/back-pressure.test.ts",
  },
];
