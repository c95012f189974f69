import { edit } from "./mutant.mjs";

/**
 * Settling, room, waiting, time.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_SETTLING = [
  {
    name: "settle twice: failed at close, then answered",
    edits: [
      edit("core/record/pending-kinesis-record.ts", '    if (this.#fate === "open") this.#fate = "decided";\n', ""),
    ],
  },
  {
    name: "settle twice: expired, then delivered with what was left of its aggregate",
    edits: [edit("core/record/pending-kinesis-record.ts", "    this.#keepSettler(index, GONE);\n", "")],
  },
  {
    name: "settle twice: expired, then expired again",
    edits: [edit("pipeline/settlement/settlement.ts", "      record.markGone(i, placed.bufferedBytes);\n", "")],
  },
  {
    name: "records in flight expire",
    edits: [
      edit(
        "pipeline/streams.ts",
        "  drain(now: number): number {\n",
        `  drain(now: number): number {
          for (const [{ items }, owner] of this.#sender.inFlight)
            for (const { record } of items)
              owner.settlement.failWhere(record, ({ acceptedAt }) =>
                acceptedAt + this.#shared.settings.recordTtlMs > now ? undefined : { code: "KP_RECORD_EXPIRED", message: "" });
        `,
      ),
    ],
  },
  {
    name: "no timer is armed for an expiry",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "if (sweeper.onQueued(record.acceptedAt)) this.#shared.wakeAt(sweeper.nextAt);",
        "",
      ),
    ],
  },
  {
    name: "an abort is only noticed with the next event",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "    this.#culling.sweeper.onAborted();\n    this.#shared.wake();",
        "    this.#culling.sweeper.onAborted();",
      ),
    ],
  },
  {
    name: "room is not given back by a failure",
    edits: [
      edit(
        "pipeline/settlement/failed-telling.ts",
        "parts.release(placed.budget, 1, placed.bufferedBytes);",
        "parts.release(placed.budget, 1, 0);",
      ),
    ],
  },
  {
    name: "room held for ready() is never given back",
    edits: [
      edit(
        "pipeline/entry/admission.ts",
        "    this.#parts.budget.release(hold.budget, hold.records, hold.bytes);\n",
        "",
      ),
    ],
  },
  {
    name: "callers that wait for room are overtaken",
    edits: [edit("pipeline/entry/admission.ts", "if (queue.inLine > 0 || queue.hasLine(lane)) return false;", "")],
  },
  {
    name: "records that are settled twice are counted below zero",
    edits: [edit("core/settlement-ledger.ts", "    if (left < 0) throw this.#settledTooMany(generation, left);\n", "")],
    caughtBy: "test/unit/core/settlement-ledger.test.ts",
  },
  {
    name: "room that is given back twice is counted below zero",
    edits: [
      edit(
        "core/buffer-budget.ts",
        "    if (shard.records < 0 || shard.bytes < 0) throw heldLessThanNothing(shard);\n",
        "",
      ),
    ],
    caughtBy: "test/unit/core/buffer-budget.test.ts",
  },
  {
    name: "flush resolves early",
    edits: [
      edit(
        "core/settlement-ledger.ts",
        "for (const open of this.#closed.keys()) return open - 1;",
        "for (const open of this.#closed.keys()) return open;",
      ),
    ],
  },
  {
    name: "flush resolves before the callers of the last records have run",
    edits: [
      edit(
        "pipeline/streams.ts",
        "this.#shared.clock.defer(() => {\n      for (const flush of done) flush();\n    });",
        "for (const flush of done) flush();",
      ),
    ],
    caughtBy: "test/unit/pipeline/flush.test.ts",
  },
  {
    name: "an answer causes no drain",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "    this.#culling.failedKeys.settle();\n    this.#shared.wake();",
        "    this.#culling.failedKeys.settle();",
      ),
    ],
  },
  {
    name: "a timer is left when idle",
    edits: [edit("pipeline/streams.ts", "if (!this.#isAwaited()) return Number.POSITIVE_INFINITY;", "")],
  },
  {
    name: "the linger is ignored",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "settlement, recorder, streamBudget: this.budget };",
        "settlement, recorder, streamBudget: this.budget, lingerMs: 0 };",
      ),
      edit(
        "pipeline/stream/departures.ts",
        "collectRequest(router.schedule, now, request, lingerMs)",
        "collectRequest(router.schedule, now, request, 0 * lingerMs)",
      ),
    ],
    caughtBy: "test/unit/pipeline/linger.test.ts",
  },
  {
    name: "one request in flight too many",
    edits: [
      edit("pipeline/sender.ts", "this.#inFlight.size < this.#maxInFlight", "this.#inFlight.size <= this.#maxInFlight"),
    ],
  },
  {
    name: "packing again forgets the tags",
    edits: [
      edit("core/record/record-reader.ts", "record.tags = decoded.tagBytesOf(index);", "record.tags = undefined;"),
    ],
  },
  {
    name: "a lone record with tags goes raw",
    edits: [
      edit("core/record/pending-kinesis-record.ts", "this.count === 1 && !encoder.hasTags", "this.count === 1"),
      edit("core/record/pending-kinesis-record.ts", "this.count > 1 || this.#encoder.hasTags ||", "this.count > 1 ||"),
    ],
  },
  {
    name: "a put that waits for room has the id of a later record",
    edits: [edit("core/record/placed-record.ts", "new Uint8Array(record.tags)", "record.tags")],
  },
  {
    name: "tags do not count in the buffer when they are given back",
    edits: [
      edit(
        "core/record/pending-kinesis-record.ts",
        "this.#liveBytes += record.bufferedBytes;",
        "this.#liveBytes += record.key.bytes + record.dataBytes;",
      ),
    ],
  },
  {
    name: "a misspelt field of a record without key is overlooked",
    edits: [
      edit("core/record/record-check.ts", "partitionKey === undefined || this.#toLookAt > 0", "this.#toLookAt > 0"),
    ],
    caughtBy: "test/unit/core/record/record-check.test.ts",
  },
];
