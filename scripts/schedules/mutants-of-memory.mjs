import { edit } from "./mutant.mjs";

/**
 * Memory in addition to the bytes of the buffer.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_MEMORY = [
  {
    name: "requests start while the bodies of others wait for the network",
    edits: [edit("pipeline/sender.ts", " && !this.#outflow.isFull", "")],
    caughtBy: "test/unit/pipeline/sender.test.ts",
  },
  {
    name: "no drain follows when the network has taken bodies",
    edits: [edit("core/outflow.ts", "if (wasFull && !this.isFull) this.onRoom();", "")],
    caughtBy: "test/unit/core/outflow.test.ts",
  },
  {
    name: "a body is never told to be sent",
    edits: [edit("edge/http-exchange.ts", 'sent.once("finish"', 'sent.once("finished"')],
    caughtBy: "test/unit/edge/http-exchange.test.ts",
  },
  {
    name: "a connection is given whole bodies",
    edits: [edit("edge/http-exchange.ts", "const SLICE_BYTES = 65_536;", "const SLICE_BYTES = 1e9;")],
    caughtBy: "test/unit/edge/http-exchange.test.ts",
  },
  {
    name: "an idle producer keeps a body however large",
    edits: [edit("edge/body-buffers.ts", "(inUse === 0 ? spare > 0 : spare > 1)", "spare > 1")],
    caughtBy: "test/unit/edge/body-buffers.test.ts",
  },
];
