import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { expect, it } from "vitest";
import { SPECIFICATION } from "../support/kcl-specification/specification.js";
import {
  type AggregateReader,
  type ReaderAnswer,
  type ReadRecord,
  readByGo,
  readByKcl,
  readByNpm,
  readByOurs,
  readByPython,
} from "./support/aggregate-readers.js";
import { hostileAggregates } from "./support/hostile-aggregates.js";
import { readerTable } from "./support/reader-table.js";

const DOCUMENT = fileURLToPath(new URL("../../docs/deaggregation.md", import.meta.url));

const READERS: Readonly<Record<string, AggregateReader>> = {
  "the KCL": readByKcl,
  "kinesis-producer": readByOurs,
  "npm aws-kinesis-agg": readByNpm,
  "Python aws_kinesis_agg": readByPython,
  "Go kinesis-aggregation": readByGo,
};

/** Good and bad aggregates, the same in every run. */
const MUTATED = 6000;

const HEAD = `# What readers make of malformed records

Kinesis delivers every record that a producer wrote. So a deaggregator decides what to do with a record that only looks like
an aggregate, or is a broken one. \`kinesis-producer/deaggregate\` decides as the KCL does in every class below. Where the KCL
loses records silently, it calls \`onDropped\`.

\`npm run test:interop\` gives every record below to the readers themselves. It fails when a reader's answer differs from this
page, or ours from the KCL's. \`npm run test:interop -- --update\` writes this page. ✓ is the KCL's answer. "plain" is the
record itself, unopened. "N records" are the user records that come out; where that is the fault, they are fewer than the
record holds.

- *error*: npm's library calls back with an error and Go's returns one, for the whole call. *message*: Python's prints a line
  on the standard error and loses the rest of the aggregate. *exception*, *panic*: the call throws or panics.
- *no hash keys*, *other hash keys*, *other keys*: the data comes out, but without hash keys, or with those of another
  record.
- Only the KCL and our deaggregator filter by the range of the shard.
`;

function everyCase(): ReadRecord[] {
  return SPECIFICATION.flatMap(({ cases }) => cases).map(({ data, shardRange }) => ({
    partitionKey: "outer",
    sequenceNumber: "1",
    data,
    ...(shardRange === undefined ? {} : { shardRange }),
  }));
}

function mutatedRecords(): ReadRecord[] {
  return hostileAggregates(MUTATED, 6).map((data, i) => ({ partitionKey: "outer", sequenceNumber: String(i), data }));
}

/** The answers of all readers, the KCL's first. */
async function answersOf(records: readonly ReadRecord[]) {
  const columns = [];
  for (const [name, read] of Object.entries(READERS)) columns.push({ name, answers: await read(records) });
  for (const { name, answers } of columns) expect(answers, name).toHaveLength(records.length);
  return columns;
}

function equalCount(answers: readonly ReaderAnswer[], right: readonly ReaderAnswer[]): number {
  return answers.filter((answer, i) => isDeepStrictEqual(answer, right[i])).length;
}

it("every class of record: ours as the KCL, and the others as docs/deaggregation.md says", async () => {
  const columns = await answersOf(everyCase());
  const mutated = await answersOf(mutatedRecords());
  const [kcl, ours] = columns.map(({ answers }) => answers);
  const [kclOfMutated = []] = mutated.map(({ answers }) => answers);

  expect(ours).toEqual(kcl);
  const equal = mutated.slice(1).map(({ name, answers }) => `| ${name} | ${equalCount(answers, kclOfMutated)} |`);
  const page = [
    HEAD,
    readerTable(SPECIFICATION, columns),
    "",
    "The same comparison for generated and mutated aggregates (`test/interop/support/hostile-aggregates.ts`), read without a shard",
    "range:",
    "",
    `| reader | the KCL's answer, of ${MUTATED} |`,
    "| --- | ---: |",
    ...equal,
    "",
  ];
  await expect(page.join("\n")).toMatchFileSnapshot(DOCUMENT);
});

it("the specification's own answers are the KCL's", async () => {
  const answers = await readByKcl(everyCase());

  const cases = SPECIFICATION.flatMap(({ cases }) => cases);
  const wrong = cases.filter(({ answer, data }, i) => {
    const { records = [] } = answers[i] ?? {};
    if (answer === "plain") return records[0]?.data !== Buffer.from(data).toString("base64") || records[0].aggregated;
    const out = records.map(({ partitionKey, data: text, explicitHashKey }) => {
      const short = [partitionKey, Buffer.from(text, "base64").toString("latin1")];
      return explicitHashKey === undefined ? short : [...short, explicitHashKey];
    });
    return !isDeepStrictEqual(out, answer.out);
  });
  expect(wrong.map(({ name }) => name)).toEqual([]);
});
