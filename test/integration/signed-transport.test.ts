import { Agent, createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Outflow } from "../../src/core/outflow.js";
import { exchange } from "../../src/edge/http-exchange.js";
import { loadSdk, type Sdk } from "../../src/edge/lazy-sdk.js";
import { LazyClient, type OwnClient } from "../../src/edge/sdk-client.js";
import { SignedTransport } from "../../src/edge/signed-transport.js";
import type { TimeLimit } from "../../src/edge/time-limit.js";
import { KinesisProducer } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { ScriptedTransport } from "../../src/testing/scripted-transport.js";
import { drawnRequest } from "../support/drawn-requests.js";
import { checkSignature } from "../support/signature-check.js";
import { newProducer, readAll, STREAM, until } from "./local-stream.js";
import { LIMIT_MS, newTransport, requestOf } from "./transports-under-test.js";

let kinesis: LocalKinesis;

beforeEach(async () => {
  kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 2 } } });
});

afterEach(() => kinesis.close());

/** Content types of the PutRecords requests so far. */
function contentTypes(): string[] {
  const types: string[] = [];
  kinesis.control("PutRecords", ({ headers }) => {
    types.push(String(headers["content-type"]).replace(/^application\/x-amz-(.*)-1\.1$/, "$1"));
    return undefined;
  });
  return types;
}

describe("a request of the producer's own", () => {
  it("carries the headers that the SDK's client sends, by name and, but for what is of each request, by value", async () => {
    const seen: Record<string, string>[] = [];
    kinesis.control("PutRecords", ({ headers }) => {
      seen.push(headers as Record<string, string>);
      return undefined;
    });
    for (const name of ["sdk", "json"] as const) {
      const transport = newTransport(name, kinesis);
      await transport.putRecords(requestOf(1));
      transport.close?.();
    }

    const ofEach = new Set(["authorization", "amz-sdk-invocation-id", "x-amz-date", "x-amz-content-sha256"]);
    const [theirs, ours] = seen.map((headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, ofEach.has(name) ? "its own" : value])),
    );
    expect(ours).toEqual(theirs);
  });

  it("is in stats()", async () => {
    await using json = newProducer(kinesis, { protocol: "json" });
    await using cbor = newProducer(kinesis, { protocol: "cbor" });
    await using sdk = newProducer(kinesis, { transport: "sdk", protocol: "json" });
    const { endpoint, region, credentials } = kinesis.clientConfig();
    const client = new KinesisClient({ endpoint, region, credentials });
    await using handedIn = new KinesisProducer({ client, streamName: STREAM });

    expect([json, cbor, sdk, handedIn].map((producer) => producer.stats().transport)).toEqual([
      "own requests in JSON",
      "own requests in CBOR",
      'the SDK\'s client: transport is "sdk"',
      "the SDK's client: it was handed in",
    ]);
    client.destroy();
  });

  it("is written before the promise is returned: bytes that change afterwards change nothing", async () => {
    const transport = newTransport("json", kinesis);
    const request = requestOf(2);

    const answer = transport.putRecords(request);
    for (const { data } of request.entries) data.fill(0x78);
    await answer;
    transport.close?.();

    expect(readAll(kinesis).texts).toEqual(["0", "1"]);
  });

  it.each(["json", "cbor"] as const)(
    "arrives whole, however many are under way in memory used before (%s)",
    async (name) => {
      const transport = newTransport(name, kinesis);
      const textOf = (request: number, entry: number): string =>
        `${request}:${entry} `.repeat(2_000 + ((request * 37) % 500)).slice(0, -1);
      const wanted: string[] = [];
      let next = 0;
      const send = async (): Promise<void> => {
        while (next < 120) {
          const request = next++;
          const texts = Array.from({ length: 6 }, (_, entry) => textOf(request, entry));
          wanted.push(...texts);
          const entries = texts.map((text) => ({ partitionKey: `${request}`, data: Buffer.from(text) }));
          await transport.putRecords({ stream: { streamName: STREAM }, entries });
        }
      };

      await Promise.all(Array.from({ length: 6 }, send));
      transport.close?.();

      expect(readAll(kinesis).texts).toEqual(wanted.sort());
    },
  );

  it("that takes too long takes its connection along", async () => {
    kinesis.faults.add("PutRecords hang");
    const transport = newTransport("json", kinesis, undefined, LIMIT_MS);

    const answer = await transport.putRecords(requestOf(1));
    await until(() => kinesis.openConnections === 0);
    transport.close?.();

    const message = `no answer within requestTimeoutMs (${LIMIT_MS} ms)`;
    expect(answer).toMatchObject({ code: "TimeoutError", message, mayBeStored: true });
  });

  it("goes out with fresh credentials, to the endpoint of their account, once they are others", async () => {
    const signers: unknown[] = [];
    kinesis.control("PutRecords", ({ headers }) => {
      signers.push(/Credential=([^/]+)/.exec(headers.authorization ?? "")?.[1]);
      return signers.length === 2 ? { kind: "error", code: "ExpiredTokenException" } : undefined;
    });
    let asked = 0;
    const credentials = async () => ({ accessKeyId: `key-${++asked}`, secretAccessKey: "secret" });
    const clientConfig = () => ({ ...kinesis.clientConfig(), credentials });
    const transport = newTransport("json", { clientConfig } as never);

    const kinds: string[] = [];
    for (let i = 0; i < 4; i++) kinds.push((await transport.putRecords(requestOf(1))).kind);
    transport.close?.();

    expect(kinds).toEqual(["answered", "failed", "answered", "answered"]);
    expect(signers).toEqual(["key-1", "key-1", "key-2", "key-2"]);
  });

  it("fails unsent when its credentials do not come, whatever their own network says", async () => {
    const credentials = () => Promise.reject(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    const transport = newTransport("json", {
      clientConfig: () => ({ ...kinesis.clientConfig(), credentials }),
    } as never);

    const answer = await transport.putRecords(requestOf(1));
    transport.close?.();

    const message = "ECONNRESET: read ECONNRESET";
    expect(answer).toMatchObject({ code: "CredentialsProviderError", message, mayBeStored: false });
    expect(kinesis.requests("PutRecords")).toBe(0);
  });
});

