import { edit } from "./mutant.mjs";

const SERIALIZE = "test/unit/pipeline/serialize.test.ts";
const SERIALIZER = "test/unit/core/record/serializer.test.ts";
const GLUE = "test/unit/deaggregate/glue-frame.test.ts";

/**
 * Values of which `serialize` makes bytes, and the frame of the Glue Schema Registry.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_SERIALIZING = [
  {
    name: "after serialize has thrown once, every record is refused",
    edits: [edit("core/record/serializer.ts", "    } finally {\n      this.#isRunning = false;\n    }", "    }")],
    caughtBy: SERIALIZE,
  },
  {
    name: "serialize may hand over records without end",
    edits: [edit("core/record/serializer.ts", "    this.#isRunning = true;\n", "")],
    caughtBy: SERIALIZE,
  },
  {
    name: "a promise of serialize is sent as text",
    edits: [
      edit(
        "core/record/serializer.ts",
        "  throw new HookFailure(invalid(`serialize() must",
        '  if (typeof data === "object") return String(data);\n  throw new HookFailure(invalid(`serialize() must',
      ),
    ],
    caughtBy: SERIALIZER,
  },
  {
    name: "the buffer of serialize is kept, not copied, while a put waits for room",
    edits: [
      edit(
        "core/record/placed-record.ts",
        "copy.data = ownData(record.data, record.dataBytes);",
        "copy.data = record.data;",
      ),
    ],
    caughtBy: SERIALIZE,
  },
  {
    name: "a frame with an unknown compression is read",
    edits: [
      edit(
        "deaggregate/glue-frame.ts",
        'return (["none", "zlib"] as const).find((name) => COMPRESSION_BYTES[name] === bytes[1]);',
        'return bytes[1] === 5 ? "zlib" : "none";',
      ),
    ],
    caughtBy: GLUE,
  },
  {
    name: "the payload of a frame is opened without a limit",
    edits: [
      edit("deaggregate/glue-frame.ts", "inflate(payload, maxBytes)", "inflate(payload, Number.MAX_SAFE_INTEGER)"),
    ],
    caughtBy: GLUE,
  },
  {
    name: "the promise of an async hook rejects unhandled",
    edits: [
      edit(
        "core/record/record-problem.ts",
        "  if (result instanceof Promise) result.catch(ignore);\n",
        "  ignore();\n",
      ),
    ],
    caughtBy: "test/unit/core/record/record-problem.test.ts",
  },
];
