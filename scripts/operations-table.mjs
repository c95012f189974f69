/** The table of operations of docs/local-kinesis.md, checked against the operations in `dist/`. */
import { pathToFileURL } from "node:url";
import { markdownTable } from "./marked-places.mjs";

const METADATA = "its description alone: nothing is delivered";

/**
 * The operations of which a part is missing, with what is missing. The other ones of `LocalKinesis` are supported.
 *
 * @type {Readonly<Record<string, string>>}
 */
const PARTLY = {
  CreateChannel: METADATA,
  DeleteChannel: METADATA,
  DeleteResourcePolicy: "nothing obeys a policy",
  DescribeChannel: METADATA,
  DescribeLimits: "nothing enforces these limits; the number of channels is a guess",
  DisableEnhancedMonitoring: "the metrics are shown; nothing measures them",
  EnableEnhancedMonitoring: "the metrics are shown; nothing measures them",
  GetResourcePolicy: "nothing obeys a policy",
  ListChannels: METADATA,
  PutResourcePolicy: "the policy is a JSON object; nothing obeys it",
  StartStreamEncryption: "answers show it; nothing is encrypted, and any key exists",
  StopStreamEncryption: "answers show it; any key will do",
  UpdateAccountSettings: "a commitment lasts a day at least; nothing is billed",
  UpdateChannel: METADATA,
  UpdateShardCount: "without the daily quota",
  UpdateStreamMode: "on-demand streams do not scale; without the daily quota",
  UpdateStreamWarmThroughput: "the throughput is shown; nothing scales",
};

/** Operations of the service's model that are missing: all of queues. */
const MISSING = [
  "AcknowledgeDeadLetterQueueRecords",
  "AcknowledgeQueueRecords",
  "CreateQueue",
  "DeleteQueue",
  "DescribeQueue",
  "ListQueues",
  "ReceiveDeadLetterQueueRecords",
  "ReceiveQueueRecords",
  "RestoreDeadLetterQueueRecords",
  "UpdateDeadLetterQueueRecordsVisibility",
  "UpdateQueue",
  "UpdateQueueRecordsVisibility",
];

/** @returns {Promise<string>} */
export async function operationsTable() {
  /** @type {{ OPERATIONS: Readonly<Record<string, unknown>> }} */
  const { OPERATIONS } = await import(pathToFileURL("dist/testing/operations/operations.js").href);
  /** @type {{ OPERATION_MEMBERS: Readonly<Record<string, string>> }} */
  const { OPERATION_MEMBERS } = await import(pathToFileURL("dist/testing/input/input-shapes.js").href);
  const names = Object.keys(OPERATIONS);
  const known = new Set(Object.keys(OPERATION_MEMBERS));
  for (const name of names) if (!known.has(name)) throw new Error(`the service's model has no operation ${name}`);
  for (const name of Object.keys(PARTLY)) if (!names.includes(name)) throw new Error(`there is no operation ${name}`);
  for (const name of MISSING) if (names.includes(name)) throw new Error(`${name} is no missing operation`);
  const unsupported = [...known].filter((name) => !names.includes(name)).concat(MISSING);
  const rows = [
    ...names.map((name) => [name, PARTLY[name] === undefined ? "supported" : "partly", PARTLY[name] ?? ""]),
    ...unsupported.map((name) => [name, "not", "HTTP 400, `UnknownOperationException`"]),
  ];
  const sorted = rows.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  return markdownTable(
    ["operation", "state", "what is missing"],
    sorted.map(([name, state = "", missing = ""]) => [`\`${name}\``, state, missing]),
  );
}