describe("CBOR", () => {
  const refusals = [
    ["UnknownOperationException", 404, { __type: "UnknownOperationException" }],
    ["SerializationException", 400, { __type: "com.amazon.coral.service#SerializationException" }],
    ["415 without a word", 415, ""],
    ["404 in HTML", 404, "<html></html>"],
  ] as const;

  it.each(refusals)("that is refused with %s goes in JSON at once, and for good", async (_, statusCode, body) => {
    kinesis.control("PutRecords", ({ headers }) =>
      headers["content-type"]?.includes("cbor") ? { kind: "answer", statusCode, body } : undefined,
    );
    const types = contentTypes();
    const transport = newTransport("cbor", kinesis);

    const answers = [await transport.putRecords(requestOf(2)), await transport.putRecords(requestOf(3))];
    const described = transport.describe?.();
    transport.close?.();

    expect(answers.map(({ kind }) => kind)).toEqual(["answered", "answered"]);
    expect(types).toEqual(["cbor", "json", "json"]);
    expect(described).toBe("own requests in JSON");
    expect(readAll(kinesis).texts).toEqual(["0", "0", "1", "1", "2"]);
  });

  it("that was taken is not refused by a record that cannot be read", async () => {
    const types = contentTypes();
    const transport = newTransport("cbor", kinesis);
    await transport.putRecords(requestOf(1));
    kinesis.control("PutRecords", () => ({ kind: "error", code: "SerializationException" }));

    const answer = await transport.putRecords(requestOf(1));
    const described = transport.describe?.();
    transport.close?.();

    expect(answer).toMatchObject({ code: "SerializationException", mayBeStored: false });
    expect(described).toBe("own requests in CBOR");
    expect(types).toEqual(["cbor"]);
  });

  it("that was taken and is refused later costs one attempt, and no record", async () => {
    let puts = 0;
    kinesis.control("PutRecords", ({ headers }) =>
      headers["content-type"]?.includes("cbor") && ++puts > 1 ? { kind: "answer", statusCode: 415 } : undefined,
    );
    await using producer = newProducer(kinesis, { protocol: "cbor", random: () => 0 });
    await producer.put({ partitionKey: "a", data: "1" });

    const { attempts, mayBeDuplicate } = await producer.put({ partitionKey: "a", data: "2" });

    expect(attempts.map(({ errorCode }) => errorCode)).toEqual(["CborRefused", undefined]);
    expect(mayBeDuplicate).toBe(false);
    expect(readAll(kinesis).texts).toEqual(["1", "2"]);
  });

  it("of a stream that does not exist is no refusal of CBOR", async () => {
    const transport = newTransport("cbor", kinesis);

    const answer = await transport.putRecords({ ...requestOf(1), stream: { streamName: "nowhere" } });
    const described = transport.describe?.();
    transport.close?.();

    expect(answer).toMatchObject({ code: "ResourceNotFoundException", statusCode: 400 });
    expect(described).toBe("own requests in CBOR");
  });
});

