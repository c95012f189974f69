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

function run(input: string, ...args: string[]): Promise<Run> {
  return runLine(["deaggregate", ...args], new RecordedTerminal(Readable.from([Buffer.from(input)])));
}

it.each([
  ["what get-records prints", JSON.stringify({ Records: [record], MillisBehindLatest: 0 }, undefined, 2)],
  ["a record to a line", `${JSON.stringify(record)}\n\n`],
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
    "kinesis-producer deaggregate: -: line 2 has something that is no Kinesis record",
    "kinesis-producer deaggregate: -: line 3 has something that is no Kinesis record",
    "kinesis-producer deaggregate: 2 values not used",
  ]);
});

it("says which file cannot be read", async () => {
  const { status, err } = await run("", "/nowhere/at-all");

  expect([status, err]).toEqual([1, expect.stringContaining("/nowhere/at-all cannot be read: ENOENT")]);
});
