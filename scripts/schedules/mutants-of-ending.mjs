import { edit } from "./mutant.mjs";

const CAUGHT_BY_SIGNALS = "test/unit/edge/closing-signals.test.ts";

/**
 * The end of the process, and what is on disk then.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_ENDING = [
  {
    name: "the first producer that is closed ends the process",
    edits: [
      edit(
        "edge/closing-signals.ts",
        "      await Promise.all([...this.#members]",
        "      await Promise.race([...this.#members]",
      ),
    ],
    caughtBy: CAUGHT_BY_SIGNALS,
  },
  {
    name: "the application's once listener is overlooked: it left before we looked",
    edits: [edit("edge/closing-signals.ts", "this.#leftInThisTurn.has(signal) || ", "")],
    caughtBy: CAUGHT_BY_SIGNALS,
  },
  {
    name: "dead letters are closed before the producers that tell them of failures",
    edits: [edit("edge/closing-signals.ts", "const rank = Math.min(", "const rank = Math.max(")],
    caughtBy: CAUGHT_BY_SIGNALS,
  },
  {
    name: "two copies of the package have a handler each",
    edits: [edit("edge/closing-signals.ts", "Symbol.for(", "Symbol(")],
    caughtBy: CAUGHT_BY_SIGNALS,
  },
];
