import { X509Certificate } from "node:crypto";
import { Agent } from "node:https";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  type KinesisClientConfig,
  ListShardsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { afterEach, describe, expect, it } from "vitest";
import { LocalKinesis, type LocalKinesisOptions } from "../../src/testing/local-kinesis.js";
import { openSession, putInput } from "./http2-calls.js";
import { newSignal, until } from "./local-stream.js";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const EMPTY_SETTINGS = Buffer.from("000000040000000000", "hex");

let kinesis: LocalKinesis;
const clients: KinesisClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await kinesis.close();
});

async function start(options: LocalKinesisOptions = {}): Promise<void> {
  kinesis = await LocalKinesis.start({ streams: { clicks: { shards: 2 } }, ...options });
}

function newClient(options: KinesisClientConfig = {}): KinesisClient {
  const client = new KinesisClient({ ...kinesis.clientConfig(), maxAttempts: 1, ...options });
  clients.push(client);
  return client;
}

function overHttp1(): KinesisClient {
  return newClient({ requestHandler: new NodeHttpHandler({ ...kinesis.clientConfig().requestHandler }) });
}

function put(client: KinesisClient, by: { StreamName: string } | { StreamARN: string }): Promise<unknown> {
  return client.send(new PutRecordsCommand({ ...by, Records: [{ PartitionKey: "a", Data: Buffer.from("x") }] }));
}

function portOf(): number {
  return Number(new URL(kinesis.endpoint).port);
}

/** Sends bytes, each piece in its own packet, then ends. Returns the bytes received until the connection ended. */
function talk(pieces: readonly (string | Uint8Array)[], end: "half" | "both" = "half"): Promise<string> {
  return new Promise((resolve) => {
    const heard: Buffer[] = [];
    const socket = connect({ port: portOf(), host: "127.0.0.1", noDelay: true });
    socket.on("data", (chunk) => heard.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(heard).toString("latin1")));
    const sendNext = (index: number): void => {
      const piece = pieces[index];
      if (piece === undefined) end === "half" ? socket.end() : socket.destroy();
      else socket.write(piece, () => setImmediate(sendNext, index + 1));
    };
    socket.on("connect", () => sendNext(0));
  });
}

describe.each([
  ["HTTP/2, plain", false, newClient],
  ["HTTP/2 over TLS", true, newClient],
  ["HTTP/1.1, plain", false, overHttp1],
  ["HTTP/1.1 over TLS", true, overHttp1],
])("the SDK's client by %s", (name, tls, makeClient) => {
  it("does everything of the beginner's tutorial", async () => {
    await start({ tls });
    const client = makeClient();
    const stream = { StreamName: "orders" };
    const openShards = async (): Promise<string[]> => {
      const { Shards } = await client.send(new ListShardsCommand({ ...stream, ShardFilter: { Type: "AT_LATEST" } }));
      return (Shards ?? []).map(({ ShardId }) => ShardId ?? "");
    };

    await client.send(new CreateStreamCommand({ ...stream, ShardCount: 1 }));
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand(stream));
    const Data = new TextEncoder().encode("order 1");
    const { ShardId } = await client.send(new PutRecordCommand({ ...stream, PartitionKey: "a", Data }));
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ ...stream, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
    );
    const { Records } = await client.send(new GetRecordsCommand({ ShardIterator }));
    await client.send(new SplitShardCommand({ ...stream, ShardToSplit: ShardId, NewStartingHashKey: `${2n ** 127n}` }));
    const [low, high] = await openShards();
    await client.send(new MergeShardsCommand({ ...stream, ShardToMerge: low, AdjacentShardToMerge: high }));
    const { Consumer } = await client.send(
      new RegisterStreamConsumerCommand({ StreamARN: StreamDescriptionSummary?.StreamARN, ConsumerName: "app" }),
    );

    expect(StreamDescriptionSummary).toMatchObject({ StreamStatus: "ACTIVE", OpenShardCount: 1 });
    expect(Records?.map((record) => new TextDecoder().decode(record.Data))).toEqual(["order 1"]);
    expect([low, high, ...(await openShards())]).toEqual([1, 2, 3].map((index) => `shardId-00000000000${index}`));
    expect(Consumer?.ConsumerStatus).toBe("ACTIVE");
    // Over HTTP/2 the SDK opens a session for each call; over HTTP/1.1 it keeps its connection.
    expect(kinesis.connections).toBe(name.startsWith("HTTP/2") ? kinesis.requests() : 1);
    expect(kinesis.oracle.connectionsOpened).toBe(kinesis.connections);
  });
});

