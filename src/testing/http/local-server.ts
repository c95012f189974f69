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
import type { LocalAnswer } from "./local-answer.js";

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
export type RequestHandler = (request: LocalRequest) => Promise<LocalAnswer | "destroy">;

/** An HTTP/1.1 server on the loopback interface that knows its sockets. */
export class LocalServer {
  readonly #server: Server;
  readonly #handler: RequestHandler;
  readonly #open = new Set<Socket>();
  readonly #numbers = new WeakMap<Socket, number>();
  #opened = 0;
  #closed: Promise<void> | undefined;

  constructor(handler: RequestHandler, tls: ServerCertificate | undefined) {
    this.#handler = handler;
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
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Stops listening and destroys every socket; resolves when the last is gone. */
  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
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
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const connection = this.#numbers.get(request.socket) ?? -1;
    const { method = "", headers } = request;
    const answer =
      body === "too large" ? { statusCode: 413 } : await this.#handler({ method, headers, body, connection });
    if (request.socket.destroyed) return;
    if (answer === "destroy") request.socket.destroy();
    else writeAnswer(response, answer);
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

function writeAnswer(response: ServerResponse, { statusCode, headers, body = "" }: LocalAnswer): void {
  const bytes = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  response.writeHead(statusCode, {
    "content-type": "application/x-amz-json-1.1",
    "x-amzn-requestid": randomUUID(),
    "content-length": String(Buffer.byteLength(bytes)),
    ...headers,
  });
  response.end(bytes);
}
