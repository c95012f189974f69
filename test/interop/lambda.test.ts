import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { LambdaTrigger, LocalKinesis, lambdaEndpoint } from "../../src/testing/index.js";
import { type BuiltPackage, buildPackage } from "../integration/built-package.js";
import { manyRecords, newProducer, STREAM } from "../integration/local-stream.js";
import { startFunction } from "./support/lambda-emulator.js";

let built: BuiltPackage;

beforeAll(async () => {
  built = await buildPackage("interop-lambda");
});

afterAll(() => built[Symbol.dispose]());

/** A function of the built library. It writes each record to a file, and fails for every hundredth one the first time. */
const code = (lambda: string): string => `
import { appendFileSync } from "node:fs";
import { kinesisHandler } from ${JSON.stringify(lambda)};
const failed = new Set();
export const handler = kinesisHandler(async ({ data, partitionKey }) => {
  const text = Buffer.from(data).toString();
  if (text.endsWith("07") && !failed.has(text)) {
    failed.add(text);
    throw new Error("the first time of " + text);
  }
  appendFileSync("handled.txt", partitionKey + "|" + text + "\\n");
});
`;

it("a trigger drives kinesisHandler in AWS's own runtime: every record, in order, over split and merge", async () => {
  const lambda = pathToFileURL(join(built.folder, "lambda/index.js")).href;
  const folder = join(built.folder, "../function");
  const emulated = await startFunction(folder, code(lambda));
  onTestFinished(() => emulated.stop());
  const kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
  onTestFinished(() => kinesis.close());
  const trigger = new LambdaTrigger({
    kinesis,
    streamName: STREAM,
    handler: lambdaEndpoint(emulated.url),
    timeoutInSeconds: 20,
    retryDelayMs: 1,
    functionResponseTypes: ["ReportBatchItemFailures"],
  });
  onTestFinished(() => trigger.close());
  await trigger.start();
  const producer = newProducer(kinesis, { ordering: "shard" });
  const records = manyRecords(3_000, 20);
  const changes = [
    (): unknown => kinesis.splitShard(STREAM, "shardId-000000000000"),
    (): unknown => kinesis.mergeShards(STREAM, "shardId-000000000003", "shardId-000000000001"),
    (): unknown => undefined,
  ];
  for (const [index, change] of changes.entries()) {
    await Promise.all(records.slice(index * 1_000, (index + 1) * 1_000).map((record) => producer.put(record)));
    change();
  }
  await producer.close();

  await trigger.idle();

  const handled = new Map<string, Set<string>>();
  for (const line of readFileSync(join(folder, "handled.txt"), "utf8").trimEnd().split("\n")) {
    const [key = "", text = ""] = line.split("|");
    handled.set(key, (handled.get(key) ?? new Set()).add(text));
  }
  const sent = new Map<string, string[]>();
  for (const { partitionKey = "", data } of records) sent.set(partitionKey, [...(sent.get(partitionKey) ?? []), data]);
  expect(new Map([...handled].map(([key, texts]) => [key, [...texts]]))).toEqual(sent);
  const { partialFailures, errors, timeouts } = trigger.stats();
  expect([partialFailures > 0, errors, timeouts]).toEqual([true, 0, 0]);
});

it("an exception and the end of the process in AWS's runtime are failures that the trigger repeats", async () => {
  const emulated = await startFunction(
    join(built.folder, "../failing"),
    `let calls = 0;
     export const handler = async () => {
       calls++;
       if (calls === 1) throw new TypeError("the first time");
       if (calls === 2) process.exit(3);
       return {};
     };`,
  );
  onTestFinished(() => emulated.stop());
  const kinesis = await LocalKinesis.start({ streams: { [STREAM]: {} } });
  onTestFinished(() => kinesis.close());
  const reasons: (string | undefined)[] = [];
  const trigger = new LambdaTrigger({
    kinesis,
    streamName: STREAM,
    handler: lambdaEndpoint(emulated.url),
    timeoutInSeconds: 20,
    onInvocation: ({ reason }) => void reasons.push(reason),
    maximumRetryAttempts: 4,
  });
  onTestFinished(() => trigger.close());
  await trigger.start();
  const producer = newProducer(kinesis);
  await producer.put({ partitionKey: "k", data: "x" });
  await producer.close();

  await trigger.idle();

  expect(reasons.slice(0, 2)).toEqual([
    "Error: TypeError: the first time",
    expect.stringContaining("Runtime exited with error: exit status 3"),
  ]);
  expect(trigger.stats().recordsHandled + trigger.stats().recordsDiscarded).toBe(1);
});