describe("LocalKinesis, by HTTP/2", () => {
  it("serves many calls at once over one connection, and counts them", async () => {
    await start();
    const { session, call } = openSession(kinesis.endpoint);
    const released = newSignal();
    kinesis.control("PutRecords", async () => {
      await released.promise;
      return undefined;
    });

    const calls = Array.from({ length: 20 }, (_, index) => call("PutRecords", putInput(`key ${index}`)));
    await until(() => kinesis.oracle.inFlight === 20);
    released.fire();
    const outcomes = await Promise.all(calls);
    await until(() => kinesis.oracle.inFlight === 0);
    session.close();

    expect(outcomes.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(kinesis.records("clicks").length).toBe(20);
    expect([kinesis.connections, kinesis.oracle.maxInFlight]).toEqual([1, 20]);
  });

  it("takes several requests of ten megabytes under way on one connection", async () => {
    await start({ streams: { clicks: { shards: 1, maxRecordBytes: 10 * 1024 * 1024 } } });
    const { session, call } = openSession(kinesis.endpoint);
    const Data = Buffer.alloc(9 * 1024 * 1024).toString("base64");
    const input = { StreamName: "clicks", PartitionKey: "a", Data };

    const outcomes = await Promise.all([1, 2, 3].map(() => call("PutRecord", input)));
    session.close();

    expect(outcomes.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it("tells the versions apart whatever the packets, and serves a client that has ended its half", async () => {
    await start();
    const request = "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

    const [wholly, byBytes, preface] = await Promise.all([
      talk([request]),
      talk([...request]),
      talk([...PREFACE, EMPTY_SETTINGS]),
    ]);

    expect([wholly.slice(0, 12), byBytes.slice(0, 12)]).toEqual(["HTTP/1.1 404", "HTTP/1.1 404"]);
    // A SETTINGS frame: three bytes of length, then the type 4.
    expect(preface.charCodeAt(3)).toBe(4);
    await until(() => kinesis.openConnections === 0);
  });

  it("survives half a preface, and noise after a whole one", async () => {
    await start();
    // A linear congruential generator: the same bytes in every run.
    let state = 1;
    const noise = (length: number): Uint8Array =>
      Uint8Array.from({ length }, () => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
        return state >>> 16;
      });

    await Promise.all([
      ...["", "P", "PRI", PREFACE.slice(0, 23)].map((half) => talk(half === "" ? [] : [half])),
      ...Array.from({ length: 30 }, (_, index) => talk([PREFACE, EMPTY_SETTINGS, noise(1 + index * 37)], "both")),
    ]);
    const { session, call } = openSession(kinesis.endpoint);
    const { status } = await call("PutRecords", putInput("a"));
    session.close();

    expect(status).toBe(200);
  });

  it("loses nobody else's call when a client gives one up in the middle", async () => {
    await start();
    const { session, call } = openSession(kinesis.endpoint);
    const givenUp = session.request({ ":method": "POST", "content-type": "application/x-amz-json-1.1" });
    givenUp.on("error", () => {});
    givenUp.write('{"Stream');
    await until(() => kinesis.oracle.inFlight === 1);

    givenUp.close(8);
    await until(() => kinesis.oracle.inFlight === 0);
    const { status } = await call("PutRecords", putInput("a"));
    session.close();

    expect([status, kinesis.connections, kinesis.requests()]).toEqual([200, 1, 1]);
  });

  it("closes at once under open sessions and calls that are held", async () => {
    await start({ tls: true });
    const idle = openSession(kinesis.endpoint, { ca: kinesis.certificate ?? "" });
    await idle.call("ListShards", { StreamName: "clicks" });
    const busy = openSession(kinesis.endpoint, { ca: kinesis.certificate ?? "" });
    kinesis.faults.add("hang");
    const held = busy.call("PutRecords", putInput("a"));
    await until(() => kinesis.oracle.inFlight === 1);

    await kinesis.close();
    await Promise.all([idle.closed, busy.closed]);

    expect((await held).status).toBeUndefined();
    expect([kinesis.openConnections, kinesis.oracle.inFlight]).toEqual([0, 0]);
  });

  it("refuses connections for a while under open sessions, and listens again", async () => {
    await start();
    const before = openSession(kinesis.endpoint);
    await before.call("PutRecords", putInput("a"));

    kinesis.refuseConnections(20);
    await before.closed;
    await expect
      .poll(
        async () => {
          const { session, call } = openSession(kinesis.endpoint);
          const { status } = await call("PutRecords", putInput("b"));
          session.close();
          return status;
        },
        { interval: 5 },
      )
      .toBe(200);
  });
});

describe("the certificate that LocalKinesis makes", () => {
  it("is good for this machine and the names of the service, and is trusted by whom it is given to", async () => {
    await start({ tls: true, region: "eu-west-1", accountId: "123456789012" });
    const certificate = new X509Certificate(kinesis.certificate ?? "");
    const strangers = newClient({ requestHandler: new NodeHttpHandler() });

    expect(["127.0.0.1", "::1"].map((address) => certificate.checkIP(address))).not.toContain(undefined);
    expect(
      ["localhost", "kinesis.eu-west-1.amazonaws.com", "123456789012.data-kinesis.eu-west-1.amazonaws.com"].map(
        (name) => certificate.checkHost(name),
      ),
    ).not.toContain(undefined);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now());
    await expect(put(strangers, { StreamName: "clicks" })).rejects.toMatchObject({
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
    await expect(put(newClient(), { StreamName: "clicks" })).resolves.toMatchObject({ FailedRecordCount: 0 });
  });

  it("is not there without TLS", async () => {
    await start();

    expect(kinesis.certificate).toBeUndefined();
    expect(kinesis.clientConfig()).not.toHaveProperty("requestHandler");
  });
});

describe("the hosts of an account", () => {
  const StreamARN = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
  const accountHost = "000000000000.data-kinesis.us-east-1.amazonaws.com";

  const hostsOf = async (client: KinesisClient): Promise<unknown[]> => {
    const hosts: unknown[] = [];
    for (const operation of ["PutRecords", "ListShards"] as const) {
      kinesis.control(operation, ({ headers }) => {
        hosts.push(headers.host ?? headers[":authority"]);
        return undefined;
      });
    }
    await put(client, { StreamARN });
    const { Shards } = await client.send(new ListShardsCommand({ StreamARN }));
    expect(Shards?.length).toBe(2);
    return hosts;
  };

  it.each(["HTTP/1.1", "HTTP/2"])(
    "are answered by %s, when their sockets are pointed at this machine",
    async (http) => {
      await start({ tls: true });
      const ca = kinesis.certificate ?? "";
      const here = { host: "127.0.0.1", port: portOf(), ca };
      const agent = new Agent({ ca });
      agent.createConnection = ({ servername }) => connectTls({ ...here, servername });
      const createConnection = ({ hostname }: URL): ReturnType<typeof connectTls> =>
        connectTls({ ...here, servername: hostname, ALPNProtocols: ["h2"] });
      const requestHandler =
        http === "HTTP/1.1"
          ? new NodeHttpHandler({ httpsAgent: agent })
          : { disableConcurrentStreams: true, nodeHttp2ConnectOptions: { createConnection } };
      const { region, credentials } = kinesis.clientConfig();
      const client = new KinesisClient({ region, credentials, requestHandler, maxAttempts: 1 });
      clients.push(client);

      expect(await hostsOf(client)).toEqual([accountHost, accountHost.replace("data", "control")]);
    },
  );

  it("are given up by a client with its own endpoint", async () => {
    await start();

    expect(new Set(await hostsOf(newClient()))).toEqual(new Set([new URL(kinesis.endpoint).host]));
  });
});
