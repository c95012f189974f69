import { Agent } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KinesisProducer, type ProducerOptions, type RecordFailedError } from "../../src/index.js";
import { selfSignedCertificate } from "../../src/testing/http/self-signed-certificate.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { ForwardProxy, type ForwardProxyOptions } from "../support/forward-proxy.js";
import { readAll, STREAM } from "./local-stream.js";

const ACCOUNT = "alice:s3cr:t/ü";
const USER = { username: "alice", password: "s3cr:t/ü" };

let kinesis: LocalKinesis;
const closing: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ tls: true, streams: { [STREAM]: { shards: 2 } } });
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await kinesis.close();
});

async function newProxy(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
  const proxy = await ForwardProxy.start(options);
  closing.push(() => proxy.close());
  return proxy;
}

/** A producer that trusts the certificate of the local Kinesis, unless the options say otherwise. */
function newProducer(options: ProducerOptions): KinesisProducer {
  const { endpoint, region, credentials } = kinesis.clientConfig();
  const tls = { ca: String(kinesis.certificate) };
  const own = {
    streamName: STREAM,
    endpoint,
    region,
    credentials,
    lingerMs: 5,
    recordTtlMs: 1_000,
    shardMapTimeoutMs: 100,
  };
  const producer = new KinesisProducer({ ...own, ...(options.agent === undefined ? { tls } : {}), ...options });
  closing.push(() => producer.close({ timeoutMs: 0 }));
  return producer;
}

async function putTen(producer: KinesisProducer): Promise<void> {
  await Promise.all(Array.from({ length: 10 }, (_, n) => producer.put({ partitionKey: `k${n}`, data: `record ${n}` })));
}

/** The failure of a record, when the producer cannot send. */
async function failureOf(producer: KinesisProducer): Promise<RecordFailedError> {
  return await producer.put({ partitionKey: "k", data: "x" }).then(
    () => {
      throw new Error("it was delivered");
    },
    (error: RecordFailedError) => error,
  );
}

/** A proxy that answers 200, and forwards nothing. Returns its URL. */
async function newSilentTunnel(): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const target = (): string => new URL(kinesis.endpoint).host;

describe("a producer behind a forward proxy", () => {
  it.each([
    ["own requests in JSON", {}],
    ["own requests in CBOR", { protocol: "cbor" }],
    ['the SDK\'s client: transport is "sdk"', { transport: "sdk" }],
  ] as const)("delivers through CONNECT with Basic authentication: %s", async (transport, options) => {
    const proxy = await newProxy({ account: ACCOUNT });
    const producer = newProducer({ ...options, proxy: { url: proxy.url, ...USER } });

    await putTen(producer);

    expect(readAll(kinesis).texts).toHaveLength(10);
    expect(producer.stats().transport).toBe(transport);
    expect(new Set(proxy.targets)).toEqual(new Set([target()]));
    expect(proxy.others).toEqual([]);
  });

  it("keeps its connections through the proxy alive", async () => {
    const proxy = await newProxy();
    const producer = newProducer({ proxy: proxy.url });

    for (let n = 0; n < 5; n++) await putTen(producer);

    // At most two for records, and one each for ListShards and DescribeStreamSummary.
    expect(proxy.targets.length).toBeLessThanOrEqual(4);
    expect(readAll(kinesis).texts).toHaveLength(50);
  });

  it("takes the account from the URL", async () => {
    const proxy = await newProxy({ account: ACCOUNT });
    const url = new URL(proxy.url);
    url.username = USER.username;
    url.password = USER.password;

    await putTen(newProducer({ proxy: url.href }));

    expect(readAll(kinesis).texts).toHaveLength(10);
  });

  it("reaches a proxy over TLS, and a service without TLS", async () => {
    const names = { dns: ["localhost"], addresses: [Uint8Array.of(127, 0, 0, 1)] };
    const certificate = selfSignedCertificate(names, Date.now());
    const proxy = await newProxy({ tls: certificate });
    const streams = { [STREAM]: { shards: 1 } };
    const services = [await LocalKinesis.start({ tls: certificate, streams }), await LocalKinesis.start({ streams })];
    closing.push(...services.map((service) => () => service.close()));
    const tls = { ca: String(certificate.cert) };

    for (const { endpoint } of services) await putTen(newProducer({ proxy: proxy.url, tls, endpoint }));

    for (const service of services) expect(readAll(service).texts).toHaveLength(10);
    expect(new Set(proxy.targets)).toEqual(new Set(services.map(({ endpoint }) => new URL(endpoint).host)));
  });

  it.each(["127.0.0.1", "*", "example.com, 127.0.0.1"])(
    "reaches the hosts of noProxy directly: %s",
    async (noProxy) => {
      const proxy = await newProxy();

      await putTen(newProducer({ proxy: { url: proxy.url, noProxy } }));

      expect(proxy.targets).toEqual([]);
    },
  );

  it("reads the environment only when it is asked to", async () => {
    const proxy = await newProxy();
    vi.stubEnv("https_proxy", proxy.url);
    vi.stubEnv("no_proxy", "");

    await putTen(newProducer({}));
    const before = proxy.targets.length;
    await putTen(newProducer({ proxy: "environment" }));
    vi.stubEnv("no_proxy", "127.0.0.1");
    const after = proxy.targets.length;
    await putTen(newProducer({ proxy: "environment" }));

    expect(before).toBe(0);
    expect(after).toBeGreaterThan(0);
    expect(proxy.targets.length).toBe(after);
    expect(readAll(kinesis).texts).toHaveLength(30);
  });
});

