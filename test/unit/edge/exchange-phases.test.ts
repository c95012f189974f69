import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import type { RequestFailure } from "../../../src/core/ports.js";
import { timeLimit } from "../../../src/edge/time-limit.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";
import { ANSWER, type Protocol, post, toldOf, turn } from "../../support/scripted-exchange.js";
import { type ScriptedAgent, type ScriptedSocket, scriptedAgent } from "../../support/scripted-sockets.js";

/** A request that has reached a phase. */
interface Begun {
  readonly failed: Promise<RequestFailure>;
  readonly socket: ScriptedSocket;
  readonly agent: ScriptedAgent;
}

type Begin = (send: (agent: ScriptedAgent) => Promise<unknown>) => Promise<Begun>;

interface Phase {
  readonly name: string;
  readonly begin: Begin;
  readonly mayBeStored: boolean;
  readonly isStale?: true;
  readonly statusCode?: number;
}

/** A phase of a request on its own connection. */
function on(protocol: Protocol, advance: (socket: ScriptedSocket) => void): Begin {
  return async (send) => {
    const agent = scriptedAgent(protocol);
    const failed = toldOf(send(agent));
    const socket = agent.sockets[0] as ScriptedSocket;
    await turn();
    advance(socket);
    await turn();
    return { failed, socket, agent };
  };
}

/** A phase of the second request on a connection. */
function onReused(protocol: Protocol, advance: (socket: ScriptedSocket) => void): Begin {
  return async (send) => {
    const agent = scriptedAgent(protocol);
    const first = post(protocol, agent);
    const socket = agent.sockets[0] as ScriptedSocket;
    await turn();
    connectAll(socket);
    socket.answer(ANSWER);
    await first;
    await turn();
    const failed = toldOf(send(agent));
    await turn();
    advance(socket);
    await turn();
    expect(agent.sockets).toHaveLength(1);
    return { failed, socket, agent };
  };
}

function connectAll(socket: ScriptedSocket): void {
  socket.connect();
  socket.secure();
}

