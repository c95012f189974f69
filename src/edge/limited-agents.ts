import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";

import type { Clock } from "../core/ports.js";

/**
 * Idle connections are closed after this time, before a device in between forgets them, often silently: an Application
 * Load Balancer after 60 s ("Edit attributes for your Application Load Balancer", Elastic Load Balancing), a Network Load
 * Balancer and the connection tracking of newer EC2 instances after 350 s ("Introducing NLB TCP configurable idle timeout",
 * AWS Networking Blog; ConnectionTrackingConfiguration, Amazon EC2 API Reference; read 2026-11-28). With a limit, Node
 * also obeys a server's own limit (`Keep-Alive: timeout=5`).
 */
const IDLE_CONNECTION_MS = 30_000;

/** How many connections there may be, and how long a new one may take. */
export interface ConnectionLimits {
  readonly maxSockets: number;
  readonly connectTimeoutMs: number;
  /**
   * Leaves out the time in which the process stood still: a connection that was established meanwhile has not timed
   * out. Rule 18.
   */
  readonly clock: Clock;
}

/** Agents for both protocols, by the names that URLs give them. */
export interface Agents {
  readonly "http:": HttpAgent;
  readonly "https:": HttpsAgent;
}

/** Agents that keep connections alive, and give up a connection that is not established in time. */
export function limitedAgents(limits: ConnectionLimits): Agents {
  return { "http:": new LimitedHttpAgent(limits), "https:": new LimitedHttpsAgent(limits) };
}

/**
 * The most recently used connection is reused first, which is Node's default: the peer is least likely to have closed
 * it unnoticed, and unneeded connections stay idle until they are closed.
 */
function agentOptions({ maxSockets }: ConnectionLimits) {
  return { keepAlive: true, maxSockets, scheduling: "lifo", timeout: IDLE_CONNECTION_MS } as const;
}

class LimitedHttpAgent extends HttpAgent {
  readonly #limits: ConnectionLimits;

  constructor(limits: ConnectionLimits) {
    super(agentOptions(limits));
    this.#limits = limits;
  }

  override createConnection(...args: Parameters<HttpAgent["createConnection"]>): Duplex | null | undefined {
    return limitConnecting(super.createConnection(...args), "connect", this.#limits);
  }
}

class LimitedHttpsAgent extends HttpsAgent {
  readonly #limits: ConnectionLimits;

  constructor(limits: ConnectionLimits) {
    super(agentOptions(limits));
    this.#limits = limits;
  }

  override createConnection(...args: Parameters<HttpsAgent["createConnection"]>): Duplex | null | undefined {
    return limitConnecting(super.createConnection(...args), "secureConnect", this.#limits);
  }
}

/**
 * Only the socket knows that there is no connection, and so that nothing was sent. The time limit of the request does
 * not know it.
 */
export function limitConnecting(
  socket: Duplex | null | undefined,
  whenMade: "connect" | "secureConnect",
  { clock, connectTimeoutMs }: ConnectionLimits,
): Duplex | null | undefined {
  if (!(socket instanceof Socket)) return socket;
  const timer = clock.setTimer(connectTimeoutMs, () => {
    const message = `the request did not establish a connection with the service within ${connectTimeoutMs} ms`;
    const error = new Error(message);
    error.name = "TimeoutError";
    socket.destroy(error);
  });
  const stop = (): void => timer.cancel();
  socket.once(whenMade, stop);
  socket.once("close", stop);
  return socket;
}
