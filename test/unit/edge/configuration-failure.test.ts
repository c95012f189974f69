import { KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { RequestFailure } from "../../../src/core/ports.js";
import {
  configurationMessage,
  isConfigurationProblem,
  SdkNotLoadedError,
} from "../../../src/edge/configuration-failure.js";
import { readSdkFailure } from "../../../src/edge/sdk-failure.js";
import type { RecordFailedError } from "../../../src/errors.js";
import type { ProducerOptions } from "../../../src/options.js";
import { KinesisProducer } from "../../../src/producer.js";

const credentials = { accessKeyId: "AKID", secretAccessKey: "secret" };
const NOWHERE = "http://127.0.0.1:1";

beforeEach(() => {
  for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL"])
    vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The failure of a request that the SDK's client does not send. */
async function failureOf(client: () => KinesisClient, streamArn?: string): Promise<RequestFailure> {
  try {
    const stream = streamArn === undefined ? { StreamName: "s" } : { StreamARN: streamArn };
    await client().send(new PutRecordsCommand({ ...stream, Records: [] }));
  } catch (error) {
    return readSdkFailure(error);
  }
  throw new Error("the request was sent");
}

const FINAL = { code: "UnusableConfiguration", isFinal: true, isConfiguration: true, mayBeStored: false };

describe("the SDK's client", () => {
  test.each<[string, () => KinesisClient, RegExp]>([
    [
      "without a region",
      () => new KinesisClient({ credentials }),
      /^Region is missing; set the option region, the env/,
    ],
    [
      "with a region that is no part of a host name",
      () => new KinesisClient({ credentials, region: "eu west 1" }),
      /^Region not accepted/,
    ],
    [
      "with an endpoint that is not a URL",
      () => new KinesisClient({ credentials, region: "eu-west-1", endpoint: "nonsense" }),
      /^Invalid URL; the endpoint must be a URL/,
    ],
    [
      "with options that contradict each other",
      () => new KinesisClient({ credentials, region: "eu-west-1", endpoint: NOWHERE, useFipsEndpoint: true }),
      /FIPS and custom endpoint/,
    ],
    [
      "with a credentials object without a secret key",
      () =>
        new KinesisClient({ credentials: { accessKeyId: "AKID" } as never, region: "eu-west-1", endpoint: NOWHERE }),
      /^Resolved credential object is not valid; the option credentials needs/,
    ],
  ])("%s cannot be used", async (_, client, message) => {
    const failure = await failureOf(client);

    expect(failure).toMatchObject(FINAL);
    expect(failure.message).toMatch(message);
  });

  test("for the ARN of another partition cannot be used", async () => {
    const client = (): KinesisClient => new KinesisClient({ credentials, region: "eu-west-1" });

    const failure = await failureOf(client, "arn:aws-cn:kinesis:cn-north-1:123456789012:stream/s");

    expect(failure).toMatchObject(FINAL);
  });

  test.each<[string, Error & { code?: string }]>([
    ["no host of this name", Object.assign(new Error("getaddrinfo ENOTFOUND x"), { code: "ENOTFOUND" })],
    ["no answer of the name service", Object.assign(new Error("getaddrinfo EAI_AGAIN x"), { code: "EAI_AGAIN" })],
    ["no connection", Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })],
    ["a certificate", Object.assign(new Error("expired"), { code: "CERT_HAS_EXPIRED" })],
    [
      "a provider whose own service has no region",
      Object.assign(new Error("Region is missing"), { name: "CredentialsProviderError" }),
    ],
    ["no credentials", Object.assign(new Error("none"), { name: "CredentialsProviderError" })],
    [
      "an answer of the service that says the same",
      Object.assign(new Error("Region is missing"), { $fault: "client", $metadata: { httpStatusCode: 400 } }),
    ],
  ])("with %s may work later", (_, error) => {
    expect(readSdkFailure(error)).not.toHaveProperty("isFinal");
  });
});

describe("a producer whose SDK has no region", () => {
  test.each<[string, Partial<ProducerOptions>]>([
    ["with its own requests", {}],
    ['with transport "sdk"', { transport: "sdk" }],
    ["with a client that was handed in", { client: new KinesisClient({ credentials }) }],
  ])("%s fails its records at once, and ready() rejects", async (_, options) => {
    const producer = new KinesisProducer({
      streamName: "s",
      ...(options.client === undefined ? { credentials } : {}),
      logger: { warn: () => undefined },
      ...options,
    });
    const startedAt = performance.now();
    const failed: Promise<RecordFailedError> = producer.put({ partitionKey: "k", data: "" }).then(
      () => Promise.reject(new Error("it was delivered")),
      (error: RecordFailedError) => error,
    );

    await expect(producer.ready()).rejects.toMatchObject({ code: "KP_INVALID_OPTION" });
    expect(await failed).toMatchObject({
      code: "KP_INVALID_OPTION",
      message: expect.stringMatching(
        /^no request can be made with the SDK's configuration: Region is missing; set the/,
      ),
      delivery: "none",
      cause: { code: "UnusableConfiguration" },
    });
    await producer.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe("an SDK that could not be loaded", () => {
  test.each([
    ["EMFILE: too many open files, open '/app/sdk.js'", "raise the limit of open files, and start the process again"],
    ["Cannot find package '@aws-sdk/client-kinesis'", "install @aws-sdk/client-kinesis"],
  ])("%s has the advice: %s", (reason, advice) => {
    const error = new SdkNotLoadedError(new Error(reason));

    expect(isConfigurationProblem(error)).toBe(true);
    expect(configurationMessage(error)).toContain(`the AWS SDK cannot be loaded: ${reason}; ${advice}`);
  });
});
