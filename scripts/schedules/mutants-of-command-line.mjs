import { edit } from "./mutant.mjs";

/**
 * The command line, and what it keeps.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_COMMAND_LINE = [
  {
    name: "put: the lines that were skipped are not counted for the next --skip",
    edits: [edit("cli/put/tally.ts", "    this.linesRead++;\n", "    this.linesRead = this.sent + this.unusable;\n")],
    caughtBy: "test/unit/cli/put/put-command.test.ts",
  },
  {
    name: "dead letters: a replay sends input that never was a record",
    edits: [
      edit(
        "edge/dead-letters.ts",
        'const bytes = typeof fields.data === "string" ? bytesOfBase64(fields.data) : undefined;',
        'const bytes = bytesOfBase64(String(fields.data ?? fields.input ?? ""));',
      ),
    ],
    caughtBy: "test/unit/edge/dead-letter-segments.test.ts",
  },
  {
    name: "gzip input: the file ends with its first member",
    edits: [
      edit(
        "cli/gzip-input.ts",
        "    for await (const chunk of gunzip) yield chunk as Buffer;",
        "    for await (const chunk of gunzip) {\n      yield chunk as Buffer;\n      break;\n    }",
      ),
    ],
    caughtBy: "test/unit/cli/gzip-input.test.ts",
  },
  {
    name: "deaggregate: a torn line takes the next value with it",
    edits: [
      edit(
        "cli/deaggregate/value-reader.ts",
        "return [...this.end(), ...this.#begin(line)];",
        "return [...this.end(), ...valueOfLine({ ...line, bytes: line.bytes.subarray(1) })];",
      ),
    ],
    caughtBy: "test/unit/cli/deaggregate/value-reader.test.ts",
  },
  {
    name: "reader: a reader of one shard goes on to its children",
    edits: [
      edit(
        "reader/stream-reading.ts",
        "if (this.#options.shardIds === undefined) await this.#adopt",
        "await this.#adopt",
      ),
    ],
    caughtBy: "test/unit/cli/tail/tail-command.test.ts",
  },
  {
    name: "faults: those before one that cannot be read are added",
    edits: [edit("testing/http/fault-endpoint.ts", "  for (const line of lines) parseFault(line);\n", "")],
    caughtBy: "test/unit/testing/http/fault-endpoint.test.ts",
  },
];
