import type { IncomingHttpHeaders } from "node:http";
import { constants, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";

/** More than any request may have: 10 MiB of records as base64, and the JSON around them. */
const MAX_BODY_BYTES: number = 32 * 1024 * 1024;

/** A connection that was accepted. */
export interface Connection {
  /** From 0, in the order in which they were accepted. */
  readonly number: number;
  /** Over TLS the one with the bytes in clear. */
  readonly socket: Socket;
}

/** What requests of both versions of HTTP have in common. */
interface AnyRequest extends Readable {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly aborted: boolean;
}

/** What responses of both versions of HTTP have in common. */
interface AnyResponse {
  writeHead(statusCode: number, headers: Readonly<Record<string, string>>): unknown;
  /** Where `writeHead` does not send them at once. */
  flushHeaders?(): void;
  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(): unknown;
  end(bytes: Uint8Array): unknown;
  on(event: "close", listener: () => void): unknown;
}

/** One request and its answer, over HTTP/1.1 or HTTP/2, with all that can happen to it instead. */
export class Exchange {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly #request: AnyRequest;
  readonly #response: AnyResponse;
  readonly #connection: Connection;
  readonly #stream: ServerHttp2Stream | undefined;
  readonly #whenOver: (() => void)[] = [];
  #isOver = false;
  /** Of the piece that is on its way. */
  #settleWrite: (hasLeft: boolean) => void = () => {};

  /** @param stream - where it is HTTP/2 */
  constructor(
    request: AnyRequest,
    response: AnyResponse,
    connection: Connection,
    stream: ServerHttp2Stream | undefined,
  ) {
    this.method = request.method ?? "";
    this.headers = request.headers;
    this.#request = request;
    this.#response = response;
    this.#connection = connection;
    this.#stream = stream;
    response.on("close", () => {
      this.#isOver = true;
      // A stream that closes under a write may never call back.
      this.#settleWrite(false);
      for (const listener of this.#whenOver) listener();
    });
  }

  /** Number of the connection it came by. */
  get connection(): number {
    return this.#connection.number;
  }

  get isHttp2(): boolean {
    return this.#stream !== undefined;
  }

  /** Whether the answer has been given, or can no longer be. */
  get isOver(): boolean {
    return this.#isOver;
  }

  onceOver(listener: () => void): void {
    this.#whenOver.push(listener);
  }

  /** Rejects when the peer goes away before the end. */
  readBody(): Promise<Buffer | "too large"> {
    const request = this.#request;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        // What is too much is still read, or the client would see a reset before the answer.
        if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      });
      // Both follow every request, whole or not, and over HTTP/2 a body that breaks off ends like a whole one.
      request.on("end", () => {
        if (!request.aborted) resolve(bytes > MAX_BODY_BYTES ? "too large" : Buffer.concat(chunks, bytes));
      });
      request.on("close", () => reject(new Error("the client went away within its request")));
    });
  }

  /** Answers in one piece. */
  answer(statusCode: number, headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    this.#response.writeHead(statusCode, headers);
    this.#response.end(body);
  }

  /** Sends the headers of an answer that comes piece by piece. */
  begin(statusCode: number, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(statusCode, headers);
    this.#response.flushHeaders?.();
  }

  /** Resolves when the piece has left, or says that it cannot any more. One piece at a time. */
  write(piece: Uint8Array): Promise<boolean> {
    return new Promise((resolve) => {
      this.#settleWrite = resolve;
      this.#response.write(piece, (error) => resolve(error === undefined || error === null));
    });
  }

  end(): void {
    this.#response.end();
  }

  destroyConnection(): void {
    this.#connection.socket.destroy();
  }

  /** Ends an exchange that failed, and over HTTP/2 no other one of the connection. */
  abandon(): void {
    if (this.#stream === undefined) this.destroyConnection();
    else this.resetStream(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** HTTP/2 only: ends the stream with an error, and the connection goes on. */
  resetStream(code: number): void {
    this.#stream?.close(code);
  }

  /** HTTP/2 only: tells the client to open no more streams; those that are open go on, then the connection ends. */
  goAway(code: number): void {
    const session = this.#stream?.session;
    if (code !== 0) session?.goaway(code);
    session?.close();
  }
}