describe("a client whose requests are not known", () => {
  it("sends by itself from then on, the first request included", async () => {
    const { endpoint, region, credentials } = kinesis.clientConfig();
    const settings = new LazyClient({ endpoint, region, credentials }, 1, 1_000);
    const sign = async (request: unknown) => request;
    const client = new KinesisClient({ endpoint, region, credentials, signer: { sign } as never });
    const own = (sdk: Sdk): OwnClient => ({ ...settings.own(sdk), client });
    const sdk = new ScriptedTransport();
    const limit: TimeLimit = (run) => run({});
    const transport = new SignedTransport({
      own,
      limit,
      protocol: "json",
      outflow: new Outflow(Number.POSITIVE_INFINITY),
      sdk,
    });
    const request = requestOf(2);

    const first = transport.putRecords(request);
    for (const { data } of request.entries) data.fill(0x78);
    await first;
    await transport.putRecords(requestOf(3));
    settings.close();
    client.destroy();

    expect(transport.describe()).toBe("the SDK's client, since its requests are not signed with SigV4");
    expect(sdk.requests.map(({ entries }) => entries.map(({ data }) => Buffer.from(data).toString()))).toEqual([
      ["0", "1"],
      ["0", "1", "2"],
    ]);
    expect(kinesis.requests("PutRecords")).toBe(0);
  });
});

