import { edit } from "./mutant.mjs";

const TRANSPORT_TEST = "test/unit/edge/sdk-transport.test.ts";
const DIRECTORY_TEST = "test/unit/edge/sdk-stream-directory.test.ts";
const CALLS_TEST = "test/unit/reader/stream-calls.test.ts";

/**
 * Clients of the caller's own, and answers that are not whole.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_CLIENTS = [
  {
    name: "the tries of a client that was handed in are not counted",
    edits: [edit("edge/sdk-tries.ts", "attempts > 1", "attempts > 99")],
    caughtBy: TRANSPORT_TEST,
  },
  {
    name: "earlier tries within an attempt count as not stored",
    edits: [edit("core/delivery-history.ts", " || tries > 1", "")],
    caughtBy: "test/unit/pipeline/own-tries.test.ts",
  },
  {
    name: "a client that was handed in is waited for without a limit",
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
        'const fields = { OpenShardCount: 1, ...fieldsOf(summary ?? {}, "DescribeStreamSummary") };',
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
    name: "put sends U+FFFD for what is no UTF-8",
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
      edit("wire/base64-text.ts", "decoded.length !== Math.floor((digits * 3) / 4)", "decoded.length > text.length"),
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
    name: "what a logger throws ends what warned",
    edits: [edit("producer.ts", "guardedLogger(values.logger ?? warningLogger)", "values.logger ?? warningLogger")],
    caughtBy: "test/unit/pipeline/ports-that-throw.test.ts",
  },
  {
    name: "a directory's answer is believed whatever it is",
    edits: [
      edit(
        "pipeline/directory-answers.ts",
        "if (Array.isArray(shards) && shards.every(isShard)) return",
        "if (!Array.isArray(shards) || shards) return",
      ),
    ],
    caughtBy: "test/unit/pipeline/ports-that-throw.test.ts",
  },
  {
    name: "a transport that does not close keeps close() from its report",
    edits: [edit("edge/guarded.ts", "    onFailure(error);\n", "    throw error;\n")],
    caughtBy: "test/unit/pipeline/ports-that-throw.test.ts",
  },
];