describe("a proxy that does not connect", () => {
  const refused = (hint: string): string =>
    `refused to connect to ${target()}: HTTP 407 Proxy Authentication Required${hint}`;

  it.each([
    ["wants an account", {}, "; it wants a user name and a password: proxy.username, proxy.password"],
    ["refuses the account", { ...USER, password: "wr0ng" }, "; it does not accept proxy.username and proxy.password"],
  ])("and %s is named in the error, without the password; nothing was sent", async (_, user, hint) => {
    const proxy = await newProxy({ account: ACCOUNT });
    const lines: string[] = [];
    const logger = (_level: string, _fields: object, message: string): void => void lines.push(message);

    const error = await failureOf(newProducer({ proxy: { url: proxy.url, ...user }, logger }));

    expect(error.delivery).toBe("none");
    const last = error.attempts.at(-1);
    expect([last?.errorCode, last?.errorMessage]).toEqual(["ProxyRefused", `the proxy ${proxy.url} ${refused(hint)}`]);
    expect(JSON.stringify([error, lines])).not.toMatch(/wr0ng|s3cr/);
  });

  it.each([
    [
      "another status",
      "HTTP/1.1 503 Service Unavailable\r\n\r\n",
      "ProxyRefused",
      /refused to connect to .*: HTTP 503/,
    ],
    ["no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", "HPE_INVALID_CONSTANT", /cannot be used: Parse Error/],
    ["nothing, and closes", "", "ECONNRESET", /cannot be used: socket hang up/],
  ])("but answers %s is named in the error", async (_, answer, code, message) => {
    const proxy = await newProxy({ answer: () => answer });

    const error = await failureOf(newProducer({ proxy: proxy.url }));

    const last = error.attempts.at(-1);
    expect(last?.errorCode).toBe(code);
    expect(last?.errorMessage).toContain(`the proxy ${proxy.url} `);
    expect(last?.errorMessage).toMatch(message);
    expect(error.delivery).toBe("none");
  });

  it.each([
    ["the password", "s3cr:t/\u00fc"],
    ["the header", Buffer.from(ACCOUNT).toString("base64")],
  ])("but repeats %s, is named without it", async (_, secret) => {
    const proxy = await newProxy({ answer: () => `HTTP/1.1 407 No ${secret}\r\n\r\n` });

    const error = await failureOf(newProducer({ proxy: { url: proxy.url, ...USER } }));

    expect(inspect(error, { depth: 9 })).not.toMatch(/s3cr|YWxpY2U/);
    expect(error.attempts.at(-1)?.errorMessage).toContain("HTTP 407 (not shown: it has the password)");
  });

  it("with 200 and then says nothing is named in the error, after connectTimeoutMs", async () => {
    const proxy = await newSilentTunnel();

    const error = await failureOf(newProducer({ proxy, connectTimeoutMs: 100 }));

    expect(error.delivery).toBe("none");
    expect(error.attempts.at(-1)?.errorMessage).toMatch(/ within 100 ms$/);
  });

  it("because it is not there is named in the error", async () => {
    const proxy = await ForwardProxy.start();
    const { url } = proxy;
    await proxy.close();

    const error = await failureOf(newProducer({ proxy: url }));

    expect(error.delivery).toBe("none");
    expect(error.attempts.at(-1)).toMatchObject({
      errorCode: "ECONNREFUSED",
      errorMessage: expect.stringContaining(`the proxy ${url} cannot be used: connect ECONNREFUSED`),
    });
  });

  it("in time is named in the error, after connectTimeoutMs", async () => {
    const proxy = await newProxy({ answer: () => undefined });

    const error = await failureOf(newProducer({ proxy: proxy.url, connectTimeoutMs: 100 }));

    expect(error.delivery).toBe("none");
    expect(error.attempts.at(-1)).toMatchObject({
      errorCode: "TimeoutError",
      errorMessage: `the proxy ${proxy.url} did not connect to ${target()} within 100 ms`,
    });
    expect(error.attempts.length).toBeGreaterThan(1);
  });

  it("does not hold up close()", async () => {
    const proxy = await newProxy({ answer: () => undefined });
    const producer = newProducer({ proxy: proxy.url });
    const put = failureOf(producer);
    await vi.waitFor(() => expect(proxy.targets.length).toBeGreaterThan(0));

    await producer.close({ timeoutMs: 0 });

    expect(await put).toMatchObject({ code: "KP_CLOSED" });
  });
});

