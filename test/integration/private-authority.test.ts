import { Agent } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { KinesisProducer, type ProducerOptions, type RecordFailedError } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { newCertificateChain } from "../support/certificate-chain.js";
import { ForwardProxy } from "../support/forward-proxy.js";
import { readAll, STREAM } from "./local-stream.js";

const { root, intermediate, server, client } = newCertificateChain("Company");
const [stranger, namesake] = [newCertificateChain("Other"), newCertificateChain("Company")];
const CHAIN = server.cert + intermediate;

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A service that sends the certificates `cert`. */
async function newService(cert: string | undefined): Promise<LocalKinesis> {
  const tls = cert === undefined ? {} : { tls: { key: server.key, cert } };
  const service = await LocalKinesis.start({ ...tls, streams: { [STREAM]: { shards: 1 } } });
  closing.push(() => service.close());
  return service;
}

function newProducer(service: LocalKinesis, options: ProducerOptions): KinesisProducer {
  const { endpoint, region, credentials } = service.clientConfig();
  const own = { endpoint, region, credentials, lingerMs: 5, recordTtlMs: 500, shardMapTimeoutMs: 100 };
  const producer = new KinesisProducer({ streamName: STREAM, ...own, ...options });
  closing.push(() => producer.close({ timeoutMs: 0 }));
  return producer;
}

const put = (producer: KinesisProducer) => producer.put({ partitionKey: "k", data: "x" });

async function lastAttempt(producer: KinesisProducer) {
  const error = await put(producer).then(
    () => undefined,
    (reason: RecordFailedError) => reason,
  );
  const { errorCode, errorMessage } = error?.attempts.at(-1) ?? {};
  return { errorCode, errorMessage, delivery: error?.delivery };
}

const WAYS = ["directly", "through a proxy"] as const;

async function proxyOf(way: (typeof WAYS)[number]): Promise<Pick<ProducerOptions, "proxy">> {
  if (way === "directly") return {};
  const proxy = await ForwardProxy.start();
  closing.push(() => proxy.close());
  return { proxy: proxy.url };
}

describe.each(WAYS)("a service with a certificate of a private authority, reached %s", (way) => {
  it.each([
    ["the root, and the service sends the intermediate", CHAIN, root],
    ["the root as bytes, and the service sends the intermediate", CHAIN, Buffer.from(root)],
    ["a list of both, and the service sends none", server.cert, [root, intermediate]],
    ["one text with both, and the service sends none", server.cert, intermediate + root],
  ])("is trusted with tls.ca: %s", async (_, cert, ca) => {
    const service = await newService(cert);

    await put(newProducer(service, { tls: { ca }, ...(await proxyOf(way)) }));

    expect(readAll(service).texts).toEqual(["x"]);
  });

  const MORE = "tls.ca needs its root certificate, and the intermediate ones that the peer does not send";

  it.each([
    [
      "the root alone, and the service sends no intermediate",
      server.cert,
      root,
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      MORE,
    ],
    ["another root", CHAIN, stranger.root, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", MORE],
    ["another root of the same name", CHAIN, namesake.root, "CERT_SIGNATURE_FAILURE", MORE],
    ["another root, and the service sends all", CHAIN + root, stranger.root, "SELF_SIGNED_CERT_IN_CHAIN", MORE],
    [
      "nothing",
      CHAIN + root,
      undefined,
      "SELF_SIGNED_CERT_IN_CHAIN",
      "set tls.ca to the certificates of its authority, PEM",
    ],
  ])("is refused with tls.ca: %s; the error names it, and what to set", async (_, cert, ca, code, advice) => {
    const service = await newService(cert);
    const tls = ca === undefined ? {} : { tls: { ca } };

    const { errorCode, errorMessage, delivery } = await lastAttempt(
      newProducer(service, { ...tls, ...(await proxyOf(way)) }),
    );

    expect([errorCode, delivery]).toEqual([code, "none"]);
    expect(errorMessage).toContain(`the certificate of ${new URL(service.endpoint).host} cannot be used: `);
    expect(errorMessage?.endsWith(`; ${advice}`)).toBe(true);
    expect(readAll(service).texts).toEqual([]);
  });
});

it("a proxy that is reached over TLS is verified by tls.ca too, and its error names it", async () => {
  const service = await newService(CHAIN);
  const proxy = await ForwardProxy.start({ tls: { key: server.key, cert: CHAIN } });
  closing.push(() => proxy.close());

  await put(newProducer(service, { tls: { ca: root }, proxy: proxy.url }));
  const failure = await lastAttempt(newProducer(service, { tls: { ca: stranger.root }, proxy: proxy.url }));

  expect(readAll(service).texts).toEqual(["x"]);
  expect(failure).toMatchObject({ errorCode: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", delivery: "none" });
  expect(failure.errorMessage).toMatch(/^the proxy https:\/\/127\.0\.0\.1:\d+ cannot be used: .*; tls\.ca needs /);
});

/** TLS with a client certificate, before a service without TLS. Returns its endpoint. */
async function newMutualTls(service: LocalKinesis): Promise<string> {
  const sockets = new Set<Socket>();
  const options = {
    key: server.key,
    cert: CHAIN,
    ca: [root, intermediate],
    requestCert: true,
    rejectUnauthorized: true,
  };
  const front = createServer(options, (socket) => {
    const onward = connect(Number(new URL(service.endpoint).port), "127.0.0.1");
    for (const each of [socket, onward]) sockets.add(each.on("error", () => socket.destroy()));
    socket.pipe(onward).pipe(socket);
  });
  front.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => {
    front.listen(0, "127.0.0.1", resolve);
  });
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      front.close(resolve);
    });
  });
  return `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
}

it("a client certificate comes from an agent of the caller", async () => {
  const service = await newService(undefined);
  const endpoint = await newMutualTls(service);
  const agent = new Agent({ keepAlive: true, ca: root, key: client.key, cert: client.cert + intermediate });
  closing.push(async () => agent.destroy());

  await put(newProducer(service, { endpoint, agent }));
  const without = await lastAttempt(newProducer(service, { endpoint, tls: { ca: root } }));

  expect(readAll(service).texts).toEqual(["x"]);
  expect(without.errorCode).toMatch(/^(ERR_SSL_|ECONNRESET|EPIPE)/);
});
