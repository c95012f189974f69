import { edit } from "./mutant.mjs";

const TRANSPORT_TEST = "test/unit/edge/sdk-transport.test.ts";
const DIRECTORY_TEST = "test/unit/edge/sdk-stream-directory.test.ts";
const CALLS_TEST = "test/unit/reader/stream-calls.test.ts";

/**
 * Clients passed by the caller, and incomplete answers.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_CLIENTS = [
  {
    name: "the tries of the caller's client are not counted",
    edits: [edit("edge/sdk-tries.ts", "attempts > 1", "attempts > 99")],
    caughtBy: TRANSPORT_TEST,
  },
  {
    name: "earlier tries within an attempt count as not stored",
    edits: [edit("core/record/delivery-history.ts", " || tries > 1", "")],
    caughtBy: "test/unit/pipeline/own-tries.test.ts",
  },
  {
    name: "the caller's client has no time limit",
    edits: [
      edit("edge/time-limit.ts", "const TRIES_OF_A_CLIENT = 3;", "const TRIES_OF_A_CLIENT = Number.POSITIVE_INFINITY;"),
    ],
    caughtBy: TRANSPORT_TEST,
  },
  {
    name: "a client's answer that cannot be read counts as never sent",
    edits: [
      edit(
        "edge/sdk-transport.ts",
        "message: String(error), mayBeStored: true,",
        "message: String(error), mayBeStored: false,",
      ),
    ],
    caughtBy: TRANSPORT_TEST,
  },
  {
    name: "an error without metadata counts as never sent",
    edits: [
      edit(
        "edge/sdk-failure.ts",
        "every((each) => CONNECTING.has(each?.syscall));\n  return false;",
        "every((each) => CONNECTING.has(each?.syscall));\n  return error.$metadata === undefined && error.code === undefined;",
      ),
    ],
    caughtBy: "test/unit/edge/sdk-failure.test.ts",
  },
  {
    name: "a command that was sent before counts as never sent",
    edits: [edit("edge/command-progress.ts", "!isHandedOver && early.includes(error)", "early.includes(error)")],
    caughtBy: TRANSPORT_TEST,
  },
  {
    name: "another command in the place of ours counts as never sent",
    edits: [edit("edge/command-progress.ts", "!isHandedOver && early.includes(error)", "!isHandedOver")],
    caughtBy: TRANSPORT_TEST,
  },
  {
    name: "an error before the request counts as possibly stored",
    edits: [edit("edge/sdk-transport.ts", "{ ...read, mayBeStored: false, isUnsent: true }", "read")],
    caughtBy: TRANSPORT_TEST,
  },
  {
    name: "ListShards without Shards is an empty list",
    edits: [
      edit(
        "whole-answer.ts",
        'if (!Array.isArray(Shards)) throw new TornAnswerError("ListShards without Shards");',
        "if (!Array.isArray(Shards)) return { shards: [], nextToken: undefined };",
      ),
    ],
    caughtBy: DIRECTORY_TEST,
  },
  {
    name: "a shard without a range has an empty one",
    edits: [edit("whole-answer.ts", "if (!isHashKey(StartingHashKey) || !isHashKey(EndingHashKey)) {", "if (false) {")],
    caughtBy: DIRECTORY_TEST,
  },
  {
    name: "a summary that is missing says that keys count",
    edits: [
      edit(
        "edge/sdk-stream-directory.ts",
        'const fields = fieldsOf(summary, "DescribeStreamSummary");',
        'const fields = fieldsOf(summary ?? { OpenShardCount: 1 }, "DescribeStreamSummary");',
      ),
    ],
    caughtBy: DIRECTORY_TEST,
  },
  {
    name: "GetRecords without Records is the end of the shard",
    edits: [
      edit(
        "reader/stream-calls.ts",
        'if (!Array.isArray(Records)) throw new TornAnswerError("GetRecords without Records");',
        "if (!Array.isArray(Records)) return { records: [], millisBehind: 0, nextIterator: undefined, children: [] };",
      ),
    ],
    caughtBy: CALLS_TEST,
  },
  {
    name: "a stream without shards has been read",
    edits: [edit("reader/stream-calls.ts", "if (listed.length === 0) throw", "if (listed.length < 0) throw")],
    caughtBy: CALLS_TEST,
  },
  {
    name: "the reader waits for an answer without a limit",
    edits: [
      edit("reader/call-within.ts", "stop(timeoutError(limitMs)), limitMs)", "stop(timeoutError(limitMs)), 1e9)"),
    ],
    caughtBy: "test/unit/reader/call-within.test.ts",
  },
  {
    name: "put sends U+FFFD for bytes that are not UTF-8",
    edits: [edit("cli/utf8-text.ts", "isUtf8(bytes) ? bytes.toString() : undefined", "bytes.toString()")],
    caughtBy: "test/unit/cli/put/record-format.test.ts",
  },
  {
    name: "put sends U+FFFD for half of a surrogate pair",
    edits: [edit("cli/put/record-format.ts", "text?.isWellFormed() === false", "text === null")],
    caughtBy: "test/unit/cli/put/record-format.test.ts",
  },
  {
    name: "deaggregate makes bytes of any text",
    edits: [
      edit(
        "cli/deaggregate/read-records.ts",
        '.toString("base64") === data) return',
        '.toString("base64") !== "") return',
      ),
    ],
    caughtBy: "test/unit/cli/deaggregate/deaggregate-command.test.ts",
  },
  {
    name: "an envelope makes bytes of any text",
    edits: [
      edit(
        "wire/base64/base64-text.ts",
        "decoded.length !== Math.floor((digits * 3) / 4)",
        "decoded.length > text.length",
      ),
    ],
    caughtBy: "test/unit/lambda/kinesis-handler.test.ts",
  },
  {
    name: "a transform may return a number",
    edits: [
      edit(
        "lambda/firehose-transform.ts",
        "  throw new TypeError(`the transform must",
        "  if (got) return result as Uint8Array;\n  throw new TypeError(`the transform must",
      ),
    ],
    caughtBy: "test/unit/lambda/firehose-transform.test.ts",
  },
  {
    name: "an error of the logger ends the work that warned",
    edits: [
      edit(
        "edge/producer-log.ts",
        "    guarded(\n      () => call(logger, entry),\n      (error) => warnings.logFailed(entry, textOf(error)),\n    );",
        "    void call(logger, entry);",
      ),
    ],
    caughtBy: "test/unit/pipeline/ports-that-throw.test.ts",
  },
  {
    name: "every answer of a directory is believed",
    edits: [
      edit(
        "pipeline/stream/directory-answers.ts",
        "if (Array.isArray(shards) && shards.every(isShard)) return",
        "if (!Array.isArray(shards) || shards) return",
      ),
    ],
    caughtBy: "test/unit/pipeline/ports-that-throw.test.ts",
  },
  {
    name: "a transport that does not close prevents the report of close()",
    edits: [edit("edge/guarded.ts", "    onFailure(error);\n", "    throw error;\n")],
    caughtBy: "test/unit/pipeline/ports-that-throw.test.ts",
  },
];
