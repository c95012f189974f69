import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { HAS_ZSTD } from "../../src/compression/zlib-codecs.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { compressedRecord } from "../support/compressed-record.js";
import { RecordedTerminal, type Run, runLine } from "../unit/cli/recorded-terminal.js";
import { STREAM } from "./local-stream.js";

const CODECS = ["gzip", "lz4", "zstd"] as const;
const HERE = CODECS.filter((codec) => codec !== "zstd" || HAS_ZSTD);

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
  onTestFinished(() => kinesis.close());
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
  vi.stubEnv("AWS_REGION", "us-east-1");
});

function run(command: string, input: string, ...args: string[]): Promise<Run> {
  const terminal = new RecordedTerminal(Readable.from([Buffer.from(input)]));
  return runLine([command, ...args], terminal);
}

function call(command: "put" | "tail", input: string, ...args: string[]): Promise<Run> {
  return run(command, input, "--stream", STREAM, "--endpoint", kinesis.endpoint, ...args);
}

/** Lines of events; they compress well. */
const EVENTS = Array.from({ length: 400 }, (_, i) =>
  JSON.stringify({ user: `user-${i % 7}`, event: "page viewed", path: "/products/shoes/running", n: i }),
);

function dataOf({ out }: Run): string[] {
  return out.split("\n").map((line) => (JSON.parse(line) as { readonly data: string }).data);
}

/** Stores a Kinesis record of two user records under a codec that nobody has. */
async function putUnknown(): Promise<string> {
  const data = compressedRecord("mine", gzipSync, [
    { key: "k", data: "one" },
    { key: "k", data: "two" },
  ]);
  const response = await fetch(kinesis.endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.PutRecord" },
    body: JSON.stringify({ StreamName: STREAM, PartitionKey: "k", Data: data.toString("base64") }),
  });
  return ((await response.json()) as { readonly SequenceNumber: string }).SequenceNumber;
}

describe.each(HERE)("%s", (codec) => {
  it("put --compression compresses, tail opens it, and deaggregate opens what tail --raw has printed", async () => {
    const sent = await call("put", EVENTS.join("\n"), "--key", "user", "--compression", codec, "--json");
    const tailed = await call("tail", "", "--until-end");
    const raw = await call("tail", "", "--until-end", "--raw");
    const opened = await run("deaggregate", raw.out);

    expect(sent.status).toBe(0);
    const stored = kinesis.records(STREAM);
    expect(stored.length).toBeLessThan(10);
    expect(stored.reduce((sum, { data }) => sum + data.length, 0) * 3).toBeLessThan(EVENTS.join("").length);
    expect(dataOf(tailed).sort()).toEqual([...EVENTS].sort());
    expect(dataOf(opened).sort()).toEqual([...EVENTS].sort());
    expect(raw.out.split("\n")).toHaveLength(stored.length);
  });
});

describe("a codec that is missing", () => {
  it("ends tail with an error that names codec, record and the ways on; the records before it were printed", async () => {
    await call("put", EVENTS.join("\n"), "--partition-key", "k", "--compression", "gzip");
    const sequenceNumber = await putUnknown();

    const { status, out, err } = await call("tail", "", "--until-end", "--quiet");

    expect(status).toBe(1);
    expect(err).toBe(
      `kinesis-producer tail: the Kinesis record ${sequenceNumber} is compressed by the codec "mine", which the command line does not have: it has gzip, zstd and lz4. --raw prints it unopened, --from TIME begins behind it`,
    );
    expect(new Set(dataOf({ status, out, err }))).toEqual(new Set(EVENTS));
  });

  it("is a complaint of deaggregate with the place; the other records are printed, and the status is 1", async () => {
    const sequenceNumber = await putUnknown();
    await call("put", EVENTS.join("\n"), "--partition-key", "k", "--compression", "gzip");
    const { out: raw } = await call("tail", "", "--until-end", "--raw");
    const line = raw.split("\n").findIndex((each) => each.includes(sequenceNumber)) + 1;

    const { status, out, err } = await run("deaggregate", raw, "--quiet");

    expect(status).toBe(1);
    expect(err.split("\n")).toEqual([
      `kinesis-producer deaggregate: -: line ${line}: the Kinesis record ${sequenceNumber} is compressed by the codec "mine", which the command line does not have: it has gzip, zstd and lz4`,
      "kinesis-producer deaggregate: 1 Kinesis record not opened",
    ]);
    expect(dataOf({ status, out, err })).toEqual(EVENTS);
  });

  it("is an error of put before anything is read", async () => {
    const { status, err } = await call("put", EVENTS.join("\n"), "--compression", "zstd");

    const expected = HAS_ZSTD
      ? [0, "400 records of 400 delivered"]
      : [2, '--compression "zstd" needs Node.js 22.15 or later'];
    expect([status, err]).toEqual([expected[0], expect.stringContaining(String(expected[1]))]);
  });
});

it("a damaged record within an array of records is left out alone, with a complaint", async () => {
  const good = compressedRecord("gzip", gzipSync, [
    { key: "k", data: "one" },
    { key: "k", data: "two" },
  ]);
  const bad = compressedRecord("gzip", (bytes) => gzipSync(bytes).subarray(0, 25), [{ key: "k", data: "three" }]);
  const Records = [good, bad, good].map((data, i) => ({ Data: data.toString("base64"), SequenceNumber: String(i) }));

  const { status, out, err } = await run("deaggregate", JSON.stringify({ Records }));

  expect(status).toBe(1);
  expect(dataOf({ status, out, err })).toEqual(["one", "two", "one", "two"]);
  expect(err).toContain("-: line 1: the Kinesis record 1 cannot be decompressed by gzip");
});
