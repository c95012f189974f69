import { edit } from "./mutant.mjs";

/**
 * The pace after a storm, and before a record expires.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_PACE = [
  {
    name: "where records expire, the way back is open only where nothing was taken",
    edits: [
      edit(
        "core/adaptive-rate.ts",
        "if (isHeavy || !this.#hasAccepted) this.#open();",
        "if (!this.#hasAccepted) this.#open();",
      ),
    ],
    caughtBy: "test/unit/core/adaptive-rate.test.ts",
  },
  {
    name: "a burst after an outage counts as no use",
    edits: [edit("core/adaptive-rate.ts", "Math.max(this.#inSecond, this.#inSecondBefore) - this.#last", "0")],
    caughtBy: "test/unit/core/adaptive-rate.test.ts",
  },
  {
    name: "an uneven second of a small rate counts as its usage",
    edits: [edit("core/adaptive-rate.ts", "return seconds >= BURST_OF_CEILING ? seconds : 0;", "return seconds;")],
    caughtBy: "test/unit/core/adaptive-rate.test.ts",
  },
  {
    name: "a record that is about to expire keeps to the adapted rate",
    edits: [edit("core/shard-limiter.ts", "const factor = this.rateFactor;", "const factor = this.#rate.factor;")],
    caughtBy: "test/unit/core/shard-limiter.test.ts",
  },
  {
    name: "where records never expire, a contest counts as a storm",
    edits: [edit("core/adaptive-rate.ts", "if (!this.#expires) {", "if (this.#to === -1) {")],
    caughtBy: "test/unit/core/adaptive-rate.test.ts",
  },
  {
    name: "after haste the rate from before it goes on",
    edits: [edit("core/shard-limiter.ts", "    if (!this.#haste.isOn) this.#rate.restart(now);\n", "")],
    caughtBy: "test/unit/core/shard-limiter.test.ts",
  },
  {
    name: "a refusal in haste takes what was saved up",
    edits: [edit("core/shard-limiter.ts", "    if (this.#haste.isOn) return;\n", "")],
    caughtBy: "test/unit/core/shard-limiter.test.ts",
  },
  {
    name: "haste ends at the age at which it began",
    edits: [edit("core/haste.ts", "(before ? ENDS : BEGINS)", "BEGINS")],
    caughtBy: "test/unit/core/haste.test.ts",
  },
  {
    name: "nobody looks again when haste begins",
    edits: [edit("core/shard-limiter.ts", "Math.min(this.#overdueAt, hastyAt)", "this.#overdueAt")],
    caughtBy: "test/unit/core/shard-limiter.test.ts",
  },
  {
    name: "a pause outlasts the record it holds back",
    edits: [edit("core/retry-policy.ts", "limitsBefore(this.#limits, expiresAt - now)", "this.#limits")],
    caughtBy: "test/unit/core/retry-policy.test.ts",
  },
];
