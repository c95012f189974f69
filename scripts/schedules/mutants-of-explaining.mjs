import { edit } from "./mutant.mjs";

const ERRORS = "test/unit/errors.test.ts";
const EXPLAINED = "test/unit/pipeline/explained-failures.test.ts";
const READY = "test/unit/pipeline/ready.test.ts";
const CONFIGURATION = "test/unit/edge/configuration-failure.test.ts";

/**
 * The errors that a user gets: their reasons, their causes, and what a log shows of them.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_EXPLAINING = [
  {
    name: "a failure of the caller's transport without a message stops the stages",
    edits: [
      edit(
        "pipeline/checked-answer.ts",
        "return withTexts(answer as RequestFailure);",
        "return answer as RequestFailure;",
      ),
    ],
    caughtBy: "test/unit/pipeline/checked-answer.test.ts",
  },
  {
    name: "an entry whose sequence number is undefined counts as stored",
    edits: [
      edit(
        "pipeline/checked-answer.ts",
        'return typeof sequenceNumber === "string" && typeof shardId === "string";',
        "return true;",
      ),
    ],
    caughtBy: "test/unit/pipeline/checked-answer.test.ts",
  },
  {
    name: "a log of a Proxy of an error throws",
    edits: [edit("errors.ts", "    if (!(#record in error)) return {};\n", "")],
    caughtBy: "test/unit/errors.test.ts",
  },
  {
    name: "a log of an error has the record",
    edits: [
      edit(
        "errors.ts",
        "      ...recordShown(error.#record),\n",
        "      ...recordShown(error.#record),\n      record: error.#record,\n",
      ),
    ],
    caughtBy: ERRORS,
  },
  {
    name: "the record is an enumerable property of the error",
    edits: [
      edit(
        "errors.ts",
        "    this.#record = failure.record;\n",
        "    this.#record = failure.record;\n    Object.assign(this, { theRecord: failure.record });\n",
      ),
    ],
    caughtBy: ERRORS,
  },
  {
    name: "a long message is shown in full",
    edits: [edit("wording/shown-error.ts", "text.length > most ?", "text.length > most * 1_000 ?")],
    caughtBy: ERRORS,
  },
  {
    name: "any error of the library counts as that of a record",
    edits: [edit("errors.ts", 'value.name === "RecordFailedError" && "record" in value', 'value.name !== ""')],
    caughtBy: ERRORS,
  },
  {
    name: "each expired record has its own reason",
    edits: [
      edit(
        "pipeline/stream/expiry-reasons.ts",
        "this.#neverSent ??= this.#reasonOf",
        "this.#neverSent = this.#reasonOf",
      ),
    ],
    caughtBy: EXPLAINED,
  },
  {
    name: "records of a lane fail with the reason of the lane before",
    edits: [
      edit(
        "pipeline/stream/expiry-reasons.ts",
        "    this.#neverSent = undefined;\n    this.#attempted.clear();\n",
        "    if (this.#attempted.size > 0) this.#attempted.clear();\n",
      ),
    ],
    caughtBy: EXPLAINED,
  },
  {
    name: "a record that was sent expires with the hindrance of its lane instead of its last attempt",
    edits: [edit("pipeline/stream/expiry-reasons.ts", "history === NEVER_SENT ?", "history !== undefined ?")],
    caughtBy: EXPLAINED,
  },
  {
    name: "an expired record has no cause",
    edits: [
      edit(
        "pipeline/stream/expiry-reasons.ts",
        "...(cause === undefined ? {} : { cause })",
        "...(cause ? {} : { cause })",
      ),
    ],
    caughtBy: EXPLAINED,
  },
  {
    name: "hanging requests are not the reason for records that find no slot",
    edits: [
      edit(
        "pipeline/stream/hindrances.ts",
        "const taken = slotsTaken(now);",
        "const taken = slotsTaken(now) && undefined;",
      ),
    ],
    caughtBy: EXPLAINED,
  },
  {
    name: "the reason lacks the pace after throttling",
    edits: [edit("pipeline/stream/hindrances.ts", "limiter.adaptedFactor < 1", "limiter.adaptedFactor < 0")],
    caughtBy: EXPLAINED,
  },
  {
    name: "each record of a refused request has its own cause",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        "for (const { record } of live) this.#parts.settlement.failed(record, reason);",
        "for (const { record } of live) this.#parts.settlement.failed(record, reasonOfFailure(failure));",
      ),
    ],
    caughtBy: EXPLAINED,
  },
  {
    name: "a put that waits for room does not say why there is none",
    edits: [
      edit(
        "pipeline/stream/hindrances.ts",
        "if (hindrance === undefined) return reason;",
        "if (hindrance !== null) return reason;",
      ),
    ],
    caughtBy: EXPLAINED,
  },
  {
    name: "a client without a region is asked again until the records expire",
    edits: [
      edit(
        "edge/configuration-failure.ts",
        "MESSAGES.test(error.message)) return true;",
        'MESSAGES.test("")) return true;',
      ),
    ],
    caughtBy: CONFIGURATION,
  },
  {
    name: "a credentials provider that fails is taken for an unusable configuration",
    edits: [edit("edge/configuration-failure.ts", 'if (error.name === "CredentialsProviderError") return false;', "")],
    caughtBy: CONFIGURATION,
  },
  {
    name: "records that wait for the map do not fail when no request can be made",
    edits: [edit("pipeline/stream/stream-pipeline.ts", "change.noStream ?? change.unusable", "change.noStream")],
    caughtBy: EXPLAINED,
  },
  {
    name: "ready() resolves the second time, though the stream cannot be reached",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        "if (isDecided && this.facts.unreached(this.#turns) === undefined) {",
        "if (isDecided) {",
      ),
    ],
    caughtBy: READY,
  },
  {
    name: "ready() rejects in an outage of a stream that was reached",
    edits: [
      edit(
        "pipeline/stream/stream-facts.ts",
        'return this.#isReached || this.mode === "mapped" ?',
        "return this.hasAnswered ?",
      ),
    ],
    caughtBy: READY,
  },
  {
    name: "ready() of an unreachable stream waits for the backoff of ListShards",
    edits: [
      edit("pipeline/stream/stream-pipeline.ts", "if (isDecided) this.#refresher.hasten(now + ASK_WITHIN_MS);", ""),
    ],
    caughtBy: READY,
  },
  {
    name: "ready() of an unreachable stream waits without end",
    edits: [
      edit("pipeline/stream/stream-pipeline.ts", "if (this.#waits.nextAt <= now)", "if (this.#waits.nextAt < 0)"),
    ],
    caughtBy: READY,
  },
  {
    name: "a PutRecords that was answered does not end the wait of ready()",
    edits: [
      edit(
        "pipeline/stream/stream-pipeline.ts",
        'if (answer.kind === "answered" || answer.statusCode !== undefined) this.#onReached();',
        "",
      ),
    ],
    caughtBy: READY,
  },
];
