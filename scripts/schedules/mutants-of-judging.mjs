import { edit } from "./mutant.mjs";

/**
 * Records that another shard took, and records that come back.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_JUDGING = [
  {
    name: "judge per user record, as the KPL up to 1.0.7 does",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "import type { PlacedRecord }",
        'import { PendingKinesisRecord } from "../../core/record/pending-kinesis-record.js";\nimport type { PlacedRecord }',
      ),
      edit("pipeline/stream/misplacement.ts", "  #placementOf(", "  verdictOn("),
      edit(
        "pipeline/stream/misplacement.ts",
        "const placement = this.#placementOf(record, answer);",
        "const placement = this.verdictOn(record, answer);",
      ),
      edit(
        "pipeline/stream/misplacement.ts",
        "const placement = this.#placementOf(taken.record, answer);",
        "const placement = this.verdictOn(taken.record, answer);",
      ),
      edit(
        "pipeline/stream/misplacement.ts",
        "record.hasOneKey && this.#placementOf(record, answer)",
        "record.hasOneKey && this.verdictOn(record, answer)",
      ),
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "for (const { taken } of records) {",
        "for (const { taken, answer } of records) {",
      ),
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "taken.record.history = asMisplaced(taken.record.history, why);",
        `for (const [i, placed] of taken.record.records().entries()) {
          const one = PendingKinesisRecord.begin(placed, 1e6, taken.record.history);
          if (typeof placed.settler === "symbol") continue;
          if (this.#misplacement.verdictOn(one, answer) !== "inside") continue;
          taken.record.markGone(i, placed.bufferedBytes);
          this.settlement.delivered(one, answer);
        }
        taken.record.history = asMisplaced(taken.record.history, why);`,
      ),
    ],
  },
  {
    name: "judge an aggregate by its first record",
    edits: [
      edit(
        "pipeline/stream/misplacement.ts",
        "if (!rangeCovers(range, scratch)) return false;",
        "return rangeCovers(range, scratch);",
      ),
    ],
  },
  {
    name: "retry without refresh",
    edits: [
      edit(
        "pipeline/stream/misplacement.ts",
        'placement === "outside" && facts.askedAt >= answeredAt',
        'placement === "outside"',
      ),
    ],
  },
  {
    name: "a refresh that was under way counts as an answer to the evidence",
    edits: [
      edit(
        "pipeline/stream/shard-map-refresher.ts",
        "    this.#isWanted = true;\n  }\n\n  /** Starts a refresh",
        "    if (!this.#isBusy) this.#isWanted = true;\n  }\n\n  /** Starts a refresh",
      ),
    ],
    caughtBy: "test/unit/pipeline/wrong-shard.test.ts",
  },
  {
    name: "an aggregate that no range is known for counts as delivered",
    edits: [
      edit(
        "pipeline/stream/misplacement.ts",
        'if (range === undefined) return "undecided";',
        'if (range === undefined) return "inside";',
      ),
    ],
  },
  {
    name: "an aggregate of one key in an unlisted shard is delivered at once",
    edits: [
      edit(
        "pipeline/stream/misplacement.ts",
        'placement === "inside" || (placement === "undecided" && !this.#wasBelieved(lane))',
        'placement === "inside" || (placement === "undecided" && lane.shard !== undefined)',
      ),
    ],
  },
  {
    name: "an aggregate made before its lane lost trust is delivered at once",
    edits: [edit("pipeline/stream/misplacement.ts", ' || packing === "none");', ");")],
    caughtBy: "test/unit/pipeline/lost-trust.test.ts",
  },
  {
    name: "a misplaced copy is forgotten",
    edits: [
      edit(
        "core/record/delivery-history.ts",
        'errorCode: "WrongShard", errorMessage }],\n    mayBeStored: true,',
        'errorCode: "WrongShard", errorMessage }],',
      ),
    ],
  },
  {
    name: "close forgets records that wait for a verdict",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "for (const { taken } of this.#misplacement.takeAll()) {",
        "for (const { taken } of this.#misplacement.takeAll().slice(0, 0)) {",
      ),
    ],
  },
  {
    name: "records that wait for a verdict fail as if nothing was stored",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "{ ...taken.record.history, mayBeStored: true }",
        "{ ...taken.record.history }",
      ),
    ],
  },
  {
    name: "a verdict is waited for without a bound",
    edits: [
      edit(
        "pipeline/stream/misplacement.ts",
        'if (now < answeredAt + boundMs) return "leave";',
        'if (now >= 0) return "leave";',
      ),
    ],
  },
  {
    name: "a closed shard is predicted again",
    edits: [edit("core/shards/stream-shards.ts", "if (this.#closed.has(shardId))", 'if (shardId === "")')],
    caughtBy: "test/unit/core/shards/stream-shards.test.ts",
  },
  {
    name: "ranges of closed shards are forgotten with each map",
    edits: [
      edit(
        "core/shards/stream-shards.ts",
        "    this.#keep(shards, now);\n    for",
        "    this.#known.clear();\n    this.#keep(shards, now);\n    for",
      ),
    ],
    caughtBy: "test/unit/core/shards/stream-shards.test.ts",
  },
  {
    name: "the suspicion of AUTO is ignored",
    edits: [
      edit("pipeline/stream/misplacement.ts", '    if (this.#keys === "trusted") this.#keys = "suspected";\n', ""),
    ],
    caughtBy: "test/unit/pipeline/lost-trust.test.ts",
  },

  {
    name: "drop on reset",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        "if (this.#mayRetry(taken.record, failureClass, code, message)) reading.requeue(taken);",
        'if (code !== "ECONNRESET" && this.#mayRetry(taken.record, failureClass, code, message)) reading.requeue(taken);',
      ),
    ],
  },
  {
    name: "a refused entry counts as accepted",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        'return "sequenceNumber" in answer;',
        'return !("errorCode" in answer) || answer.errorCode === "InternalFailure";',
      ),
    ],
  },
  {
    name: "mayBeStored forgotten after a request that failed",
    edits: [
      edit("pipeline/stream/answers.ts", "mayBeStored: !hasBadRecord && failure.mayBeStored }", "mayBeStored: false }"),
    ],
  },
  {
    name: "mayBeStored forgotten after an entry that failed",
    edits: [edit("pipeline/stream/answers.ts", 'mayBeStored: failureClass === "transient" }', "mayBeStored: false }")],
  },
  {
    name: "maxAttempts: one too many",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        "if (record.history.counted >= maxAttempts)",
        "if (record.history.counted > maxAttempts)",
      ),
    ],
  },
  {
    name: "maxAttempts: one too few",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        "if (record.history.counted >= maxAttempts)",
        "if (record.history.counted + 1 >= maxAttempts)",
      ),
    ],
  },
  {
    name: "the bad record's neighbours fail with it",
    edits: [
      edit("pipeline/stream/answers.ts", "if (hasBadRecord) this", "if (hasBadRecord && live.length < 0) this"),
      edit(
        "pipeline/stream/answers.ts",
        'if (failureClass === "fatal" || failureClass === "no-stream") {',
        'if (hasBadRecord || failureClass === "fatal" || failureClass === "no-stream") {',
      ),
    ],
    caughtBy: "test/unit/pipeline/culprits.test.ts",
  },
  {
    name: "histories are mixed in one aggregate",
    edits: [
      edit(
        "core/record/pending-kinesis-record.ts",
        "generation < this.#generations.last || history !== this.history",
        "generation < this.#generations.last",
      ),
    ],
    caughtBy: "test/unit/core/lane/aggregator.test.ts",
  },
  {
    name: "hash keys are lost when records are re-packed",
    edits: [
      edit(
        "core/record/record-reader.ts",
        "record.explicitHashKey = decoded.explicitHashKeyOf(index);",
        "record.explicitHashKey = undefined;",
      ),
    ],
  },
  {
    name: "the pause of the stream is ignored",
    edits: [
      edit(
        "pipeline/stream/departures.ts",
        "if (this.pause.until > now || !this.#mayRepeat || at > now) return [];",
        "if (!this.#mayRepeat || at > now) return [];",
      ),
    ],
    caughtBy: "test/unit/pipeline/retries.test.ts",
  },
  {
    name: "the retry budget is ignored",
    edits: [
      edit(
        "core/pacing/retry-budget.ts",
        "return this.#left === CAPACITY ? Number.POSITIVE_INFINITY : Math.max(1, this.#left);",
        "return Number.POSITIVE_INFINITY;",
      ),
    ],
    caughtBy: "test/unit/pipeline/outage.test.ts",
  },
  {
    name: "records with tags are sent again without end on a stream that ignores keys and says so nowhere",
    edits: [
      edit("pipeline/stream/misplacement.ts", '      this.#keys = "believed";', '      this.#keys = "suspected";'),
    ],
    caughtBy: "test/unit/pipeline/tags.test.ts",
  },
];
