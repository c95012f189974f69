import { KinesisClient } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProducerOptions, RecordFailedError } from "../../src/index.js";
import { type ControlAction, LocalKinesis } from "../../src/testing/index.js";
import { manyRecords, newProducer, readAll, STREAM } from "./local-stream.js";

type Provider = () => Promise<{ accessKeyId: string; secretAccessKey: string; expiration?: Date }>;

const OPERATIONS = ["PutRecords", "ListShards", "DescribeStreamSummary"] as const;
const hang = () => new Promise<never>(() => undefined);

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 4 } } });
});

afterEach(() => kinesis.close());

/** Refuses every operation that is signed with a key that is not valid now. */
function refuseUnless(isGood: (key: string) => boolean, code: string, statusCode = 400): void {
  for (const operation of OPERATIONS) {
    kinesis.control(operation, ({ headers }): ControlAction | undefined => {
      const key = /Credential=([^/]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
      return isGood(key) ? undefined : { kind: "error", code, statusCode, message: "not this key" };
    });
  }
}

/** A provider of the n-th key, with a script: the result of each call, and "key" for all later calls. */
function provider(...script: ("key" | "again" | "hang" | "reject" | "late")[]) {
  const provide = Object.assign(
    (async () => {
      const what = script[provide.calls++] ?? "key";
      if (what === "hang") return hang();
      if (what === "reject") throw new Error("the vault is sealed");
      if (what === "late") await new Promise((resolve) => setTimeout(resolve, 1_000));
      if (what !== "again") provide.keys++;
      const expiration = new Date(Date.now() + 3_600_000);
      return { accessKeyId: `key-${provide.keys}`, secretAccessKey: "secret", expiration };
    }) as Provider,
    { calls: 0, keys: 0 },
  );
  return provide;
}

const WAYS: readonly [string, (credentials: Provider) => ProducerOptions][] = [
  ["of the producer's own", (credentials) => ({ credentials })],
  ["by the SDK's client", (credentials) => ({ credentials, transport: "sdk" })],
];

const FOREIGN: [string, (credentials: Provider) => ProducerOptions] = [
  "by a client that was handed in",
  (credentials) => {
    const { endpoint, region } = kinesis.clientConfig();
    const requestHandler = new NodeHttpHandler();
    return {
      region: undefined,
      endpoint: undefined,
      credentials: undefined,
      client: new KinesisClient({ endpoint, region, credentials, requestHandler, maxAttempts: 1 }),
    } as unknown as ProducerOptions;
  },
];

describe.each([...WAYS, FOREIGN])("requests %s", (_, optionsWith) => {
  it.each(["ExpiredTokenException", "UnrecognizedClientException", "InvalidClientTokenId"])(
    "that a rotation finds refused by %s, 24 in flight, arrive with the new key, for which the provider is asked once",
    async (code) => {
      const provide = provider();
      await using producer = newProducer(kinesis, {
        aggregation: false,
        maxRequestRecords: 1,
        ...optionsWith(provide),
      });
      await producer.put(manyRecords(1)[0] as never);
      refuseUnless((key) => key !== "key-1", code);

      await Promise.all(manyRecords(100).map((record) => producer.put(record)));

      expect(provide.calls).toBe(2);
      expect(readAll(kinesis).texts).toHaveLength(101);
    },
  );

  it.each<[string, Parameters<typeof provider>]>([
    ["comes a second late", ["key", "late"]],
    ["is not to be had twice", ["key", "reject", "reject"]],
    ["is the refused one twice more", ["key", "again", "again"]],
  ])("whose next key %s wait for it, and arrive", async (_, script) => {
    const provide = provider(...script);
    await using producer = newProducer(kinesis, optionsWith(provide));
    await producer.put(manyRecords(1)[0] as never);
    refuseUnless((key) => key !== "key-1", "ExpiredTokenException");

    const results = await Promise.all(manyRecords(1_000).map((record) => producer.put(record)));

    expect(results.every(({ mayBeDuplicate }) => !mayBeDuplicate)).toBe(true);
    expect(provide.calls).toBe(script.filter((what) => what !== "late").length + 1);
  });

  it("that are refused for the time they were signed at, twice in a row, are signed again and arrive", async () => {
    await using producer = newProducer(kinesis, optionsWith(provider()));
    await producer.put(manyRecords(1)[0] as never);
    let refusals = 0;
    kinesis.control("PutRecords", () =>
      ++refusals > 2
        ? undefined
        : { kind: "error", code: "InvalidSignatureException", message: "Signature expired: stale" },
    );

    const { attempts } = await producer.put(manyRecords(1)[0] as never);

    expect(attempts.map(({ errorCode }) => errorCode)).toEqual([
      "InvalidSignatureException",
      "InvalidSignatureException",
      undefined,
    ]);
  });
});

describe.each(WAYS)("a provider that hangs once, requests %s", (_, optionsWith) => {
  it("at the start, is left behind: the next call gives the key", async () => {
    const provide = provider("hang");
    await using producer = newProducer(kinesis, { requestTimeoutMs: 300, ...optionsWith(provide) });

    const result = await producer.put(manyRecords(1)[0] as never);

    expect(result.mayBeDuplicate).toBe(false);
    expect(provide.calls).toBe(2);
  });

  it("after a refusal, is left behind: the records wait, and arrive", async () => {
    const provide = provider("key", "hang");
    await using producer = newProducer(kinesis, { requestTimeoutMs: 300, ...optionsWith(provide) });
    await producer.put(manyRecords(1)[0] as never);
    refuseUnless((key) => key !== "key-1", "ExpiredTokenException");

    const results = await Promise.allSettled(manyRecords(100).map((record) => producer.put(record)));

    expect(results.filter(({ status }) => status === "rejected")).toEqual([]);
    expect(provide.calls).toBe(3);
  });
});

it("without credentials the SDK's own chain is asked", async () => {
  const { endpoint, region } = kinesis.clientConfig();
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" });
  try {
    await using producer = newProducer(kinesis, { endpoint, region, credentials: undefined } as never);
    await producer.put(manyRecords(1)[0] as never);
    expect(readAll(kinesis).texts).toHaveLength(1);
  } finally {
    for (const [name, value] of Object.entries({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

it("a record whose provider never gives anything expires, unsent, and says why", async () => {
  await using producer = newProducer(kinesis, {
    credentials: hang,
    requestTimeoutMs: 100,
    shardMapTimeoutMs: 100,
    recordTtlMs: 500,
    logger: { warn: () => undefined },
  });

  const error = (await producer.put(manyRecords(1)[0] as never).catch((reason) => reason)) as RecordFailedError;

  expect(error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "none" });
  expect(error.attempts.at(-1)?.errorMessage).toContain("the credentials provider did not answer within 100 ms");
});
