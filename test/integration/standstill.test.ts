import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/index.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";
import { STREAM, TRANSPORT } from "./local-stream.js";

let built: BuiltPackage;

beforeAll(async () => {
  built = await buildPackage("standstill");
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

/** A process that puts one record, stands still while the answer comes, and reports the outcome. */
function putting(options: object, whenPut = ""): ChildProcess {
  const program = `
    import { KinesisProducer } from ${JSON.stringify(pathToFileURL(join(built.folder, "index.js")).href)};
    const producer = new KinesisProducer(JSON.parse(process.argv[1]));
    const tell = (outcome) => console.log(JSON.stringify(outcome));
    const put = producer.put({ partitionKey: "k", data: "x" });
    // As when it is frozen: nothing runs, and the loop looks at its timers before it looks at its sockets.
    const freeze = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    process.once("SIGUSR2", () => freeze(3_000));
    ${whenPut}
    await put.then(tell, tell);
    await producer.close();`;
  return spawn(process.execPath, ["--input-type=module", "-e", program, JSON.stringify(options)], {
    cwd: built.folder,
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

it("a process that stands still reads the answer that came meanwhile, and nothing times out or expires", async () => {
  await using kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 1 } } });
  let answer = (): void => {};
  const called = new Promise<void>((resolve) => {
    kinesis.control("PutRecords", () => {
      resolve();
      return new Promise((pass) => {
        answer = () => pass(undefined);
      });
    });
  });
  const limits = { requestTimeoutMs: 1_000, recordTtlMs: 1_500 };
  const child = putting({ streamName: STREAM, ...kinesis.clientConfig(), ...TRANSPORT, ...limits });
  let told = "";
  child.stdout?.on("data", (chunk) => {
    told += chunk;
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await called;

  child.kill("SIGUSR2");
  await delay(300);
  answer();
  await ended;

  expect(JSON.parse(told)).toMatchObject({ mayBeDuplicate: false, attempts: [{ shardId: "shardId-000000000000" }] });
  expect(kinesis.oracle.report(STREAM).duplicates).toEqual([]);
}, 30_000);

it("a process that stands still while it connects loses no record, though its limits pass meanwhile", async () => {
  await using kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 1 } } });
  const limits = { requestTimeoutMs: 1_000, recordTtlMs: 700 };
  const options = { streamName: STREAM, ...kinesis.clientConfig(), ...TRANSPORT, ...limits };
  // At its first connection, and at the next one: the calls for the shard map, and PutRecords.
  const child = putting(
    options,
    `const net = (await import("node:net")).default;
    let frozen = 0;
    const connect = net.Socket.prototype.connect;
    net.Socket.prototype.connect = function (...args) {
      const socket = connect.apply(this, args);
      if (++frozen === 1 || frozen === 3) setImmediate(() => freeze(2_500));
      return socket;
    };`,
  );
  let told = "";
  child.stdout?.on("data", (chunk) => {
    told += chunk;
  });

  await new Promise((resolve) => child.once("exit", resolve));

  expect(JSON.parse(told)).toMatchObject({ mayBeDuplicate: false, shardId: "shardId-000000000000" });
  expect(kinesis.oracle.report(STREAM).duplicates).toEqual([]);
}, 30_000);
