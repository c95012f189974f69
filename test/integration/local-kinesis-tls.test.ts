import { connect as connectHttp2, constants } from "node:http2";
import { Agent } from "node:https";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect, it } from "vitest";
import { selfSignedCertificate } from "../../src/testing/http/self-signed-certificate.js";
import { LocalKinesis } from "../../src/testing/local-kinesis.js";

it("LocalKinesis speaks TLS with the certificate it is given, over one connection that is kept", async () => {
  const tls = selfSignedCertificate({ dns: [], addresses: [Uint8Array.of(127, 0, 0, 1)] }, Date.now());
  const kinesis = await LocalKinesis.start({ streams: { clicks: {} }, tls });
  const httpsAgent = new Agent({ keepAlive: true, ca: tls.cert });
  const client = new KinesisClient({ ...kinesis.clientConfig(), requestHandler: new NodeHttpHandler({ httpsAgent }) });

  try {
    for (const text of ["one", "two"]) {
      const Data = new TextEncoder().encode(text);
      await client.send(new PutRecordCommand({ StreamName: "clicks", PartitionKey: "a", Data }));
    }

    expect(kinesis.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(kinesis.certificate).toBe(tls.cert);
    expect(kinesis.records("clicks").map(({ data }) => new TextDecoder().decode(data))).toEqual(["one", "two"]);
    expect([kinesis.connections, kinesis.openConnections]).toEqual([1, 1]);
  } finally {
    await kinesis.close();
    client.destroy();
  }

  expect(kinesis.openConnections).toBe(0);
});

it("LocalKinesis understands HTTP/2 and HTTP/1.1 over TLS without ALPN, by their first bytes", async () => {
  await using kinesis = await LocalKinesis.start({ streams: { clicks: {} }, tls: true });
  const ca = kinesis.certificate as string;
  const { port } = new URL(kinesis.endpoint);
  // Without ALPNProtocols nothing is offered: the AWS SDK for Java does so.
  const socket = () => connect({ host: "127.0.0.1", port: Number(port), ca });
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.ListStreams" };

  const session = connectHttp2(kinesis.endpoint, { createConnection: socket });
  const stream = session.request({ [constants.HTTP2_HEADER_METHOD]: "POST", ...headers });
  stream.end("{}");
  const overHttp2 = await text(stream);
  session.close();
  const plain = socket();
  plain.write(
    `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n${Object.entries(headers)
      .map((header) => header.join(": "))
      .join("\r\n")}\r\n\r\n{}`,
  );

  expect(JSON.parse(overHttp2)).toMatchObject({ StreamNames: ["clicks"] });
  expect(await text(plain)).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*"StreamNames":\["clicks"\]/);
});
