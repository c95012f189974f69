import type { IncomingHttpHeaders } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import type { ServiceReply } from "../service/service-call.js";
import type { Exchange } from "./exchange.js";
import { whenVersionKnown } from "./first-bytes.js";
import { ProtocolServers } from "./protocol-servers.js";
import type { ServerCertificate } from "./self-signed-certificate.js";
import { writeReply } from "./write-reply.js";

const LOOPBACK = "127.0.0.1";

/** One HTTP request with its body. */
export interface LocalRequest {
  readonly method: string;
  readonly path: string;
  /** Over HTTP/2 with the pseudo-headers (`:authority`, …). */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Number of the connection, from 0. */
  readonly connection: number;
}

/** Answers a request, or asks for its socket to be destroyed. */
export type RequestHandler = (request: LocalRequest) => Promise<ServiceReply | "destroy">;

/** Callbacks for connections and calls. */
export interface ServerObserver {
  connectionOpened(): void;
  callBegan(): void;
  callEnded(): void;
}

/**
 * A server on the loopback interface that tracks its sockets. It speaks HTTP/1.1 and HTTP/2 on one port: over TLS the
 * handshake selects the version (ALPN). The first bytes do without TLS, and for a client without ALPN (prior knowledge).
 */
export class LocalServer {
  readonly #listener: Server;
  readonly #protocols: ProtocolServers;
  readonly #handler: RequestHandler;
  readonly #open = new Set<Socket>();
  readonly #observer: ServerObserver;
  #opened = 0;
  #port = 0;
  #refusing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(handler: RequestHandler, tls: ServerCertificate | undefined, observer: ServerObserver) {
    this.#handler = handler;
    this.#observer = observer;
    this.#protocols = new ProtocolServers((exchange) => {
      this.#serve(exchange).catch(() => exchange.abandon());
    });
    this.#listener = tls === undefined ? this.#plainListener() : this.#tlsListener(tls);
    this.#listener.on("connection", (socket: Socket) => this.#track(socket));
  }

  /** Connections so far; with TLS, those that completed the handshake. */
  get opened(): number {
    return this.#opened;
  }

  /** Connections now. */
  get open(): number {
    return this.#open.size;
  }

  /** @returns the port */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#listener.once("error", reject);
      this.#listener.listen(port, LOOPBACK, () => {
        this.#listener.off("error", reject);
        this.#port = (this.#listener.address() as AddressInfo).port;
        resolve(this.#port);
      });
    });
  }

  /** Destroys every socket, and does not listen for `ms` milliseconds. A call meanwhile extends the time. */
  refuse(ms: number): void {
    const refusing = this.#stop()
      .then(() => delay(ms, undefined, { ref: false }))
      .then(async () => {
        if (this.#refusing === refusing && this.#closed === undefined) await this.listen(this.#port);
      });
    this.#refusing = refusing;
    // Another process may have taken the port: then nothing listens, as during the time.
    refusing.catch(() => {});
  }

  /** Stops listening and destroys every socket; resolves when the last is gone. */
  close(): Promise<void> {
    this.#closed ??= this.#stop();
    return this.#closed;
  }

  async #stop(): Promise<void> {
    const stopped = new Promise((resolve) => this.#listener.close(resolve));
    // The server calls back before the last sockets have closed: beneath TLS they take a few turns more.
    const gone = [...this.#open].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of this.#open) socket.destroy();
    await Promise.all([stopped, ...gone]);
  }

  #plainListener(): Server {
    // A client of HTTP/1.1 may end its half of the connection with its last request.
    return createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
      const connection = { number: this.#count(), socket };
      whenVersionKnown(socket, (version) => this.#protocols.accept(connection, version));
    });
  }

  #tlsListener(tls: ServerCertificate): Server {
    const options = { ...tls, noDelay: true, ALPNProtocols: ["h2", "http/1.1"] };
    return createTlsServer(options, (socket: TLSSocket) => {
      const connection = { number: this.#count(), socket };
      this.#ignoreErrors(socket);
      if (socket.alpnProtocol !== false) {
        this.#protocols.accept(connection, socket.alpnProtocol === "h2" ? "http/2" : "http/1.1");
        return;
      }
      whenVersionKnown(socket, (version) => {
        // Node's server for HTTP/2 refuses a TLS socket that did not negotiate it.
        if (version === "http/2") socket.alpnProtocol = "h2";
        this.#protocols.accept(connection, version);
      });
    });
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    this.#ignoreErrors(socket);
  }

  /** Resets are common here, and an error without a listener would end the process. */
  #ignoreErrors(socket: Socket): void {
    socket.on("error", () => {});
  }

  #count(): number {
    this.#observer.connectionOpened();
    return this.#opened++;
  }

  async #serve(exchange: Exchange): Promise<void> {
    this.#observer.callBegan();
    exchange.onceOver(() => this.#observer.callEnded());
    const { method, path, headers, connection } = exchange;
    const body = await exchange.readBody();
    const reply =
      body === "too large" ? { statusCode: 413 } : await this.#handler({ method, path, headers, body, connection });
    if (reply === "destroy") exchange.destroyConnection();
    else await writeReply(exchange, reply);
  }
}
