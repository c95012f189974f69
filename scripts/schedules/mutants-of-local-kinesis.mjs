import { edit } from "./mutant.mjs";

const RECORDED = "test/unit/testing/operations/recorded-answers.test.ts";
const SUBSCRIPTION = "test/unit/testing/operations/shard-subscription.test.ts";

/**
 * Answers of the stand-in for Kinesis that a client relies on.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_LOCAL_KINESIS = [
  {
    name: "a sequence number of another shard is a place in this one",
    edits: [
      edit(
        "testing/operations/starting-position.ts",
        "if (facts.shardNumber !== shard.origin.index) {",
        "if (facts.shardNumber < 0) {",
      ),
    ],
    caughtBy: RECORDED,
  },
  {
    name: "a sequence number of an earlier creation is a place in this one",
    edits: [
      edit(
        "testing/kinesis-model/shard.ts",
        "return createdSecond === this.numbering.createdSecond;",
        "return createdSecond <= this.numbering.createdSecond;",
      ),
    ],
    caughtBy: RECORDED,
  },
  {
    name: "a continuation is the number of the last record",
    edits: [
      edit(
        "testing/kinesis-model/sequence-number.ts",
        "return String(BigInt(sequenceNumber) + (1n << ARRIVED_AT));",
        "return String(BigInt(sequenceNumber));",
      ),
    ],
    caughtBy: SUBSCRIPTION,
  },
  {
    name: "a continuation is above a record that came after a step back of the clock",
    edits: [
      edit(
        "testing/kinesis-model/sequence-number.ts",
        "return String(BigInt(sequenceNumber) + (1n << ARRIVED_AT));",
        "return String(BigInt(sequenceNumber) + (1n << INDEX_AT));",
      ),
    ],
    caughtBy: SUBSCRIPTION,
  },
  {
    name: "a dry run stores its record",
    edits: [edit("testing/operations/dry-run.ts", "if (isDryRun !== true) return;", "if (isDryRun !== false) return;")],
    caughtBy: RECORDED,
  },
  {
    name: "a member that is missing passes",
    edits: [
      edit(
        "testing/input/read-input.ts",
        "if (part === undefined && !isRequired) continue;",
        'if (part === undefined && (!isRequired || path !== "")) continue;',
      ),
    ],
    caughtBy: "test/unit/testing/operations/put-records.test.ts",
  },
  {
    name: "the constraints on the parts of a list of texts are not asked",
    edits: [
      edit(
        "testing/input/read-input.ts",
        "const isFine = (value as readonly unknown[]).every((each) => constraints(each).length === 0);",
        "const isFine = (value as readonly unknown[]).every((each) => constraints(each).length >= 0);",
      ),
    ],
    caughtBy: RECORDED,
  },
  {
    name: "records are encrypted before the stream is ACTIVE again",
    edits: [
      edit(
        "testing/kinesis-model/kinesis-model.ts",
        "this.#schedule.after(now, this.timing.updateMs, change);",
        "change();",
      ),
    ],
    caughtBy: "test/unit/testing/operations/stream-encryption.test.ts",
  },
  {
    name: "a policy is lost at a restart",
    edits: [
      edit(
        "testing/kinesis-model/resource-labels.ts",
        "...(this.#policy === undefined ? {} : { policy: this.#policy }),",
        "",
      ),
    ],
    caughtBy: "test/unit/testing/storage/kept-settings.test.ts",
  },
];
