import { edit } from "./mutant.mjs";

/**
 * The pace after a storm, and before a record expires.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_PACE = [
  {
    name: "the way back is open only where nothing was taken",
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
    name: "a record that is about to expire keeps to the adapted rate",
    edits: [
      edit(
        "core/shard-limiter.ts",
        "const factor = this.#isHasty ? 1 : this.#rate.factor;",
        "const factor = this.#rate.factor;",
      ),
    ],
    caughtBy: "test/unit/core/shard-limiter.test.ts",
  },
  {
    name: "nobody looks again when a record is halfway to its expiry",
    edits: [edit("core/shard-limiter.ts", "Math.min(this.#overdueAt, hastyAt)", "this.#overdueAt")],
    caughtBy: "test/unit/core/shard-limiter.test.ts",
  },
  {
    name: "a pause outlasts the record it holds back",
    edits: [edit("core/retry-policy.ts", "limitsBefore(this.#limits, expiresAt - now)", "this.#limits")],
    caughtBy: "test/unit/core/retry-policy.test.ts",
  },
];
