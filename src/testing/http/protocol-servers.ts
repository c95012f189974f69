import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from "node:http2";
import type { Socket } from "node:net";
import { type Connection, Exchange } from "./exchange.js";
import type { HttpVersion } from "./first-bytes.js";

/**
 * Megabytes that one HTTP/2 session may hold. With Node's default of 10, a client with several requests of 10 MiB in
 * flight would get ENHANCE_YOUR_CALM, which the service does not send.
 */
const SESSION_MEGABYTES = 1_000;

/**
 * A server for HTTP/1.1 and one for HTTP/2. Neither listens: they receive sockets and own them from then on. Their
 * parsers read from the handle, as in a server that accepted the sockets itself.
 */
export class ProtocolServers {
  readonly #http1: Server;
  readonly #http2: Http2Server;
  readonly #connections = new WeakMap<Socket | Http2Session, Connection>();

  /** @param serve - called with the exchange of every request */
  constructor(serve: (exchange: Exchange) => void) {
    this.#http1 = createServer((request: IncomingMessage, response: ServerResponse) => {
      const connection = this.#connections.get(request.socket);
      if (connection !== undefined) serve(new Exchange(request, response, connection, undefined));
    });
    // If the server dropped idle connections, requests that were just sent would fail.
    this.#http1.keepAliveTimeout = 0;
    // The bytes are not HTTP, or the peer left in the middle.
    this.#http1.on("clientError", (_, socket) => socket.destroy());
    const options = { maxSessionMemory: SESSION_MEGABYTES };
    this.#http2 = createHttp2Server(options, (request: Http2ServerRequest, response: Http2ServerResponse) => {
      const { stream } = request;
      const connection = stream.session === undefined ? undefined : this.#connections.get(stream.session);
      if (connection !== undefined) serve(new Exchange(request, response, connection, stream));
    });
  }

  /** Serves the requests of the connection. */
  accept(connection: Connection, version: HttpVersion): void {
    const { socket } = connection;
    if (socket.destroyed) return;
    if (version === "http/1.1") {
      this.#connections.set(socket, connection);
      this.#http1.emit("connection", socket);
      return;
    }
    // Unlike a server of HTTP/1.1, the session does not end a socket whose other half has ended.
    socket.allowHalfOpen = false;
    // Emitted while the socket is handed over, so the session belongs to this socket.
    this.#http2.once("session", (session) => this.#connections.set(session, connection));
    this.#http2.emit("connection", socket);
  }
}
