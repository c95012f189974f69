import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReadStreamOptions, readStream, type StreamRecord } from "../../src/reader/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { STREAM, textOf, until } from "./local-stream.js";

let kinesis: LocalKinesis;
let client: KinesisClient;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
  client = new KinesisClient({ ...kinesis.clientConfig(), maxAttempts: 1, requestHandler: new NodeHttpHandler() });
});

afterEach(async () => {
  client.destroy();
  await kinesis.close();
});

function read(options: Partial<ReadStreamOptions> = {}): AsyncGenerator<StreamRecord, void, undefined> {
  return readStream({ client, streamName: STREAM, pollMs: 200, ...options });
}

async function collect(reading: AsyncIterable<StreamRecord>): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  for await (const record of reading) records.push(record);
  return records;
}

function readToEnd(options: Partial<ReadStreamOptions> = {}): Promise<StreamRecord[]> {
  return collect(read({ untilEnd: true, ...options }));
}

async function putRaw(...texts: string[]): Promise<void> {
  const Records = texts.map((text) => ({ PartitionKey: text, Data: new TextEncoder().encode(text) }));
  await client.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
}

describe("readStream, where answers are torn or never come,", () => {
  it.each([
    ["GetRecords", "GetRecords empty-answer calls=1,3"],
    ["GetShardIterator", "GetShardIterator empty-answer calls=1..2"],
    ["ListShards", "ListShards empty-answer calls=1"],
  ])("reads everything though an answer to %s is empty", async (_, fault) => {
    await putRaw("a", "b", "c", "d");
    kinesis.faults.add(fault);

    const seen = await readToEnd({ maxRecordsPerCall: 1 });

    expect(seen.map(textOf).sort()).toEqual(["a", "b", "c", "d"]);
  });

  it("throws rather than end when every answer to ListShards is empty", async () => {
    kinesis.faults.add("ListShards empty-answer");

    await expect(readToEnd({ maxAttempts: 2 })).rejects.toMatchObject({ name: "UnreadableAnswer" });
  });

  it("goes on reading a shard whose end no list confirms", async () => {
    let answers = 0;
    kinesis.control("GetRecords", (call) => {
      const { body } = call.run();
      if (++answers > 3 || typeof body !== "object") return undefined;
      return { kind: "answer", statusCode: 200, body: { ...body, NextShardIterator: undefined } };
    });
    await putRaw("first");
    const reading = read({ signal: AbortSignal.timeout(20_000) });

    const first = await reading.next();
    await until(() => answers > 3);
    await putRaw("second");
    const second = await reading.next();
    await reading.return();

    expect([first.value, second.value].map((record) => record && textOf(record))).toEqual(["first", "second"]);
  });

  it("leaves a call that is never answered, and asks again", async () => {
    await putRaw("a");
    for (const operation of ["ListShards", "GetShardIterator", "GetRecords"]) {
      kinesis.faults.add(`${operation} hang calls=1`);
    }

    const seen = await readToEnd({ requestTimeoutMs: 100 });

    expect(seen.map(textOf)).toEqual(["a"]);
  });

  it("ends by its signal though its client heeds none", async () => {
    kinesis.faults.add("GetRecords hang");
    const deaf = { send: (command: never) => client.send(command) } as unknown as KinesisClient;
    const stop = new AbortController();
    const all = collect(read({ client: deaf, signal: stop.signal }));
    await until(() => kinesis.requests("GetRecords") >= 2);

    stop.abort();

    expect(await all).toEqual([]);
  });
});
