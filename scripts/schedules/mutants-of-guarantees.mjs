import { edit } from "./mutant.mjs";

/**
 * Clauses of docs/guarantees.md that once had no test which could fail.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_GUARANTEES = [
  {
    name: "a stream without predicted shards has the pace of one shard",
    edits: [
      edit(
        "pipeline/stream/router.ts",
        "scaled(shardLimits, facts.shardCount)",
        "scaled(shardLimits, facts.shardCount * 0 + 1)",
      ),
    ],
    caughtBy: "test/unit/pipeline/stream-pace.test.ts",
  },
  {
    name: "throttling does not lower the pace of a stream without predicted shards",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        "for (let i = 0; i < throttled; i++)",
        "for (let i = 0; i < throttled && lane.shard !== undefined; i++)",
      ),
    ],
    caughtBy: "test/unit/pipeline/stream-pace.test.ts",
  },
  {
    name: "a stream without predicted shards is divided among them",
    edits: [
      edit(
        "pipeline/stream/router.ts",
        "this.#routing.map?.shards.length ?? 1);",
        "this.#routing.map?.shards.length ?? 4);",
      ),
    ],
    caughtBy: "test/unit/pipeline/hot-shard.test.ts",
  },
  {
    name: "a misplaced copy counts against maxAttempts",
    edits: [
      edit("pipeline/stream/answers.ts", "{ counted: 0, mayBeStored: false }", "{ counted: 1, mayBeStored: false }"),
    ],
    caughtBy: "test/unit/pipeline/wrong-shard.test.ts",
  },
  {
    name: "a busy stream keeps the request slots",
    edits: [
      edit(
        "pipeline/streams.ts",
        "      // Moves the stream to the end of the order.\n      this.#senders.add(stream);",
        "      const others = [...this.#senders];\n      this.#senders.clear();\n      for (const each of [stream, ...others]) this.#senders.add(each);",
      ),
    ],
    caughtBy: "test/unit/pipeline/linger.test.ts",
  },
  {
    name: "answers to requests from before a cut lower the rate again",
    edits: [
      edit("core/pacing/adaptive-rate.ts", "if (startedAt < this.#loweredAt && !isOfSameAnswer) return false;", ""),
    ],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
];
