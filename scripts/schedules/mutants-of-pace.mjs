import { edit } from "./mutant.mjs";

/**
 * The pace after a storm, and before a record expires.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_PACE = [
  {
    name: "where records expire, a storm lowers the rate",
    edits: [edit("core/pacing/adaptive-rate.ts", "    if (this.#trouble?.isYoung(now) === true) return false;\n", "")],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
  {
    name: "where records expire, a contest counts as a storm for ever",
    edits: [
      edit(
        "core/pacing/trouble.ts",
        "now - this.#beganAt < YOUNG_MS",
        "now - this.#beganAt < Number.POSITIVE_INFINITY",
      ),
    ],
    caughtBy: "test/unit/core/pacing/trouble.test.ts",
  },
  {
    name: "records that are late are no trouble",
    edits: [edit("core/pacing/adaptive-rate.ts", "isHeldBack || lateMs >= LATE_MS", "isHeldBack")],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
  {
    name: "a rate that holds records back in a contest begins young trouble",
    edits: [edit("core/pacing/trouble.ts", "isHeldBack ? Number.NEGATIVE_INFINITY : now", "now")],
    caughtBy: "test/unit/core/pacing/trouble.test.ts",
  },
  {
    name: "a storm meets the rate of a contest that is over",
    edits: [
      edit(
        "core/pacing/adaptive-rate.ts",
        " && this.#factor < 1) this.restart(now)",
        " && this.#factor > 1) this.restart(now)",
      ),
    ],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
  {
    name: "a rate that begins again is lowered at once",
    edits: [edit("core/pacing/adaptive-rate.ts", "    this.#trouble?.restart(now);\n", "")],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
  {
    name: "a burst after an outage counts as no use",
    edits: [edit("core/pacing/adaptive-rate.ts", "Math.max(this.#inSecond, this.#inSecondBefore) - this.#last", "0")],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
  {
    name: "an uneven second of a small rate counts as its usage",
    edits: [
      edit("core/pacing/adaptive-rate.ts", "return seconds >= BURST_OF_CEILING ? seconds : 0;", "return seconds;"),
    ],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
  {
    name: "a record that is about to expire keeps to the adapted rate",
    edits: [
      edit("core/pacing/shard-limiter.ts", "const factor = this.rateFactor;", "const factor = this.#rate.factor;"),
    ],
    caughtBy: "test/unit/core/pacing/shard-limiter.test.ts",
  },
  {
    name: "where records never expire, a contest counts as a storm",
    edits: [edit("core/pacing/adaptive-rate.ts", "expires ? new Trouble() : undefined", "new Trouble()")],
    caughtBy: "test/unit/core/pacing/adaptive-rate.test.ts",
  },
  {
    name: "after haste the rate from before it goes on",
    edits: [edit("core/pacing/shard-limiter.ts", "    if (!this.#haste.isOn) this.#rate.restart(now);\n", "")],
    caughtBy: "test/unit/core/pacing/shard-limiter.test.ts",
  },
  {
    name: "a refusal in haste takes what was saved up",
    edits: [edit("core/pacing/shard-limiter.ts", "    if (this.#haste.isOn) return;\n", "")],
    caughtBy: "test/unit/core/pacing/shard-limiter.test.ts",
  },
  {
    name: "haste ends at the age at which it began",
    edits: [edit("core/pacing/haste.ts", "(before ? ENDS : BEGINS)", "BEGINS")],
    caughtBy: "test/unit/core/pacing/haste.test.ts",
  },
  {
    name: "no drain is due when haste begins",
    edits: [edit("core/pacing/shard-limiter.ts", "Math.min(this.#overdueAt, hastyAt)", "this.#overdueAt")],
    caughtBy: "test/unit/core/pacing/shard-limiter.test.ts",
  },
  {
    name: "a pause outlasts the record it holds back",
    edits: [edit("core/pacing/retry-policy.ts", "limitsBefore(this.#limits, expiresAt - now)", "this.#limits")],
    caughtBy: "test/unit/core/pacing/retry-policy.test.ts",
  },
];
