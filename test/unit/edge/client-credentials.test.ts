import { KinesisClient } from "@aws-sdk/client-kinesis";
import { expect, test } from "vitest";

import { foreignCredentials, ownCredentials } from "../../../src/edge/client-credentials.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { requestFailure } from "../../../src/testing/scripted-answers.js";

const REFUSED = requestFailure("ExpiredTokenException");
const CONSTANT = { accessKeyId: "constant", secretAccessKey: "secret" };

function settings() {
  const clock = new ManualClock();
  return { clock, random: () => 0.5, limitMs: 1_000 };
}

test("a chain of the SDK that hangs, and keeps the promise, is left for a separate chain", async () => {
  const parts = settings();
  let chains = 0;
  const credentialDefaultProvider = () => {
    // The client makes a chain for its own use.
    const isHung = ++chains === 2;
    const hung = new Promise<never>(() => undefined);
    return () => (isHung ? hung : Promise.resolve(CONSTANT));
  };
  const client = new KinesisClient({ region: "eu-west-1", credentialDefaultProvider });
  const shared = ownCredentials(client, undefined, parts);
  const first = shared.get().catch(({ name }: Error) => name);
  await parts.clock.advanceAsync(1_000);
  expect(await first).toBe("CredentialsProviderError");

  await parts.clock.advanceAsync(200);

  expect(await shared.get()).toMatchObject({ accessKeyId: "constant" });
  expect(await client.config.credentials()).toMatchObject({ accessKeyId: "constant" });
});

test("a provider gets the calling client, and the request for a new identity", async () => {
  const asked: { readonly forceRefresh?: boolean; readonly callerClientConfig?: object }[] = [];
  let count = 0;
  const provide = async (options = {}) => {
    asked.push(options);
    return { accessKeyId: `key-${++count}`, secretAccessKey: "secret" };
  };
  const client = new KinesisClient({ region: "eu-west-1", credentials: provide });
  const shared = ownCredentials(client, provide, settings());
  shared.judge(REFUSED, await shared.get());
  await shared.get();

  expect(asked.map(({ forceRefresh }) => forceRefresh)).toEqual([undefined, true]);
  expect(asked[0]?.callerClientConfig).toBe(client.config);
});

test("constant credentials stay what they are, and those that are refused are refused for good", async () => {
  const client = new KinesisClient({ region: "eu-west-1", credentials: CONSTANT });
  const shared = ownCredentials(client, CONSTANT, settings());
  const used = await shared.get();

  expect(used).toMatchObject(CONSTANT);
  expect(shared.judge(REFUSED, used)).toMatchObject({ isFinal: true });
});

test("a client that was handed in is asked for nothing until what it has is refused", async () => {
  const asked: unknown[] = [];
  const provide = async (options = {}) => {
    asked.push(options);
    return CONSTANT;
  };
  const client = new KinesisClient({ region: "eu-west-1", credentials: provide });
  const shared = foreignCredentials(client, settings());
  const used = await shared.get();
  expect(asked).toEqual([]);

  shared.judge(REFUSED, used);
  await shared.get();

  expect(asked).toEqual([expect.objectContaining({ forceRefresh: true })]);
});
