import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { aggregate } from "../../../../src/aggregate/index.js";
import { RecordedTerminal, type Run, runLine } from "../recorded-terminal.js";

const [packed] = aggregate([
  { partitionKey: "a", data: "one" },
  { partitionKey: "a", data: "two" },
]);
const base64 = Buffer.from(packed?.data ?? []).toString("base64");
const record = {
  SequenceNumber: "1",
  ApproximateArrivalTimestamp: "2026-11-24T13:00:00.500000+01:00",
  Data: base64,
  PartitionKey: "a",
};

function run(input: string | Buffer, ...args: string[]): Promise<Run> {
  return runLine(["deaggregate", ...args], new RecordedTerminal(Readable.from([Buffer.from(input)])));
}

it.each([
  ["what get-records prints", JSON.stringify({ Records: [record], MillisBehindLatest: 0 }, undefined, 2)],
  ["a record to a line", `${JSON.stringify(record)}\n\n`],
  [
    "tail --raw",
    JSON.stringify({
      partitionKey: "a",
      dataBase64: base64,
      sequenceNumber: "1",
      subSequenceNumber: 0,
      shardId: "shardId-000000000000",
      arrival: "2026-11-24T12:00:00.500Z",
    }),
  ],
  [
    "a Lambda event",
    JSON.stringify({
      Records: [
        {
          kinesis: {
            data: base64,
            sequenceNumber: "1",
            approximateArrivalTimestamp: Date.UTC(2026, 10, 24, 12) / 1000 + 0.5,
          },
        },
      ],
    }),
  ],
])("prints the user records of %s", async (_, input) => {
  const { status, out, err } = await run(input);

  const common = { sequenceNumber: "1", arrival: "2026-11-24T12:00:00.500Z" };
  expect(out.split("\n").map((line): unknown => JSON.parse(line))).toEqual([
    { partitionKey: "a", data: "one", subSequenceNumber: 0, ...common },
    { partitionKey: "a", data: "two", subSequenceNumber: 1, ...common },
  ]);
  expect([status, err]).toEqual([0, "kinesis-producer deaggregate: 2 user records in 1 Kinesis record"]);
});

it("tells the lines that are no records, and prints the others", async () => {
  const { status, out, err } = await run(`${JSON.stringify(record)}\n{"Data": 5}\nnothing\n`, "--quiet");

  expect([status, out.split("\n").length]).toEqual([1, 2]);
  expect(err.split("\n")).toEqual([
    "kinesis-producer deaggregate: -: line 2 has a value that is not a Kinesis record",
    "kinesis-producer deaggregate: -: line 3 is not JSON",
    "kinesis-producer deaggregate: 2 values not used",
  ]);
});

it("says which file cannot be read", async () => {
  const { status, err } = await run("", "/nowhere/at-all");

  expect([status, err]).toEqual([1, expect.stringContaining("/nowhere/at-all cannot be read: ENOENT")]);
});

it.each([
  ["of get-records", (data: string): object => ({ Data: data, PartitionKey: "a" })],
  ["of a Lambda event", (data: string): object => ({ kinesis: { data } })],
  ["of a transformation", (data: string): object => ({ recordId: "1", data })],
])("prints nothing for data %s that is not base64, and names its line", async (_, recordOf) => {
  const bad = ["not base64!", "eA=", "eA", "e A==", "a-_b", "eB=="];
  const lines = [base64, ...bad, base64].map((data) => JSON.stringify(recordOf(data)));

  const { status, out, err } = await run(lines.join("\n"), "--quiet");

  expect([status, out.split("\n").length]).toEqual([1, 4]);
  expect(err.split("\n")).toEqual([
    ...bad.map(
      (data, i) =>
        `kinesis-producer deaggregate: -: line ${i + 2} has data that is not base64: ${JSON.stringify(data)}`,
    ),
    `kinesis-producer deaggregate: ${bad.length} values not used`,
  ]);
});

it("names the record of an answer whose data is not base64", async () => {
  const { status, err } = await run(JSON.stringify({ Records: [record, { Data: "?" }] }), "--quiet");

  expect([status, err.split("\n")[0]]).toEqual([
    1,
    'kinesis-producer deaggregate: -: line 1, record 2, has data that is not base64: "?"',
  ]);
});

it("prints nothing for a line that is not UTF-8, and names it", async () => {
  const line = Buffer.from(JSON.stringify({ ...record, PartitionKey: "M\xfcller" }), "latin1");
  const good = Buffer.from(`${JSON.stringify(record)}\n`);

  const { status, out, err } = await run(Buffer.concat([good, line]), "--quiet");

  expect([status, out.split("\n").length]).toEqual([1, 2]);
  expect(err.split("\n")[0]).toBe("kinesis-producer deaggregate: -: line 2 is not UTF-8");
});

it.each([
  ["one value", JSON.stringify({ Records: [record] }, undefined, 2)],
  ["a value to a line", `${JSON.stringify(record)}\n${JSON.stringify(record)}`],
])("reads %s behind a byte-order mark", async (_, input) => {
  const { status, err } = await run(`\uFEFF${input}`);

  expect([status, err]).toEqual([0, expect.stringContaining("user records in")]);
});
