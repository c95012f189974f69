import { Agent } from "node:https";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";
import { newSelfSigned } from "../support/self-signed.js";

it("LocalKinesis speaks TLS with the certificate it is given, over one connection that is kept", async () => {
  const { key, cert } = newSelfSigned();
  const kinesis = await LocalKinesis.start({ streams: { clicks: {} }, tls: { key, cert } });
  const httpsAgent = new Agent({ keepAlive: true, ca: cert });
  const client = new KinesisClient({ ...kinesis.clientConfig(), requestHandler: new NodeHttpHandler({ httpsAgent }) });

  try {
    for (const text of ["one", "two"]) {
      const Data = new TextEncoder().encode(text);
      await client.send(new PutRecordCommand({ StreamName: "clicks", PartitionKey: "a", Data }));
    }

    expect(kinesis.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(kinesis.records("clicks").map(({ data }) => new TextDecoder().decode(data))).toEqual(["one", "two"]);
    expect([kinesis.connections, kinesis.openConnections]).toEqual([1, 1]);
  } finally {
    await kinesis.close();
    client.destroy();
  }

  expect(kinesis.openConnections).toBe(0);
});
