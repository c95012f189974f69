import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSdk } from "../../src/edge/lazy-sdk.js";
import { LazyClient } from "../../src/edge/sdk-client.js";
import { SdkStreamDirectory } from "../../src/edge/sdk-stream-directory.js";
import { SystemClock } from "../../src/edge/system-clock.js";
import { timeLimit } from "../../src/edge/time-limit.js";
import { KinesisProducer, type ProducerOptions } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { type Death, HalfDeadProxy } from "./half-dead-proxy.js";
import { newSignal, readAll, STREAM, until } from "./local-stream.js";
import { newTransport, requestOf, TRANSPORTS, type TransportName } from "./transports-under-test.js";

const CONNECTIONS = 12;
/** Enough time for an answer on a busy machine. */
const LIMIT_MS = 2_000;

let kinesis: LocalKinesis;
let proxy: HalfDeadProxy;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 1 } } });
  proxy = await HalfDeadProxy.start(kinesis);
});

afterEach(async () => {
  proxy.close();
  await kinesis.close();
});

/**
 * Sends this many requests, each while the earlier ones are held, so that the same number of connections is idle
 * afterwards.
 */
async function openIdle(send: () => Promise<unknown>): Promise<void> {
  let arrived = 0;
  const { promise: allArrived, fire } = newSignal();
  kinesis.control("PutRecords", async () => {
    if (++arrived <= CONNECTIONS) await allArrived;
    return undefined;
  });
  const sent: Promise<unknown>[] = [];
  while (sent.length < CONNECTIONS) {
    sent.push(send());
    await until(() => arrived === sent.length);
  }
  fire();
  await Promise.all(sent);
}

const OPTIONS: Record<TransportName, ProducerOptions> = {
  sdk: { transport: "sdk" },
  json: { protocol: "json" },
  cbor: { protocol: "cbor" },
};

const WAYS = TRANSPORTS.flatMap((name) => (["reset", "silence"] as const).map((death) => [name, death] as const));

describe("idle connections that died", () => {
  it.each(WAYS)("cost one request, not one each (%s, %s)", async (name: TransportName, death: Death) => {
    const config = { clientConfig: () => proxy.configFor(kinesis) };
    const client = new LazyClient(config.clientConfig(), CONNECTIONS, 10_000);
    const transport = newTransport(name, config, client, LIMIT_MS);
    const { freeSockets } = client.own(await loadSdk()).agents["http:"];
    await openIdle(() => transport.putRecords(requestOf(1)));
    await until(() => Object.values(freeSockets).flat().length === CONNECTIONS);
    proxy.forget(death);

    const failed = await transport.putRecords(requestOf(1));
    const answered = await transport.putRecords(requestOf(1));
    transport.close?.();

    expect(failed).toMatchObject({
      code: death === "reset" ? "ECONNRESET" : "TimeoutError",
      mayBeStored: true,
      isStaleConnection: true,
    });
    expect(answered.kind).toBe("answered");
    expect(proxy.connections).toBe(CONNECTIONS + 1);
  });

  it.each(WAYS)("cost a record one attempt (%s, %s)", async (name, death) => {
    await using producer = new KinesisProducer({
      ...proxy.configFor(kinesis),
      ...OPTIONS[name],
      ...{ streamName: STREAM, lingerMs: 0, requestTimeoutMs: LIMIT_MS, maxInFlightRequests: CONNECTIONS },
    });
    await producer.ready();
    await openIdle(() => producer.put({ partitionKey: "a", data: "before" }));
    expect(proxy.open).toBeGreaterThanOrEqual(CONNECTIONS);
    proxy.forget(death);

    const { attempts, mayBeDuplicate } = await producer.put({ partitionKey: "a", data: "after" });

    expect(attempts.map(({ errorCode }) => errorCode)).toEqual([
      death === "reset" ? "ECONNRESET" : "TimeoutError",
      undefined,
    ]);
    expect(mayBeDuplicate).toBe(true);
    expect(readAll(kinesis).texts.filter((text) => text === "after")).toEqual(["after"]);
  });

  it.each(["reset", "silence"] as const)("cost a listing of shards one try (%s)", async (death) => {
    const client = new LazyClient(proxy.configFor(kinesis), CONNECTIONS, 10_000);
    const directory = new SdkStreamDirectory(client.get, timeLimit(new SystemClock(), LIMIT_MS), client.credentials);
    const stream = { streamName: STREAM };
    await Promise.all(Array.from({ length: 4 }, () => directory.listShards(stream, "open")));
    const before = proxy.connections;
    proxy.forget(death);

    const answer = await directory.listShards(stream, "open");
    client.close();

    expect(answer.kind).toBe("shards");
    expect(proxy.connections).toBe(before + 1);
  });
});

