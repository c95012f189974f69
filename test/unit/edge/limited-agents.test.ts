import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { limitConnecting, limitedAgents } from "../../../src/edge/limited-agents.js";
import { ManualClock } from "../../../src/testing/manual-clock.js";

const LIMIT_MS = 5_000;

/** A connection that is being made, and its outcome. */
function connecting(whenMade: "connect" | "secureConnect") {
  const clock = new ManualClock();
  const socket = new Socket();
  const errors: Error[] = [];
  socket.on("error", (error) => errors.push(error));
  limitConnecting(socket, whenMade, { connectTimeoutMs: LIMIT_MS, clock });
  return { clock, socket, errors };
}

describe.each(["connect", "secureConnect"] as const)("a connection that is made with the event %s", (whenMade) => {
  it("is ended when it takes too long, and nothing was sent over it", async () => {
    const { clock, socket, errors } = connecting(whenMade);
    if (whenMade === "secureConnect") socket.emit("connect");

    await clock.advanceAsync(LIMIT_MS - 1);
    const isEarly = socket.destroyed;
    await clock.advanceAsync(1);

    expect([isEarly, socket.destroyed]).toEqual([false, true]);
    expect(errors.map(({ name, message }) => [name, message])).toEqual([
      ["TimeoutError", `the request did not establish a connection with the service within ${LIMIT_MS} ms`],
    ]);
  });

  it("may have less time left, and the message names the limit", async () => {
    const clock = new ManualClock();
    const socket = new Socket();
    const errors: string[] = [];
    socket.on("error", ({ message }) => errors.push(message));
    limitConnecting(socket, whenMade, { connectTimeoutMs: LIMIT_MS, clock }, 1.234);

    await clock.advanceAsync(2);

    expect(errors).toEqual([`the request did not establish a connection with the service within ${LIMIT_MS} ms`]);
  });

  it("has no limit once it is made", async () => {
    const { clock, socket } = connecting(whenMade);

    socket.emit(whenMade);
    await clock.advanceAsync(10 * LIMIT_MS);

    expect([socket.destroyed, clock.pendingTimers]).toEqual([false, 0]);
  });

  it("leaves no timer when it is closed before", async () => {
    const { clock, socket } = connecting(whenMade);

    socket.destroy();
    await clock.settle();

    expect(clock.pendingTimers).toBe(0);
  });
});

it("idle connections are closed before balancers forget them", () => {
  const agents = limitedAgents({ maxSockets: 3, connectTimeoutMs: LIMIT_MS, clock: new ManualClock() });

  for (const agent of Object.values(agents)) {
    expect(agent.options).toMatchObject({ keepAlive: true, timeout: 30_000 });
    agent.destroy();
  }
});
