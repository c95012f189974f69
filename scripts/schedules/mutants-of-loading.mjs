import { edit } from "./mutant.mjs";

const LOADING_TEST = "test/unit/edge/lazy-sdk.test.ts";

/**
 * The SDK is loaded behind the construction of the producer.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_LOADING = [
  {
    name: "an SDK that cannot be loaded ends the process",
    edits: [edit("edge/lazy-sdk.ts", "  loading.catch(() => undefined);\n", "")],
    caughtBy: LOADING_TEST,
  },
  {
    name: "an SDK that cannot be loaded is tried again until the record expires",
    edits: [edit("edge/configuration-failure.ts", "  if (error instanceof SdkNotLoadedError) return true;\n", "")],
    caughtBy: LOADING_TEST,
  },
  {
    name: "the SDK is loaded although nothing needs it",
    edits: [
      edit(
        "producer.ts",
        'if (typeof values.transport !== "object" || values.directory === undefined) void loadSdk();',
        "void loadSdk();",
      ),
    ],
    caughtBy: LOADING_TEST,
  },
  {
    name: "a client is made after close(), when the SDK has been loaded",
    edits: [edit("edge/sdk-client.ts", "    this.#refuseWhenClosed();\n    this.#own ??=", "    this.#own ??=")],
    caughtBy: LOADING_TEST,
  },
];
