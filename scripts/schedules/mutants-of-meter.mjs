import { edit } from "./mutant.mjs";

const METER_TEST = "test/unit/pipeline/meter.test.ts";

/**
 * Counts and gauges of `stats()`.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_METER = [
  {
    name: "codes without number take memory without bound",
    edits: [edit("metrics/count-by-code.ts", "counts.size < MOST_CODES", "counts.size < 1e9")],
    caughtBy: "test/unit/metrics/count-by-code.test.ts",
  },
  {
    name: "a late answer about a forgotten stream wakes it",
    edits: [
      edit(
        "pipeline/streams.ts",
        "      if (stream.isForgotten) return;\n      this.#agenda.wake(stream);",
        "      this.#agenda.wake(stream);",
      ),
    ],
    caughtBy: "test/unit/pipeline/many-streams.test.ts",
  },
  {
    name: "records in flight have no age",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "Math.min(this.departures.oldestInFlightAt(), this.#misplacement.oldestHeldAt())",
        "this.#misplacement.oldestHeldAt()",
      ),
    ],
    caughtBy: METER_TEST,
  },
  {
    name: "held records have no age",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "Math.min(this.departures.oldestInFlightAt(), this.#misplacement.oldestHeldAt())",
        "this.departures.oldestInFlightAt()",
      ),
    ],
    caughtBy: METER_TEST,
  },
  {
    name: "the age of a queue is its expiry floor",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "Math.min(at, lane.queue.oldestAt())",
        "Math.min(at, lane.queue.expiryFloor)",
      ),
    ],
    caughtBy: METER_TEST,
  },
  {
    name: "a request that never left the process counts as sent",
    edits: [edit("pipeline/stream/request-count.ts", "answer.isUnsent === true", "false")],
    caughtBy: METER_TEST,
  },
  {
    name: "a refused connection counts as sent",
    edits: [edit("edge/sdk-failure.ts", "!mayHaveLeft ? { isUnsent: true } : {}", "!mayHaveLeft ? {} : {}")],
    caughtBy: "test/unit/edge/sdk-failure-steps.test.ts",
  },
  {
    name: "a closed shard stays for ever",
    edits: [edit("pipeline/stream/stream-pipeline.ts", "inUse.has(shardId) || holding.has(shardId)", "true")],
    caughtBy: METER_TEST,
  },
  {
    name: "a closed shard leaves before its last record",
    edits: [
      edit("pipeline/stream/stream-pipeline.ts", "inUse.has(shardId) || holding.has(shardId)", "inUse.has(shardId)"),
    ],
    caughtBy: METER_TEST,
  },
  {
    name: "the counts of a shard that leaves are lost",
    edits: [edit("metrics/recorder.ts", "this.#others.add(shard);", "")],
    caughtBy: "test/unit/metrics/recorder.test.ts",
  },
  {
    name: "a backlog counts from its last refusal",
    edits: [edit("core/pacing/paced-time.ts", "if (dueAt > this.#until) this.#from = now;", "this.#from = now;")],
    caughtBy: "test/unit/core/pacing/paced-time.test.ts",
  },
  {
    name: "the pause after throttling is no pacing",
    edits: [edit("pipeline/stream/answers.ts", "if (throttled > 0) lane.onThrottledPause(now);", "")],
    caughtBy: METER_TEST,
  },
  {
    name: "a slice that leaves the last minute is lost",
    edits: [edit("metrics/recent-outcomes.ts", "if (!stays(slice)) this.#past.merge(slice.latencyMs);", "")],
    caughtBy: "test/unit/metrics/recent-outcomes.test.ts",
  },
  {
    name: "a value at the bound of a bucket is in the next one",
    edits: [
      edit(
        "metrics/bucket-grid.ts",
        "Math.ceil(value * this.#unitsPerValue - ROUNDING) - 1",
        "Math.floor(value * this.#unitsPerValue)",
      ),
    ],
    caughtBy: "test/unit/metrics/bucket-grid.test.ts",
  },
  {
    name: "only the first attempt has a buffering time",
    edits: [edit("pipeline/settlement/delivered-telling.ts", "i < attempts.length; i++", "i < 1; i++")],
    caughtBy: METER_TEST,
  },
];
