import { edit } from "./mutant.mjs";

/**
 * The packers of `kinesis-producer/aggregate`.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_AGGREGATING = [
  {
    name: "aggregate: tryAdd is full although take() would give an older record",
    edits: [
      edit(
        "aggregate/record-aggregator.ts",
        '    if (outcome === "full" && !this.#outbox.isEmpty) return this.#addBehind();\n',
        "",
      ),
    ],
    caughtBy: "test/unit/aggregate/record-aggregator.test.ts",
  },
  {
    name: "aggregate: take() leaves behind what pack() had completed",
    edits: [
      edit("aggregate/record-aggregator.ts", "    return this.#outbox.last();", "    return this.#outbox.next();"),
    ],
    caughtBy: "test/unit/aggregate/record-aggregator.test.ts",
  },
  {
    name: "aggregate: a bad record takes complete aggregates with it",
    edits: [
      edit("aggregate/aggregate.ts", "        yield* outbox.rest();\n        throw error;", "        throw error;"),
    ],
    caughtBy: "test/unit/aggregate/aggregate.test.ts",
  },
  {
    name: "aggregate: records in batches come last first",
    edits: [
      edit("aggregate/outbox.ts", "    return this.#sealed.shift();\n  }\n}", "    return this.#sealed.pop();\n  }\n}"),
    ],
    caughtBy: "test/unit/aggregate/outbox.test.ts",
  },
];