describe("the certificate of the service", () => {
  it("of a private authority is not trusted without tls.ca", async () => {
    const error = await failureOf(newProducer({ tls: {} }));

    expect(error).toMatchObject({ delivery: "none" });
    expect(error.attempts.at(-1)?.errorCode).toBe("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  it.each(["string", "bytes", "list"])("is trusted with tls.ca as %s, by the fast transport", async (form) => {
    const pem = String(kinesis.certificate);
    const producer = newProducer({ tls: { ca: form === "list" ? [pem] : form === "bytes" ? Buffer.from(pem) : pem } });

    await putTen(producer);

    expect(producer.stats().transport).toBe("own requests in JSON");
    expect(readAll(kinesis).texts).toHaveLength(10);
  });

  it("is not verified with tls.rejectUnauthorized: false", async () => {
    await putTen(newProducer({ tls: { rejectUnauthorized: false } }));

    expect(readAll(kinesis).texts).toHaveLength(10);
  });

  it("must have the name tls.servername, also behind a proxy", async () => {
    const proxy = await newProxy();
    const ca = String(kinesis.certificate);

    const direct = await failureOf(newProducer({ tls: { ca, servername: "kinesis.example.com" } }));
    const behind = await failureOf(newProducer({ tls: { ca, servername: "kinesis.example.com" }, proxy: proxy.url }));
    await putTen(newProducer({ tls: { ca, servername: "localhost" }, proxy: proxy.url }));

    for (const error of [direct, behind]) {
      expect(error.attempts.at(-1)?.errorCode).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
      expect(error.delivery).toBe("none");
    }
  });
});

it("connectTimeoutMs bounds the TLS handshake: nothing was sent", async () => {
  const sockets: Socket[] = [];
  const silent: Server = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => {
    silent.listen(0, "127.0.0.1", resolve);
  });
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const endpoint = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;

  const error = await failureOf(newProducer({ endpoint, connectTimeoutMs: 150 }));

  expect(error.delivery).toBe("none");
  expect(error.attempts.at(-1)?.errorMessage).toBe(
    "the request did not establish a connection with the service within 150 ms",
  );
});

it("an agent of the caller makes the connections of the fast transport, and stays open", async () => {
  const agent = new Agent({ keepAlive: true, ca: String(kinesis.certificate) });
  closing.push(async () => agent.destroy());
  const producer = newProducer({ agent });

  await putTen(producer);
  await producer.close();
  const idle = Object.values(agent.freeSockets).flat();

  expect(producer.stats().transport).toBe("own requests in JSON");
  expect(readAll(kinesis).texts).toHaveLength(10);
  expect(idle.length).toBeGreaterThan(0);
  expect(idle.every((socket) => socket?.destroyed === false)).toBe(true);
});
