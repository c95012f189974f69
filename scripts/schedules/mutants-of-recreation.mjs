import { edit } from "./mutant.mjs";

/**
 * A stream that is deleted and created again, under the same shard ids.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_RECREATION = [
  {
    name: "an equal shard id is taken for the predicted shard",
    edits: [
      edit("pipeline/stream/misplacement.ts", " && this.#parts.facts.shards.isAnswerOf(shard, sequenceNumber);", ";"),
    ],
  },
  {
    name: "an answer is judged by the range of its shard in another creation of the stream",
    edits: [
      edit(
        "core/shards/stream-shards.ts",
        "known === undefined || this.#isOther(known, shardId, sequenceNumber) ? undefined",
        "known === undefined ? undefined",
      ),
    ],
  },
  {
    name: "records that a deleted stream took count as delivered",
    edits: [edit("core/shards/stream-shards.ts", "return read.createdSecond < known.span.second;", "return false;")],
  },
  {
    name: "a list of a stream that is gone is a map",
    edits: [
      edit(
        "core/shards/stream-shards.ts",
        'if (creation === "earlier") return new ShardMapProblem("the list is of a stream that is gone");',
        "",
      ),
    ],
    caughtBy: "test/unit/core/shards/stream-shards.test.ts",
  },
  {
    name: "records that the new stream took before it was known are sent again",
    edits: [
      edit("pipeline/stream/misplacement.ts", "(isRecreated && !facts.shards.tellsItsCreation(answer))", "isRecreated"),
    ],
    caughtBy: "test/unit/pipeline/recreated-stream.test.ts",
  },
  {
    name: "the lanes of a stream that is gone are kept",
    edits: [edit("pipeline/stream/stream-pipeline.ts", "router.onStreamReplaced(now);", "router.onMapReplaced(now);")],
    caughtBy: "test/unit/pipeline/recreated-stream.test.ts",
  },
  {
    name: "one list of the stream that is gone refutes the evidence",
    edits: [edit("pipeline/stream/stream-facts.ts", "const MOST_LISTS = 12;", "const MOST_LISTS = 1;")],
  },
  {
    name: "numbers that never agree with a list are read for ever",
    edits: [
      edit("pipeline/stream/stream-facts.ts", "const MOST_LISTS = 12;", "const MOST_LISTS = Number.POSITIVE_INFINITY;"),
    ],
    caughtBy: "test/unit/pipeline/recreated-stream.test.ts",
  },
];
