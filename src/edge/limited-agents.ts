import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";

import type { Clock } from "../core/ports.js";
import { explainCertificate } from "./certificate-failure.js";
import type { ProxyRule } from "./proxy-settings.js";
import { openTunnel } from "./proxy-tunnel.js";

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
  /** Options of TLS for every connection. */
  readonly tls?: TlsSettings | undefined;
  /** Without it every address is reached directly. */
  readonly proxy?: ProxyRule | undefined;
}

/** How the certificate of the service is verified. */
export interface TlsSettings {
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[];
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
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

/** The address of a new connection, as an agent gets it. */
interface Address {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

type OnMade = ((error: Error | null, stream: Duplex) => void) | undefined;

/** The new connections of an agent: to the address, or through a proxy. */
class Connecting {
  readonly #protocol: "http:" | "https:";
  readonly #limits: ConnectionLimits;
  /** Give up the tunnels that are being opened. */
  readonly #opening: Set<() => void> = new Set();

  constructor(protocol: "http:" | "https:", limits: ConnectionLimits) {
    this.#protocol = protocol;
    this.#limits = limits;
  }

  /**
   * @param connect - makes the connection, over a given socket if there is a tunnel
   * @returns undefined if `onMade` will be called
   */
  make(
    { host, port }: Address,
    onMade: OnMade,
    connect: (over: { readonly socket?: Socket }) => Duplex | null | undefined,
  ): Duplex | null | undefined {
    const isSecure = this.#protocol === "https:";
    const whenMade = isSecure ? "secureConnect" : "connect";
    const name = host ?? "localhost";
    const number = Number(port ?? (isSecure ? 443 : 80));
    const target = `${name.includes(":") ? `[${name}]` : name}:${number}`;
    const proxy = this.#limits.proxy?.(this.#protocol, name, number);
    if (proxy === undefined) return limitConnecting(this.#explained(connect({}), target), whenMade, this.#limits);
    const { clock, connectTimeoutMs } = this.#limits;
    // The name is that of the service, not of the proxy.
    const { servername: _, ...tls } = this.#limits.tls ?? {};
    const startedAt = clock.now();
    const giveUp = openTunnel(proxy, target, { timeoutMs: connectTimeoutMs, clock, tls }, (error, socket) => {
      this.#opening.delete(giveUp);
      if (socket === undefined) {
        onMade?.(error ?? new Error("there is no tunnel"), undefined as never);
        return;
      }
      const restMs = Math.max(1, connectTimeoutMs - (clock.now() - startedAt));
      const made = isSecure
        ? limitConnecting(this.#explained(connect({ socket }), target), whenMade, { clock, connectTimeoutMs }, restMs)
        : socket;
      onMade?.(null, made as Duplex);
    });
    this.#opening.add(giveUp);
    return undefined;
  }

  /** The first listener: the others get the message with the peer and the advice. */
  #explained(socket: Duplex | null | undefined, target: string): Duplex | null | undefined {
    const hasAuthorities = this.#limits.tls?.ca !== undefined;
    return socket?.prependOnceListener("error", (error) => explainCertificate(error, target, hasAuthorities));
  }

  destroy(): void {
    for (const giveUp of [...this.#opening]) giveUp();
  }
}

class LimitedHttpAgent extends HttpAgent {
  readonly #connecting: Connecting;

  constructor(limits: ConnectionLimits) {
    super(agentOptions(limits));
    this.#connecting = new Connecting("http:", limits);
  }

  override createConnection(...args: Parameters<HttpAgent["createConnection"]>): Duplex | null | undefined {
    return this.#connecting.make(args[0], args[1], () => super.createConnection(...args));
  }

  override destroy(): void {
    this.#connecting.destroy();
    super.destroy();
  }
}

class LimitedHttpsAgent extends HttpsAgent {
  readonly #connecting: Connecting;

  constructor(limits: ConnectionLimits) {
    super({ ...agentOptions(limits), ...(limits.tls as object | undefined) });
    this.#connecting = new Connecting("https:", limits);
  }

  override createConnection(...args: Parameters<HttpsAgent["createConnection"]>): Duplex | null | undefined {
    const [options, onMade] = args;
    return this.#connecting.make(options, onMade, ({ socket }) =>
      socket === undefined ? super.createConnection(...args) : super.createConnection({ ...options, socket } as never),
    );
  }

  override destroy(): void {
    this.#connecting.destroy();
    super.destroy();
  }
}

/**
 * Only the socket knows that there is no connection, and so that nothing was sent. The time limit of the request does
 * not know it.
 *
 * @param restMs - what is left of the limit, for a connection that waited for its tunnel
 */
export function limitConnecting(
  socket: Duplex | null | undefined,
  whenMade: "connect" | "secureConnect",
  { clock, connectTimeoutMs }: Pick<ConnectionLimits, "clock" | "connectTimeoutMs">,
  restMs: number = connectTimeoutMs,
): Duplex | null | undefined {
  if (!(socket instanceof Socket)) return socket;
  const timer = clock.setTimer(restMs, () => {
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
