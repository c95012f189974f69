import { KinesisClient, type KinesisClientConfig } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { describe, expect, it, vi } from "vitest";
import { JSON_CONTENT_TYPE, jsonPutRecords } from "../../../src/edge/put-records-json.js";
import { drawModel } from "../../../src/edge/request-model.js";
import { signedHeaders } from "../../../src/edge/request-signature.js";
import { drawnRequest, SOMEWHERE } from "../../support/drawn-requests.js";
import { checkSignature, type SignedRequest } from "../../support/signature-check.js";

const STREAM = { streamName: "clicks" };
const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

async function signed(config: KinesisClientConfig, text: string): Promise<SignedRequest> {
  const client = new KinesisClient({ ...SOMEWHERE, requestHandler: new NodeHttpHandler(), ...config });
  const model = await drawModel(client, STREAM, {});
  const body = jsonPutRecords(STREAM, [{ partitionKey: "a", data: Buffer.from(text) }]);
  const headers = await signedHeaders(client.config, model, await client.config.credentials(), JSON_CONTENT_TYPE, body);
  return { method: "POST", path: model.target.path, headers, body };
}

const CONFIGS: readonly (readonly [string, KinesisClientConfig])[] = [
  ["of a region", {}],
  ["of a session", { credentials: { accessKeyId: "ASIA", secretAccessKey: SECRET, sessionToken: "IQoJ+/=" } }],
  ["over a custom endpoint", { endpoint: "http://localhost:4567" }],
  ["over an endpoint with a path", { endpoint: "https://proxy.example:8443/kinesis/v%201" }],
  ["that says more of itself", { customUserAgent: [["my service", "7 (beta)"]] }],
];

describe("signedHeaders", () => {
  it.each(CONFIGS)("sign a request %s as the service wants it, and as the SDK's client does", async (_, config) => {
    for (let i = 0; i < 100; i++) {
      const ours = await signed(config, `record ${i} é`);

      const covered = checkSignature(ours, SECRET);

      if (i > 0) continue;
      const Records = [{ PartitionKey: "a", Data: Buffer.from("record 0 é") }];
      const theirs = await drawnRequest({ ...SOMEWHERE, ...config }, { StreamName: "clicks", Records });
      expect(covered).toEqual(checkSignature(theirs, SECRET));
      expect(Object.keys(ours.headers).sort()).toEqual(Object.keys(theirs.headers).sort());
      expect(ours.headers["content-length"]).toBe(String(ours.body.length));
      expect(ours.headers["user-agent"]).toBe(theirs.headers["user-agent"]);
    }
  });

  it("are found wrong when a byte of the body changes", async () => {
    const request = await signed({}, "x");

    request.body[20] = (request.body[20] ?? 0) ^ 1;

    expect(() => checkSignature(request, SECRET)).toThrow("x-amz-content-sha256");
  });

  it("carry the time of the service, when the clock of this machine is off", async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 2, 23, 30), toFake: ["Date"] });
    try {
      const { headers } = await signed({ systemClockOffset: 3_600_000 }, "x");

      expect(headers["x-amz-date"]).toBe("20260103T003000Z");
      expect(headers.authorization).toContain("/20260103/eu-west-1/kinesis/aws4_request");
    } finally {
      vi.useRealTimers();
    }
  });

  it("are of each request its own", async () => {
    const ids = await Promise.all([1, 2].map(async () => (await signed({}, "x")).headers["amz-sdk-invocation-id"]));

    expect(new Set(ids).size).toBe(2);
  });
});