describe("a server that closes connections at its own choice", () => {
  let server: Server;
  const sockets = new Set<Socket>();

  async function serve(listener: RequestListener): Promise<Pick<LocalKinesis, "clientConfig">> {
    server = createServer(listener);
    server.on("connection", (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return { clientConfig: () => ({ ...kinesis.clientConfig(), endpoint: `http://127.0.0.1:${port}/some/path` }) };
  }

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
  });

  const ANSWER = JSON.stringify({ Records: [{ ShardId: "shardId-000000000000", SequenceNumber: "1" }] });

  it("gets requests that are signed for its path, in one piece", async () => {
    const refusals: string[] = [];
    let path: string | undefined;
    const endpoint = await serve((request, response) => {
      path = request.url;
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "", url = "" } = request;
        const headers = request.headers as Record<string, string>;
        try {
          const { secretAccessKey } = kinesis.clientConfig().credentials;
          checkSignature({ method, path: url, headers, body: Buffer.concat(chunks) }, secretAccessKey);
        } catch (error) {
          refusals.push(String(error));
        }
        response.end(ANSWER);
      });
    });
    const transport = newTransport("json", endpoint);

    for (let i = 0; i < 50; i++) await transport.putRecords(requestOf(i + 1));
    transport.close?.();

    const theirs = await drawnRequest({ ...endpoint.clientConfig() } as never, { StreamName: "a", Records: [] });
    expect(refusals).toEqual([]);
    expect(path).toBe(theirs.path);
    expect(sockets.size).toBe(1);
  });

  it("may close one that is idle: the next request takes another", async () => {
    const endpoint = await serve((request, response) => {
      request.resume().on("end", () => response.end(ANSWER, () => setImmediate(() => request.socket.destroy())));
    });
    const client = new LazyClient(endpoint.clientConfig(), 1, 1_000);
    const transport = newTransport("json", endpoint, client);
    const { freeSockets, sockets: busySockets } = client.own(await loadSdk()).agents["http:"];

    const kinds: string[] = [];
    for (let i = 0; i < 5; i++) {
      kinds.push((await transport.putRecords(requestOf(1))).kind);
      await until(() => Object.keys(freeSockets).length + Object.keys(busySockets).length === 0);
    }
    transport.close?.();

    expect(kinds).toEqual(new Array(5).fill("answered"));
    expect(sockets.size).toBe(5);
  });

  it("may close one as the next request comes: whether that was stored is not known", async () => {
    let requests = 0;
    const endpoint = await serve((request, response) => {
      if (++requests === 2) request.socket.destroy();
      else request.resume().on("end", () => response.end(ANSWER));
    });
    const transport = newTransport("json", endpoint);

    await transport.putRecords(requestOf(1));
    const answer = await transport.putRecords(requestOf(1));
    transport.close?.();

    expect(answer).toMatchObject({ code: "ECONNRESET", mayBeStored: true });
    expect(sockets.size).toBe(1);
  });

  it("may answer before it has read the request, and read no more: the answer counts", async () => {
    const body = JSON.stringify({ __type: "RequestEntityTooLargeException", message: "too much" });
    const endpoint = await serve((request, response) => {
      response.writeHead(413, { "content-length": body.length, connection: "close" });
      response.end(body, () => request.socket.end());
    });
    const transport = newTransport("json", endpoint);
    const entries = [{ partitionKey: "a", data: new Uint8Array(5_000_000) }];

    const answer = await transport.putRecords({ stream: { streamName: STREAM }, entries });
    transport.close?.();

    expect(answer).toMatchObject({ code: "RequestEntityTooLarge", statusCode: 413, mayBeStored: false });
  });

  it("has taken a request before it answers: then its body is not held any more", async () => {
    const told: string[] = [];
    const outflow = new Outflow(1);
    outflow.onRoom = () => void told.push("taken");
    const endpoint = await serve((request, response) => {
      request.resume().once("end", () => {
        // Already reported, or reported in a later turn.
        const untilTaken = (): unknown => (outflow.isFull ? setImmediate(untilTaken) : response.end(ANSWER));
        untilTaken();
      });
    });
    const transport = newTransport("json", endpoint, undefined, undefined, outflow);
    const entries = [{ partitionKey: "a", data: new Uint8Array(900_000) }];
    const answered = transport
      .putRecords({ stream: { streamName: STREAM }, entries })
      .then(() => told.push("answered"));
    const isFull = outflow.isFull;

    await answered;
    transport.close?.();

    expect(isFull).toBe(true);
    expect(told).toEqual(["taken", "answered"]);
  });

  it("has the body of a request that it answered too early to itself", async () => {
    const endpoint = await serve((_, response) => response.end(ANSWER));
    const { hostname, port } = new URL(endpoint.clientConfig().endpoint);
    const target = { protocol: "http:", hostname, port: Number(port), path: "/" } as const;
    const agent = new Agent();
    const way = { agent, signal: undefined };
    const post = (bytes: number) => exchange(target, { "content-length": `${bytes}` }, Buffer.alloc(bytes), way);

    // More than the buffers of both sockets hold.
    const early = await post(50_000_000);
    const whole = await post(10);
    agent.destroy();

    expect([early.statusCode, early.isSent]).toEqual([200, false]);
    expect([whole.statusCode, whole.isSent]).toEqual([200, true]);
  });
});
