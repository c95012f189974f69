import process from "node:process";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Sdk } from "../../../src/edge/lazy-sdk.js";
import { loadSdk } from "../../../src/edge/lazy-sdk.js";
import type { KinesisProducer, ProducerOptions } from "../../../src/index.js";
import { LocalKinesis } from "../../../src/testing/local-kinesis.js";
import { ScriptedDirectory } from "../../../src/testing/scripted-directory.js";
import { ScriptedTransport } from "../../../src/testing/scripted-transport.js";

const SDK = "../../../src/edge/sdk.js";
const OPTIONS: ProducerOptions = {
  streamName: "clicks",
  region: "eu-west-1",
  credentials: { accessKeyId: "a", secretAccessKey: "b" },
  endpoint: "http://127.0.0.1:1",
};

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeEach(() => {
  vi.resetModules();
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});

afterEach(() => {
  process.off("unhandledRejection", note);
  vi.doUnmock(SDK);
});

/** A producer in a program whose `edge/sdk` comes from this function; the count of its calls. */
async function producerWith(
  sdk: () => Promise<Sdk>,
  options: ProducerOptions = OPTIONS,
): Promise<{ producer: KinesisProducer; loads: () => number }> {
  let loads = 0;
  vi.doMock(SDK, () => {
    loads++;
    return sdk();
  });
  const { KinesisProducer: Producer } = await import("../../../src/index.js");
  return { producer: new Producer(options), loads: () => loads };
}

/** Later than all rejections that nobody handled. */
async function turns(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => void setImmediate(resolve));
}

const missing = (): Promise<Sdk> => Promise.reject(new Error("Cannot find package '@aws-sdk/client-kinesis'"));

describe("the SDK", () => {
  it("is loaded once, and before a request waits for it", async () => {
    expect(loadSdk()).toBe(loadSdk());
    expect((await loadSdk()).KinesisClient).toBeTypeOf("function");
  });

  it("is not loaded for a transport and a directory that are handed in", async () => {
    const directory = new ScriptedDirectory();
    const { producer, loads } = await producerWith(missing, {
      ...{ streamName: "clicks", transport: new ScriptedTransport(), directory },
    });

    await producer.close();
    await turns();

    expect(loads()).toBe(0);
  });

  it("is loaded after the options are checked: a wrong one still throws at once", async () => {
    await expect(producerWith(missing, { ...OPTIONS, lingerMs: -1 })).rejects.toThrow("lingerMs");
  });
});

describe("an SDK that cannot be loaded", () => {
  it("is a failure of the configuration, for ready() and for every record", async () => {
    const { producer, loads } = await producerWith(missing);

    await expect(producer.ready()).rejects.toMatchObject({
      code: "KP_INVALID_OPTION",
      message: expect.stringMatching(/the AWS SDK cannot be loaded: .*; install @aws-sdk\/client-kinesis/s),
    });
    await expect(producer.put({ partitionKey: "a", data: "x" })).rejects.toMatchObject({ delivery: "none" });
    await producer.close();
    await turns();

    expect(loads()).toBe(1);
    expect(unhandled).toEqual([]);
  });

  it("is silent as long as nothing needs it", async () => {
    const { producer } = await producerWith(missing);
    await turns();

    await expect(producer.close()).resolves.toMatchObject({ failed: 0 });
    expect(unhandled).toEqual([]);
  });
});

describe("close() while the SDK is being loaded", () => {
  it("does not wait for it, and nothing is opened afterwards", async () => {
    let finish: ((sdk: Sdk) => void) | undefined;
    const { producer } = await producerWith(() => new Promise((resolve) => (finish = resolve)));
    const put = producer.put({ partitionKey: "a", data: "x" });
    put.catch(() => undefined);
    await vi.waitUntil(() => finish !== undefined);

    const report = await producer.close({ timeoutMs: 0 });
    const sdk = await vi.importActual<Sdk>(SDK);
    const made = vi.fn();
    finish?.({ ...sdk, KinesisClient: made as never });
    await turns();

    expect(report).toMatchObject({ failed: 1 });
    await expect(put).rejects.toMatchObject({ code: "KP_CLOSED", delivery: "none" });
    expect(made).not.toHaveBeenCalled();
    expect(unhandled).toEqual([]);
  });

  it("without a limit delivers the records first", async () => {
    await using kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 1 } } });
    const actual = await vi.importActual<Sdk>(SDK);
    let finish: ((sdk: Sdk) => void) | undefined;
    const { producer } = await producerWith(() => new Promise((resolve) => (finish = resolve)), {
      ...{ streamName: "clicks", ...kinesis.clientConfig() },
    });
    const put = producer.put({ partitionKey: "a", data: "x" });
    await vi.waitUntil(() => finish !== undefined);

    const closed = producer.close();
    finish?.({ ...actual });

    expect(await closed).toMatchObject({ failed: 0 });
    expect(await put).toMatchObject({ shardId: "shardId-000000000000" });
  });
});