const HEAD = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{";

const PHASES: Record<Protocol, readonly Phase[]> = {
  "http:": [
    { name: "while it connects", begin: on("http:", () => {}), mayBeStored: false },
    {
      name: "with a part of the request written",
      begin: on("http:", (socket) => {
        socket.stick();
        socket.connect();
      }),
      mayBeStored: true,
    },
    { name: "before an answer", begin: on("http:", (socket) => socket.connect()), mayBeStored: true },
    {
      name: "within the answer's head",
      begin: on("http:", (socket) => {
        socket.connect();
        socket.answer("HTTP/1.1 2");
      }),
      mayBeStored: true,
    },
    {
      name: "within the answer's body",
      begin: on("http:", (socket) => {
        socket.connect();
        socket.answer(HEAD);
      }),
      mayBeStored: true,
      statusCode: 200,
    },
    {
      name: "on a connection used before",
      begin: onReused("http:", () => {}),
      mayBeStored: true,
      isStale: true,
    },
    {
      name: "on a connection used before, within the answer's head",
      begin: onReused("http:", (socket) => socket.answer("HTTP/1.1 2")),
      mayBeStored: true,
    },
  ],
  "https:": [
    { name: "while it connects", begin: on("https:", () => {}), mayBeStored: false },
    { name: "within the TLS handshake", begin: on("https:", (socket) => socket.connect()), mayBeStored: false },
    { name: "before an answer", begin: on("https:", connectAll), mayBeStored: true },
    {
      name: "on a connection used before",
      begin: onReused("https:", () => {}),
      mayBeStored: true,
      isStale: true,
    },
  ],
};

/** Network errors as Node makes them, each in every phase, including unlikely ones: the name must not decide. */
const ERRORS: readonly (readonly [code: string, message: string, syscall?: string])[] = [
  ["ECONNREFUSED", "connect ECONNREFUSED 192.0.2.1:443", "connect"],
  ["ECONNREFUSED", "read ECONNREFUSED", "read"],
  ["ECONNRESET", "connect ECONNRESET", "connect"],
  ["ECONNRESET", "read ECONNRESET", "read"],
  ["ECONNRESET", "write ECONNRESET", "write"],
  ["ECONNRESET", "Client network socket disconnected before secure TLS connection was established"],
  ["ECONNABORTED", "read ECONNABORTED", "read"],
  ["EPIPE", "write EPIPE", "write"],
  ["ETIMEDOUT", "connect ETIMEDOUT", "connect"],
  ["ETIMEDOUT", "read ETIMEDOUT", "read"],
  ["EHOSTUNREACH", "connect EHOSTUNREACH", "connect"],
  ["EHOSTUNREACH", "read EHOSTUNREACH", "read"],
  ["ENETUNREACH", "connect ENETUNREACH", "connect"],
  ["ENETUNREACH", "write ENETUNREACH", "write"],
  ["ENETDOWN", "read ENETDOWN", "read"],
  ["EADDRNOTAVAIL", "connect EADDRNOTAVAIL", "connect"],
  ["EMFILE", "connect EMFILE", "connect"],
  ["ENOTFOUND", "getaddrinfo ENOTFOUND kinesis.example", "getaddrinfo"],
  ["EAI_AGAIN", "getaddrinfo EAI_AGAIN kinesis.example", "getaddrinfo"],
  ["EPROTO", "write EPROTO 80CB:error:0A00010B:SSL routines:ssl3_get_record:wrong version number", "write"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "wrong version number"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames"],
  ["CERT_HAS_EXPIRED", "certificate has expired"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"],
];

const everyPhase = Object.entries(PHASES).flatMap(([protocol, phases]) =>
  phases.map((phase) => ({ protocol: protocol as Protocol, ...phase })),
);

describe.each(everyPhase)("$protocol $name", ({ protocol, begin, mayBeStored, isStale, statusCode }) => {
  /**
   * The result without its code. The code is that of the error, except for an answer that broke off, which Node calls
   * aborted.
   */
  const expected = { kind: "failed", mayBeStored, isStaleConnection: isStale, statusCode };

  it.each(ERRORS)("%s (%s) is judged by the phase", async (code, message, syscall) => {
    const { failed, socket, agent } = await begin((connections) => post(protocol, connections));

    socket.destroy(Object.assign(new Error(message), { code, ...(syscall === undefined ? {} : { syscall }) }));

    const told = await failed;
    expect(expected).toEqual({
      kind: told.kind,
      mayBeStored: told.mayBeStored,
      isStaleConnection: told.isStaleConnection,
      statusCode: told.statusCode,
    });
    expect(told.code).toBe(statusCode === undefined ? code : "ECONNRESET");
    await turn();
    expect(Object.keys(agent.agent.sockets)).toEqual([]);
  });

  it("the end of the connection is judged by the phase", async () => {
    const { failed, socket } = await begin((connections) => post(protocol, connections));

    socket.push(null);
    socket.destroy();

    expect(await failed).toMatchObject({ code: "ECONNRESET", mayBeStored });
  });

  it("the request's time limit is judged by the phase", async () => {
    const clock = new ManualClock();
    const limit = timeLimit(clock, 6_000);
    const { failed, agent } = await begin((connections) =>
      limit(({ abortSignal }) => post(protocol, connections, { signal: abortSignal })),
    );

    clock.advance(6_000);

    const told = await failed;
    expect(told).toMatchObject({ code: "TimeoutError", mayBeStored });
    expect(told.isStaleConnection).toBe(isStale);
    await turn();
    expect(Object.keys(agent.agent.sockets)).toEqual([]);
  });

  it("an abort is judged by the phase, and leaves no listener behind", async () => {
    const controller = new AbortController();
    const { failed, socket } = await begin((connections) => post(protocol, connections, { signal: controller.signal }));

    controller.abort();

    expect(await failed).toMatchObject({ code: "AbortError", mayBeStored });
    await turn();
    expect(socket.destroyed).toBe(true);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });
});

describe("before there is a connection", () => {
  it("a request that waits for one has not left when its time is over", async () => {
    const clock = new ManualClock();
    const agent = scriptedAgent("http:", 1);
    const first = post("http:", agent);
    await turn();
    agent.sockets[0]?.connect();
    const limit = timeLimit(clock, 6_000);
    const failed = toldOf(limit(({ abortSignal }) => post("http:", agent, { signal: abortSignal })));
    await turn();

    clock.advance(6_000);

    expect(await failed).toMatchObject({ code: "TimeoutError", mayBeStored: false });
    agent.sockets[0]?.answer(ANSWER);
    expect((await first).statusCode).toBe(200);
  });

  it("a signal that is aborted already lets nothing leave", async () => {
    const agent = scriptedAgent("http:");

    const told = await toldOf(post("http:", agent, { signal: AbortSignal.abort() }));
    await turn();
    for (const socket of agent.sockets) socket.connect();
    await turn();

    expect(told).toMatchObject({ code: "AbortError", mayBeStored: false });
    expect(agent.sockets.map(({ written }) => written).join("")).toBe("");
  });
});
