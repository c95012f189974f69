import { edit } from "./mutant.mjs";

const TRIGGER = "test/unit/testing/lambda-trigger/";

/**
 * The event source mapping for a Lambda function.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_LAMBDA_TRIGGER = [
  {
    name: "trigger: a split by bisection counts as a retry",
    edits: [
      edit(
        "testing/lambda-trigger/batch-work.ts",
        "      { ...again, records: records.slice(middle) },\n",
        "      { ...again, failures: piece.failures + 1, records: records.slice(middle) },\n",
      ),
    ],
    caughtBy: `${TRIGGER}batch-work.test.ts`,
  },
  {
    name: "trigger: the second half of a batch goes before the first",
    edits: [
      edit(
        "testing/lambda-trigger/batch-work.ts",
        "      { ...again, records: records.slice(middle) },\n      { ...again, records: records.slice(0, middle) },\n",
        "      { ...again, records: records.slice(0, middle) },\n      { ...again, records: records.slice(middle) },\n",
      ),
    ],
    caughtBy: `${TRIGGER}batch-work.test.ts`,
  },
  {
    name: "trigger: one retry more than maximumRetryAttempts",
    edits: [
      edit(
        "testing/lambda-trigger/batch-work.ts",
        "failures > this.#rules.maxRetries",
        "failures > this.#rules.maxRetries + 1",
      ),
    ],
    caughtBy: `${TRIGGER}batch-work.test.ts`,
  },
  {
    name: "trigger: a record at its maximum age is discarded",
    edits: [
      edit(
        "testing/lambda-trigger/batch-work.ts",
        "now - arrivedAt <= this.#rules.maxAgeMs",
        "now - arrivedAt < this.#rules.maxAgeMs",
      ),
    ],
    caughtBy: `${TRIGGER}batch-work.test.ts`,
  },
  {
    name: "trigger: an old record takes the younger ones of its batch along",
    edits: [
      edit(
        "testing/lambda-trigger/batch-work.ts",
        "old === records.length ? [] : [{ ...piece, records: records.slice(old) }]",
        "old > 0 ? [] : [{ ...piece, records: records.slice(old) }]",
      ),
    ],
    caughtBy: `${TRIGGER}batch-work.test.ts`,
  },
  {
    name: "trigger: the last reported failure is the checkpoint",
    edits: [edit("testing/lambda-trigger/read-response.ts", "index = Math.min(index, at);", "index = at;")],
    caughtBy: `${TRIGGER}read-response.test.ts`,
  },
  {
    name: "trigger: an unknown itemIdentifier is a success",
    edits: [
      edit(
        "testing/lambda-trigger/read-response.ts",
        "places.get(identifier);",
        "places.get(identifier) ?? sequenceNumbers.length;",
      ),
    ],
    caughtBy: `${TRIGGER}read-response.test.ts`,
  },
  {
    name: "trigger: a batch crosses the end of a tumbling window",
    edits: [
      edit(
        "testing/lambda-trigger/batch-queue.ts",
        "(bytes > maxBytes || this.#windowOf(record) !== window)",
        "(bytes > maxBytes || window === undefined)",
      ),
    ],
    caughtBy: `${TRIGGER}batch-queue.test.ts`,
  },
  {
    name: "a child is read before its parent was read to its end",
    edits: [
      edit(
        "core/shards/shard-family.ts",
        '(this.#members.get(id)?.state ?? "read") === "read"',
        '(this.#members.get(id)?.state ?? "read") !== "waiting"',
      ),
    ],
    caughtBy: "test/unit/core/shards/shard-family.test.ts",
  },
  {
    name: "trigger: a shard is finished when it is read, not when it is handled",
    edits: [
      edit(
        "testing/lambda-trigger/shard-reading.ts",
        "    await lanes;\n    return !this.#isStopped;",
        "    return !this.#isStopped;",
      ),
    ],
    caughtBy: `${TRIGGER}lambda-trigger.test.ts`,
  },
  {
    name: "trigger: an ended shard is idle before its children are read",
    edits: [edit("testing/lambda-trigger/shard-reading.ts", "      this.#iterator !== undefined &&\n", "")],
    caughtBy: `${TRIGGER}lambda-trigger.test.ts`,
  },
  {
    name: "trigger: lanes are chosen by turns, not by partition key",
    edits: [
      edit(
        "testing/lambda-trigger/shard-reading.ts",
        'createHash("md5").update(partitionKey).digest().readUInt32BE(0) % count',
        'createHash("md5").update(partitionKey + this.#lanes[0]?.added).digest().readUInt32BE(0) % count',
      ),
    ],
    caughtBy: `${TRIGGER}lambda-trigger.test.ts`,
  },
  {
    name: "trigger: the state of an answer is dropped",
    edits: [edit("testing/lambda-trigger/tumbling-window.ts", "    this.#open.state = JSON.stringify(state);\n", "")],
    caughtBy: `${TRIGGER}tumbling-window.test.ts`,
  },
  {
    name: "trigger: data that is no JSON passes a filter for absent fields",
    edits: [
      edit(
        "testing/lambda-trigger/filter/filter-criteria.ts",
        "    return parsed !== undefined && test(isObject(parsed.value) ? parsed.value : undefined);",
        "    return test(isObject(parsed?.value) ? parsed.value : undefined);",
      ),
    ],
    caughtBy: `${TRIGGER}filter/filter-criteria.test.ts`,
  },
  {
    name: "trigger: an alarm wakes one of its sleepers",
    edits: [
      edit(
        "testing/lambda-trigger/alarm.ts",
        "for (const wake of [...this.#wakes]) wake();",
        "[...this.#wakes].at(-1)?.();",
      ),
    ],
    caughtBy: `${TRIGGER}trigger-trouble.test.ts`,
  },
  {
    name: "trigger: an observer that throws ends the process",
    edits: [edit("testing/lambda-trigger/mapping.ts", "this.#tell({", "this.options.onInvocation?.({")],
    caughtBy: `${TRIGGER}trigger-trouble.test.ts`,
  },
];