describe("an idle connection", () => {
  it.each(TRANSPORTS)("is closed after half a minute, before balancers forget it (%s)", async (name) => {
    const config = { clientConfig: () => proxy.configFor(kinesis) };
    const client = new LazyClient(config.clientConfig(), 1, 10_000);
    const transport = newTransport(name, config, client);
    await transport.putRecords(requestOf(1));
    const { freeSockets } = client.own(await loadSdk()).agents["http:"];
    await until(() => Object.values(freeSockets).flat().length === 1);

    const [socket] = Object.values(freeSockets).flat();
    const { timeout = 0 } = socket ?? {};
    socket?.emit("timeout");
    await until(() => proxy.open === 0);
    transport.close?.();

    expect(timeout).toBeGreaterThan(0);
    expect(timeout).toBeLessThanOrEqual(30_000);
  });
});

describe("nothing has left where no connection was made", () => {
  let server: Server;

  async function listen(onConnection: Parameters<typeof createServer>[1]): Promise<number> {
    server = createServer(onConnection).listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  const at = (endpoint: string) => ({ clientConfig: () => ({ ...kinesis.clientConfig(), endpoint }) });

  afterEach(() => {
    server?.close();
  });

  it.each(TRANSPORTS)("TLS to a port that speaks none (%s)", async (name) => {
    const port = await listen(
      (socket) => void socket.once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")),
    );
    const transport = newTransport(name, at(`https://127.0.0.1:${port}`));

    const told = await transport.putRecords(requestOf(1));
    transport.close?.();

    expect(told).toMatchObject({ kind: "failed", mayBeStored: false });
    // EPROTO, or ERR_SSL_WRONG_VERSION_NUMBER on newer Node.
    expect((told as { message: string }).message).toMatch(/wrong version number/i);
  });

  it.each(TRANSPORTS)("a certificate that nobody trusts (%s)", async (name) => {
    await using other = await LocalKinesis.start({ streams: { [STREAM]: {} }, tls: true });
    const transport = newTransport(name, at(other.endpoint));

    const told = await transport.putRecords(requestOf(1));
    transport.close?.();

    expect(told).toMatchObject({ kind: "failed", mayBeStored: false });
    expect(other.requests("PutRecords")).toBe(0);
  });

  it.each(TRANSPORTS)("a TLS handshake that takes longer than the request may (%s)", async (name) => {
    const sockets: { destroy(): void }[] = [];
    const port = await listen((socket) => void sockets.push(socket));
    const transport = newTransport(name, at(`https://127.0.0.1:${port}`), undefined, LIMIT_MS);

    const told = await transport.putRecords(requestOf(1));
    transport.close?.();
    for (const socket of sockets) socket.destroy();

    expect(told).toMatchObject({ code: "TimeoutError", mayBeStored: false });
  });

  it.each(TRANSPORTS)("a name that does not exist (%s)", async (name) => {
    const transport = newTransport(name, at("http://kinesis.invalid"));

    const told = await transport.putRecords(requestOf(1));
    transport.close?.();

    expect(told).toMatchObject({ kind: "failed", mayBeStored: false });
  });

  it.each(TRANSPORTS)("credentials whose own network fails (%s)", async (name) => {
    const credentials = () => Promise.reject(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    const transport = newTransport(name, { clientConfig: () => ({ ...kinesis.clientConfig(), credentials }) } as never);

    const told = await transport.putRecords(requestOf(1));
    transport.close?.();

    expect(told).toMatchObject({ code: "CredentialsProviderError", mayBeStored: false });
    expect(kinesis.requests("PutRecords")).toBe(0);
  });
});

describe("an answer that is none of Kinesis'", () => {
  it.each(TRANSPORTS)("403 of a proxy is tried again, and named by its status (%s)", async (name) => {
    const page = { kind: "answer", statusCode: 403, body: "<html>\n<h1>policy 7</h1></html>" } as const;
    kinesis.control("PutRecords", () => page);
    const transport = newTransport(name, kinesis);

    const told = await transport.putRecords(requestOf(1));
    transport.close?.();

    expect(told).toMatchObject({
      ...{ code: "Http403", statusCode: 403, mayBeStored: false },
      message: "HTTP 403 with a body that cannot be read: <html> <h1>policy 7</h1></html>",
    });
  });

  it.each(TRANSPORTS)("fails a record by its time to live, with what the proxy said (%s)", async (name) => {
    kinesis.control("PutRecords", () => ({ kind: "answer", statusCode: 403, body: { message: "Forbidden" } }));
    await using producer = new KinesisProducer({
      ...{ ...kinesis.clientConfig(), ...OPTIONS[name], streamName: STREAM, lingerMs: 0, recordTtlMs: 300 },
    });

    const error = await producer.put({ partitionKey: "a", data: "x" }).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: "KP_RECORD_EXPIRED", delivery: "none" });
    expect(error).toMatchObject({
      attempts: expect.arrayContaining([
        expect.objectContaining({ errorCode: "Http403", errorMessage: "HTTP 403 without an error code: Forbidden" }),
      ]),
    });
  });
});
