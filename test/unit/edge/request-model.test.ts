import { KinesisClient, type KinesisClientConfig } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { StreamRef } from "../../../src/core/ports.js";
import { drawModel, type RequestModel } from "../../../src/edge/request-model.js";
import { sdkStream } from "../../../src/edge/sdk-stream.js";
import { UnknownRequestForm } from "../../../src/edge/unknown-request-form.js";
import { drawnRequest, SOMEWHERE } from "../../support/drawn-requests.js";

const STREAM: StreamRef = { streamName: "clicks" };
const BY_ARN: StreamRef = { ...STREAM, streamArn: "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks" };

afterEach(() => vi.unstubAllEnvs());

const clientOf = (config: KinesisClientConfig): KinesisClient =>
  new KinesisClient({ ...SOMEWHERE, requestHandler: new NodeHttpHandler(), ...config });

const modelOf = (config: KinesisClientConfig, stream: StreamRef = STREAM): Promise<RequestModel> =>
  drawModel(clientOf(config), stream, {});

const ACCOUNT = {
  ...(SOMEWHERE.credentials as { accessKeyId: string; secretAccessKey: string }),
  accountId: "012345678901",
};

const CONFIGS: readonly (readonly [string, KinesisClientConfig, StreamRef, string])[] = [
  ["a region", {}, STREAM, "https://kinesis.eu-west-1.amazonaws.com/"],
  ["another partition", { region: "cn-north-1" }, STREAM, "https://kinesis.cn-north-1.amazonaws.com.cn/"],
  ["FIPS", { region: "us-east-1", useFipsEndpoint: true }, STREAM, "https://kinesis-fips.us-east-1.amazonaws.com/"],
  ["dual stack", { useDualstackEndpoint: true }, STREAM, "https://kinesis.eu-west-1.api.aws/"],
  ["an ARN", {}, BY_ARN, "https://123456789012.data-kinesis.eu-west-1.amazonaws.com/"],
  [
    "an ARN and dual stack",
    { useDualstackEndpoint: true },
    BY_ARN,
    "https://123456789012.data-kinesis.eu-west-1.api.aws/",
  ],
  [
    "an account's own endpoint",
    { accountIdEndpointMode: "required", credentials: ACCOUNT },
    STREAM,
    "https://012345678901.data-kinesis.eu-west-1.amazonaws.com/",
  ],
  ["a custom endpoint", { endpoint: "http://localhost:4567" }, STREAM, "http://localhost:4567/"],
  [
    "one with a path",
    { endpoint: "https://proxy.example:8443/kinesis/v1" },
    STREAM,
    "https://proxy.example:8443/kinesis/v1/",
  ],
  ["one by an IPv6 address", { endpoint: "http://[::1]:4567" }, STREAM, "http://::1:4567/"],
];

describe("drawModel", () => {
  it.each(CONFIGS)("goes where the SDK's client goes for %s", async (_, config, stream, url) => {
    const { target, headers, signingRegion, signingService } = await modelOf(config, stream);

    const theirs = await drawnRequest({ ...SOMEWHERE, ...config }, { ...sdkStream(stream), Records: [] });
    const { protocol, hostname, port, path } = target;
    expect(`${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}`).toBe(url);
    expect({ protocol, hostname, port, path }).toEqual({
      protocol: theirs.protocol,
      hostname: theirs.hostname.replace(/^\[|\]$/g, ""),
      port: theirs.port,
      path: theirs.path,
    });
    const { authorization, ...shown } = theirs.headers;
    expect(shown).toMatchObject(headers);
    expect(authorization).toContain(`/${signingRegion}/${signingService}/aws4_request`);
  });

  it("keeps what is the same for every request, the user agent among it, and nothing else", async () => {
    const { headers } = await modelOf({ customUserAgent: "my-service/7" });

    expect(Object.keys(headers).sort()).toEqual([
      "amz-sdk-request",
      "host",
      "user-agent",
      "x-amz-target",
      "x-amz-user-agent",
    ]);
    expect(headers["user-agent"]).toMatch(/^aws-sdk-js\/.* my-service\/7$/);
    expect(headers["x-amz-target"]).toBe("Kinesis_20131202.PutRecords");
  });

  it("says whose request it is", async () => {
    expect((await modelOf({})).accessKeyId).toBe("AKIDEXAMPLE");
  });

  it("rejects with what the client throws before it sends anything", async () => {
    const noRegion = modelOf({ region: (() => Promise.reject(new Error("Region is missing"))) as never });
    const noCredentials = modelOf({ credentials: () => Promise.reject(new Error("vault sealed")) });
    const elsewhere = modelOf(
      {},
      { streamName: "clicks", streamArn: BY_ARN.streamArn?.replace("aws", "aws-cn") ?? "" },
    );

    await expect(noRegion).rejects.toThrow("Region is missing");
    await expect(noCredentials).rejects.toThrow("vault sealed");
    await expect(elsewhere).rejects.toThrow("Partition: aws-cn from ARN doesn't match");
  });

  it.each([
    ["in a Lambda function", {}, true],
    ["with its own trace", { traced: true }, true],
    ["otherwise", {}, false],
  ])("is for one request %s: %o, %o", async (where, { traced = false }: { traced?: boolean }, isForOneRequest) => {
    if (where === "in a Lambda function") vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "f");
    const client = clientOf({});
    if (traced) addHeader(client, "traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

    expect((await drawModel(client, STREAM, {})).isForOneRequest).toBe(isForOneRequest);
  });

  it("carries the trace of the invocation, in a Lambda function", async () => {
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "f");
    vi.stubEnv("_X_AMZN_TRACE_ID", "Root=1-67891233-abcdef012345678912345678");

    expect((await modelOf({})).headers["X-Amzn-Trace-Id"]).toBe("Root=1-67891233-abcdef012345678912345678");
  });
});

function addHeader(client: KinesisClient, name: string, value: string): void {
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers[name] = value;
      return next(args);
    },
    { step: "build" },
  );
}

describe("a request that the client alone can send", () => {
  const signer = { sign: async (request: unknown) => request } as never;

  it("is one that is not signed with SigV4", async () => {
    await expect(modelOf({ signer })).rejects.toEqual(new UnknownRequestForm("its requests are not signed with SigV4"));
  });

  it("is one whose input a middleware changes", async () => {
    const client = clientOf({});
    client.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, StreamName: "other" } }), {
      step: "initialize",
    });

    await expect(drawModel(client, STREAM, {})).rejects.toBeInstanceOf(UnknownRequestForm);
  });

  it("is one whose body a middleware writes", async () => {
    const client = clientOf({});
    client.middlewareStack.add(
      (next) => (args) => {
        (args.request as { body: string }).body = "compressed";
        return next(args);
      },
      { step: "build" },
    );

    await expect(drawModel(client, STREAM, {})).rejects.toBeInstanceOf(UnknownRequestForm);
  });

  it("is one of another content type", async () => {
    const client = clientOf({});
    addHeader(client, "content-type", "application/x-amz-json-2.0");

    await expect(drawModel(client, STREAM, {})).rejects.toBeInstanceOf(UnknownRequestForm);
  });
});
