import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { bodyBytes, bodyThatComes, piecesOf } from "../service/reply-body.js";
import type { ServiceReply } from "../service/service-call.js";
import { CONTENT_TYPES } from "./protocol.js";

/** More than any request may have: 10 MiB of records as base64, and the JSON around them. */
const MAX_BODY_BYTES: number = 32 * 1024 * 1024;

const LOOPBACK = "127.0.0.1";

/** A key and its certificate, PEM. */
export interface ServerCertificate {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

/** One HTTP request, its body read. */
export interface LocalRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Number of the connection, from 0. */
  readonly connection: number;
}

/** Answers a request, or has its socket destroyed. */
export type RequestHandler = (request: LocalRequest) => Promise<ServiceReply | "destroy">;

/** Who wants to know of connections and calls. */
export interface ServerObserver {
  connectionOpened(): void;
  callBegan(): void;
  callEnded(): void;
}

/** An HTTP/1.1 server on the loopback interface that knows its sockets. */
export class LocalServer {
  readonly #server: Server;
  readonly #handler: RequestHandler;
  readonly #open = new Set<Socket>();
  readonly #numbers = new WeakMap<Socket, number>();
  readonly #observer: ServerObserver;
  #opened = 0;
  #port = 0;
  #refusing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(handler: RequestHandler, tls: ServerCertificate | undefined, observer: ServerObserver) {
    this.#handler = handler;
    this.#observer = observer;
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      this.#serve(request, response).catch(() => request.socket.destroy());
    };
    this.#server = tls === undefined ? createServer(listener) : createTlsServer({ ...tls }, listener);
    // A connection that the server drops while it is idle would fail requests that the client has just sent.
    this.#server.keepAliveTimeout = 0;
    this.#server.on("connection", (socket: Socket) => this.#track(socket));
    // TLS wraps the socket in another, by which its requests come.
    this.#server.on("secureConnection", (socket: Socket) => this.#number(socket));
    if (tls === undefined) this.#server.on("connection", (socket: Socket) => this.#number(socket));
    // Bytes that are no HTTP, or a peer that went away in the middle.
    this.#server.on("clientError", (_, socket) => socket.destroy());
  }

  /** Connections so far; with TLS, those that shook hands. */
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
      this.#server.once("error", reject);
      this.#server.listen(port, LOOPBACK, () => {
        this.#server.off("error", reject);
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve(this.#port);
      });
    });
  }

  /** Destroys every socket and does not listen for a while, or for as long as it is told to again meanwhile. */
  refuse(ms: number): void {
    const refusing = this.#stop()
      .then(() => delay(ms, undefined, { ref: false }))
      .then(async () => {
        if (this.#refusing === refusing && this.#closed === undefined) await this.listen(this.#port);
      });
    this.#refusing = refusing;
    // The port may be somebody else's by then: nothing listens, as when the time were not over.
    refusing.catch(() => {});
  }

  /** Stops listening and destroys every socket; resolves when the last is gone. */
  close(): Promise<void> {
    this.#closed ??= this.#stop();
    return this.#closed;
  }

  async #stop(): Promise<void> {
    const stopped = new Promise((resolve) => this.#server.close(resolve));
    // The server calls back before the last sockets have closed: beneath TLS they take some turns more.
    const gone = [...this.#open].map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    for (const socket of this.#open) socket.destroy();
    await Promise.all([stopped, ...gone]);
  }

  #track(socket: Socket): void {
    this.#open.add(socket);
    socket.once("close", () => this.#open.delete(socket));
    // A reset is an everyday event here, and an error without a listener would end the process.
    socket.on("error", () => {});
  }

  #number(socket: Socket): void {
    this.#numbers.set(socket, this.#opened++);
    this.#observer.connectionOpened();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#observer.callBegan();
    response.once("close", () => this.#observer.callEnded());
    const body = await readBody(request);
    const connection = this.#numbers.get(request.socket) ?? -1;
    const { method = "", headers } = request;
    const answer =
      body === "too large" ? { statusCode: 413 } : await this.#handler({ method, headers, body, connection });
    if (answer === "destroy") request.socket.destroy();
    else await writeReply(response, answer);
  }
}

/** Rejects when the peer goes away before the end. */
async function readBody(request: IncomingMessage): Promise<Buffer | "too large"> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // What is too much is still read, or the client would see a reset before the answer.
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAX_BODY_BYTES ? "too large" : Buffer.concat(chunks, bytes);
}

/** Nothing waits for the end of these pauses: `close` does not, and a socket that is gone is left alone. */
async function pause(ms: number): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { ref: false });
}

async function writeReply(response: ServerResponse, reply: ServiceReply): Promise<void> {
  await pause(reply.delayMs ?? 0);
  const { socket } = response;
  if (socket === null || socket.destroyed || reply.hang === true) return;
  if (reply.cut === "before-headers" || reply.cut === "refused") {
    socket.destroy();
    return;
  }
  const bytes = bodyThatComes(reply);
  // Cut within the body, the headers promise all of it; truncated, they know of nothing.
  const promised = reply.cut === "mid-body" ? bodyBytes(reply).length : bytes.length;
  response.writeHead(reply.statusCode, {
    "content-type": CONTENT_TYPES.json,
    "x-amzn-requestid": randomUUID(),
    "content-length": String(promised),
    ...reply.headers,
  });
  if (reply.slowBodyMs === undefined && reply.cut === undefined) {
    response.end(bytes);
    return;
  }
  response.flushHeaders();
  const pieces = piecesOf(bytes);
  for (const piece of pieces) {
    await pause((reply.slowBodyMs ?? 0) / pieces.length);
    if (!(await writePiece(response, piece))) return;
  }
  if (reply.cut === undefined) response.end();
  else socket.destroy();
}

/** Resolves when the piece has left, or says that it cannot any more. */
function writePiece(response: ServerResponse, piece: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    response.write(piece, (error) => resolve(error === undefined || error === null));
  });
}
