import { describe, expect, it } from "vitest";
import type { RequestFailure } from "../../../src/core/ports.js";
import { exchange, type HttpAnswer } from "../../../src/edge/http-exchange.js";
import { timeLimit } from "../../../src/edge/time-limit.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { ANSWER, post, toldOf, turn } from "../../support/scripted-exchange.js";
import { type ScriptedAgent, type ScriptedSocket, scriptedAgent } from "../../support/scripted-sockets.js";

/** Sends a request over a new connection, and answers it with these pieces. */
async function answered(...pieces: readonly (string | Buffer)[]): Promise<{
  readonly answer: Promise<HttpAnswer>;
  readonly socket: ScriptedSocket;
  readonly agent: ScriptedAgent;
}> {
  const agent = scriptedAgent("http:");
  const answer = post("http:", agent);
  answer.catch(() => {});
  await turn();
  const socket = agent.sockets[0] as ScriptedSocket;
  socket.connect();
  await turn();
  for (const piece of pieces) if (!socket.destroyed) socket.answer(piece);
  await turn();
  return { answer, socket, agent };
}

describe("an odd answer settles the exchange once", () => {
  const MEGABYTE = Buffer.alloc(1024 * 1024, "x");

  it.each<[string, readonly (string | Buffer)[], Partial<RequestFailure>]>([
    [
      "101, a protocol that was not requested",
      ["HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"],
      { code: "UnreadableAnswer", statusCode: 101, mayBeStored: true },
    ],
    ["bytes that are no HTTP", ["SSH-2.0-OpenSSH_9.6\r\n"], { code: "HPE_INVALID_CONSTANT", mayBeStored: true }],
    ["a status that is none", ["HTTP/1.1 two OK\r\n\r\n"], { code: "HPE_INVALID_STATUS", mayBeStored: true }],
    [
      "a head without an end",
      [`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n\r\n`],
      { code: "HPE_HEADER_OVERFLOW", mayBeStored: true },
    ],
    [
      "a body without an end",
      ["HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\n", ...new Array<Buffer>(17).fill(MEGABYTE)],
      { code: "UnreadableAnswer", statusCode: 200, mayBeStored: true },
    ],
    [
      "a chunk of no size",
      ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
      { statusCode: 200, mayBeStored: true },
    ],
    [
      "the body of an error without an end",
      ["HTTP/1.1 403 Forbidden\r\ntransfer-encoding: identity\r\n\r\n", ...new Array<Buffer>(17).fill(MEGABYTE)],
      { code: "Http403", statusCode: 403, mayBeStored: false },
    ],
  ])("%s", async (_, pieces, expected) => {
    const { answer, socket, agent } = await answered(...pieces);

    expect(await toldOf(answer)).toMatchObject(expected);
    await turn();
    expect(socket.destroyed).toBe(true);
    expect(Object.keys({ ...agent.agent.sockets, ...agent.agent.freeSockets })).toEqual([]);
  });

  it.each([
    [
      "100 and 103 before",
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n${ANSWER}`,
      200,
      "{}",
    ],
    ["204", "HTTP/1.1 204 No Content\r\n\r\n", 204, ""],
    ["301", "HTTP/1.1 301 Moved\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n", 301, ""],
    ["304", "HTTP/1.1 304 Not Modified\r\n\r\n", 304, ""],
    ["407", "HTTP/1.1 407 Authenticate\r\ncontent-length: 1\r\n\r\nx", 407, "x"],
  ])("%s: read as it is, and the connection is used again", async (_, text, statusCode, body) => {
    const { answer, socket, agent } = await answered(text);

    expect(await answer).toMatchObject({ statusCode, isSent: true });
    expect((await answer).body.toString()).toBe(body);
    const second = post("http:", agent);
    await turn();
    socket.answer(ANSWER);
    expect((await second).statusCode).toBe(200);
    expect(agent.sockets).toHaveLength(1);
  });

  it("an answer before the whole request has left takes the connection along, which would never be free", async () => {
    const agent = scriptedAgent("http:", 1);
    const answer = post("http:", agent);
    await turn();
    agent.sockets[0]?.stick();
    agent.sockets[0]?.connect();
    agent.sockets[0]?.answer("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");

    expect(await answer).toMatchObject({ statusCode: 413, isSent: false });
    await turn();
    const second = post("http:", agent);
    await turn();
    agent.sockets[1]?.connect();
    agent.sockets[1]?.answer(ANSWER);
    expect((await second).statusCode).toBe(200);
  });
});

describe("the body of a request", () => {
  const TARGET = { protocol: "http:", hostname: "kinesis.example", port: undefined, path: "/" } as const;

  /** Posts this many bytes over a new connection, and counts the calls of the callback for sent bytes. */
  function postBytes(bytes: number, isStuck = false) {
    const { agent, sockets } = scriptedAgent("http:");
    let sent = 0;
    const onSent = (): void => {
      sent++;
    };
    const controller = new AbortController();
    const way = { agent, signal: controller.signal, onSent };
    const answer = exchange(TARGET, { "content-length": `${bytes}` }, Buffer.alloc(bytes, "x"), way);
    answer.catch(() => {});
    return {
      answer,
      abort: () => controller.abort(),
      told: () => sent,
      async connected(): Promise<ScriptedSocket> {
        await turn();
        const socket = sockets[0] as ScriptedSocket;
        if (isStuck) socket.stick();
        socket.connect();
        for (let i = 0; i < 10; i++) await turn();
        return socket;
      },
    };
  }

  it.each([10, 65_536, 65_537, 200_000])(
    "of %i bytes is free once the network has it, before any answer",
    async (bytes) => {
      const { answer, told, connected } = postBytes(bytes);
      await turn();
      const before = told();

      const socket = await connected();

      expect([before, told()]).toEqual([0, 1]);
      expect(socket.written.split("\r\n\r\n")[1]).toBe("x".repeat(bytes));
      socket.answer(ANSWER);
      expect((await answer).statusCode).toBe(200);
      expect(told()).toBe(1);
    },
  );

  it("is not free while the network may read it, nor when the connection ends instead", async () => {
    const { told, connected, abort } = postBytes(10, true);
    await connected();

    abort();
    await turn();

    expect(told()).toBe(0);
  });

  it("is handed over a slice at a time: TLS copies what it is given", async () => {
    const { connected } = postBytes(1_000_000, true);

    const socket = await connected();

    expect(socket.written.length + socket.writableLength).toBeLessThan(140_000);
  });
});

describe("connections that died while they were idle", () => {
  /** This many idle connections, each with one answered request. */
  async function idle(count: number): Promise<ScriptedAgent> {
    const agent = scriptedAgent("http:", 2 * count);
    const answers = Array.from({ length: count }, () => post("http:", agent));
    await turn();
    for (const socket of agent.sockets) {
      socket.connect();
      socket.answer(ANSWER);
    }
    await Promise.all(answers);
    await turn();
    return agent;
  }

  it("are all closed when one gives a reset: the next request takes a new one", async () => {
    const agent = await idle(24);
    const failed = toldOf(post("http:", agent));
    await turn();

    agent.sockets[23]?.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" }));
    expect(await failed).toMatchObject({ isStaleConnection: true });
    const second = post("http:", agent);
    await turn();
    agent.sockets[24]?.connect();
    agent.sockets[24]?.answer(ANSWER);

    expect((await second).statusCode).toBe(200);
    expect(agent.sockets.map(({ destroyed }) => destroyed)).toEqual([...new Array(24).fill(true), false]);
  });

  it("are all closed when one stays silent, before the request fails", async () => {
    const agent = await idle(24);
    const clock = new ManualClock();
    const failed = toldOf(timeLimit(clock, 6_000)(({ abortSignal }) => post("http:", agent, { signal: abortSignal })));
    await turn();

    clock.advance(6_000);
    const areClosed = agent.sockets.every(({ destroyed }) => destroyed);

    expect(areClosed).toBe(true);
    expect(await failed).toMatchObject({ code: "TimeoutError", isStaleConnection: true });
  });

  it("say nothing of connections in use, nor of idle ones when a new connection fails", async () => {
    const agent = await idle(2);
    const inUse = post("http:", agent);
    await turn();
    const other = toldOf(post("http:", agent));
    await turn();
    agent.sockets[0]?.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    await other;

    agent.sockets[1]?.answer(ANSWER);
    expect((await inUse).statusCode).toBe(200);
    await turn();
    const [reused, fresh] = [post("http:", agent), toldOf(post("http:", agent))];
    await turn();
    agent.sockets[1]?.answer(ANSWER);
    await reused;
    await turn();
    agent.sockets[2]?.connect();
    agent.sockets[2]?.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));

    expect((await fresh).isStaleConnection).toBeUndefined();
    expect(agent.sockets[1]?.destroyed).toBe(false);
  });
});
