import { edit } from "./mutant.mjs";

const DISASTERS = "test/unit/pipeline/disasters.test.ts";
const LINES = "test/unit/pipeline/log-lines.test.ts";
const CONDITION = "test/unit/core/condition/stream-condition.test.ts";
const SENDING = "test/unit/core/condition/sending.test.ts";
const THROTTLED = "test/unit/core/condition/throttled-shards.test.ts";
const FAILED = "test/unit/core/condition/failed-records.test.ts";
const LIMIT = "test/unit/core/condition/line-limit.test.ts";
const LOG = "test/unit/edge/producer-log.test.ts";
const HEALTH = "test/unit/health.test.ts";

/**
 * Lines of the log, and health: the view of an on-call person.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_CONDITION = [
  {
    name: "a throttled shard that closes leaves no trace in the time since which the stream is ok",
    edits: [
      edit("core/condition/throttled-shards.ts", "if (shard.isTold) this.#endedAt", "if (epochAt < 0) this.#endedAt"),
    ],
    caughtBy: CONDITION,
  },
  {
    name: "the logger runs within a put, or in the middle of a decision",
    edits: [
      edit(
        "pipeline/streams.ts",
        "      teller.push(new CallTelling(clock, parts.log, entry));",
        "      parts.log(entry);\n      if (teller === undefined) new CallTelling(clock, parts.log, entry);",
      ),
    ],
    caughtBy: LINES,
  },
  {
    name: "close() resolves before the last lines are written",
    edits: [
      edit(
        "pipeline/lifecycle.ts",
        "    if (!streams.teller.isToldThrough(streams.teller.pushed)) await this.flush();\n",
        "",
      ),
    ],
    caughtBy: LINES,
  },
  {
    name: "failures without a line are forgotten by close()",
    edits: [edit("pipeline/lifecycle.ts", "    streams.writeLastLines();\n", "")],
    caughtBy: LINES,
  },
  {
    name: "aborted records count as failed for good",
    edits: [edit("pipeline/settlement/failed-telling.ts", 'reason.code !== "KP_ABORTED"', 'reason.message !== ""')],
    caughtBy: LINES,
  },
  {
    name: "a request that fails among answers counts as an outage",
    edits: [
      edit("core/condition/sending.ts", "    this.#trouble = undefined;\n    this.#endedAt", "    this.#endedAt"),
    ],
    caughtBy: SENDING,
  },
  {
    name: "one failed request counts as an outage",
    edits: [edit("core/condition/sending.ts", "(requests >= 2 && ", "(requests >= 1 && ")],
    caughtBy: SENDING,
  },
  {
    name: "an outage begins at an answer that is long ago",
    edits: [
      edit(
        "core/condition/sending.ts",
        "Math.max(startedAt, this.#answeredAt)",
        "Math.min(startedAt, this.#answeredAt)",
      ),
    ],
    caughtBy: SENDING,
  },
  {
    name: "requests that were in flight together when a token expired count as a second refusal",
    edits: [
      edit(
        "core/condition/sending.ts",
        "trouble.rounds === 0 || startedAt >= trouble.last.at",
        "trouble.requests >= 0",
      ),
    ],
    caughtBy: SENDING,
  },
  {
    name: "a stream is down until a request is answered, which a probe prevents",
    edits: [edit("core/condition/sending.ts", "now - last.at >= DOWN_FOR_MS", "now - last.at === Number.NaN")],
    caughtBy: DISASTERS,
  },
  {
    name: "denied access is degraded, not down",
    edits: [
      edit(
        "core/condition/sending.ts",
        "if (isLasting(trouble) || isFinal(trouble)) return",
        "if (isLasting(trouble) || trouble.rounds > 5) return",
      ),
    ],
    caughtBy: DISASTERS,
  },
  {
    name: "a connection that died while it was idle counts as a failure of the service",
    edits: [
      edit("core/condition/stream-condition.ts", "failure.isStaleConnection !== true", "failure.code !== undefined"),
    ],
    caughtBy: CONDITION,
  },
  {
    name: "a request refused for one record counts as a failure of the service",
    edits: [
      edit("core/condition/stream-condition.ts", 'failureClass === "bad-record"', 'failureClass === "clock-skew"'),
    ],
    caughtBy: CONDITION,
  },
  {
    name: "a refusal alone counts as throttling",
    edits: [edit("core/condition/throttled-shards.ts", "const TOLD_AFTER_MS = 1_000;", "const TOLD_AFTER_MS = 0;")],
    caughtBy: DISASTERS,
  },
  {
    name: "a shard to which nothing is sent has recovered",
    edits: [
      edit(
        "core/condition/throttled-shards.ts",
        "shard.acceptedAt > shard.lastAt || !shard.isTold",
        "shard.lastAt < now",
      ),
    ],
    caughtBy: THROTTLED,
  },
  {
    name: "an accepted record ends the throttling of its shard at once",
    edits: [
      edit(
        "core/condition/throttled-shards.ts",
        "      const dueAt = shard.lastAt + RECOVERED_AFTER_MS;",
        "      const dueAt = shard.acceptedAt > shard.lastAt ? now : shard.lastAt + RECOVERED_AFTER_MS;",
      ),
      edit(
        "core/condition/throttled-shards.ts",
        "this.nextAt = Math.min(this.nextAt, shard.lastAt + RECOVERED_AFTER_MS);",
        "this.nextAt = now;",
      ),
    ],
    caughtBy: THROTTLED,
  },
  {
    name: "shards that closed stay throttled",
    edits: [
      edit(
        "core/condition/stream-condition.ts",
        "    this.#shards.keep(isOpen, this.#moment(now));\n",
        "    isOpen.name;\n",
      ),
    ],
    caughtBy: CONDITION,
  },
  {
    name: "records that fail have a line each",
    edits: [edit("core/condition/failed-records.ts", "this.#toldAt + MINUTE_MS : Number", "this.#toldAt : Number")],
    caughtBy: FAILED,
  },
  {
    name: "the first failure waits for the end of its minute",
    edits: [
      edit(
        "core/condition/failed-records.ts",
        "  #toldAt: number = Number.NEGATIVE_INFINITY;",
        "  #toldAt: number = 0;",
      ),
    ],
    caughtBy: FAILED,
  },
  {
    name: "the line has the first cause in place of the most frequent one",
    edits: [edit("core/condition/failed-records.ts", "if (count > most.count)", "if (most.count === 0)")],
    caughtBy: FAILED,
  },
  {
    name: "flapping writes lines without bound",
    edits: [edit("core/condition/line-limit.ts", "    return lines > 0;", "    return lines >= 0;")],
    caughtBy: LIMIT,
  },
  {
    name: "all events of a stream share one budget of lines: throttled shards hide an outage",
    edits: [
      edit(
        "core/condition/line-limit.ts",
        "    const allowance = this.#allowances.get(event) ??",
        "    const allowance = [...this.#allowances.values()].at(-1) ??",
      ),
    ],
    caughtBy: LIMIT,
  },
  {
    name: "a broken logger causes a warning for each line",
    edits: [edit("edge/warning-logger.ts", "streams.has(key) || ", "")],
    caughtBy: LOG,
  },
  {
    name: "the methods of a logger lose their object",
    edits: [
      edit(
        "edge/producer-log.ts",
        "  return logger[level]?.(fields, message);",
        "  const write = logger[level];\n  return write?.(fields, message);",
      ),
    ],
    caughtBy: LOG,
  },
  {
    name: "a logger with warn alone loses the errors",
    edits: [edit("edge/producer-log.ts", 'level === "error" && logger.error === undefined', "level !== level.trim()")],
    caughtBy: LOG,
  },
  {
    name: "one stream that is down makes the whole process unready",
    edits: [edit("health.ts", 'statuses.size <= 1 ? only : "degraded"', 'statuses.has("down") ? "down" : only')],
    caughtBy: HEALTH,
  },
  {
    name: "a producer that closes is ready",
    edits: [
      edit("health.ts", 'isClosed ? "down" : statusOfAll(statuses)', "isClosed ? only(statuses) : only(statuses)"),
      edit("health.ts", "function statusOfAll(", "function only("),
    ],
    caughtBy: HEALTH,
  },
  {
    name: "throttling of a lane is not reported",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        "    condition.onThrottled(shard?.shardId, records, rateFactor, now);",
        "    if (records > 99) condition.onThrottled(shard?.shardId, records, rateFactor, now);",
      ),
    ],
    caughtBy: DISASTERS,
  },
  {
    name: "an accepted record is not reported: no shard recovers, and no success has a time",
    edits: [edit("pipeline/stream/answers.ts", "    reading.hasAccepted = true;\n", "")],
    caughtBy: DISASTERS,
  },
];
