import type { IncomingHttpHeaders } from "node:http";
import { constants, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";

/** Above the size of any valid request: 10 MiB of records as base64, and the JSON around them. */
const MAX_BODY_BYTES: number = 32 * 1024 * 1024;

/** A connection that was accepted. */
export interface Connection {
  /** From 0, in order of acceptance. */
  readonly number: number;
  /** Over TLS the socket with the decrypted bytes. */
  readonly socket: Socket;
}

/** The common part of requests of HTTP/1.1 and HTTP/2. */
interface AnyRequest extends Readable {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly aborted: boolean;
}

/** The common part of responses of HTTP/1.1 and HTTP/2. */
interface AnyResponse {
  writeHead(statusCode: number, headers: Readonly<Record<string, string>>): unknown;
  /** Present where `writeHead` does not send the headers at once. */
  flushHeaders?(): void;
  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean;
  end(): unknown;
  end(bytes: Uint8Array): unknown;
  on(event: "close", listener: () => void): unknown;
}

/** One request and its answer over HTTP/1.1 or HTTP/2, with all faults in place of the answer. */
export class Exchange {
  readonly method: string;
  /** The target of the request: `/` for every operation. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly #request: AnyRequest;
  readonly #response: AnyResponse;
  readonly #connection: Connection;
  readonly #stream: ServerHttp2Stream | undefined;
  readonly #whenOver: (() => void)[] = [];
  #isOver = false;
  /** Settles the promise of the piece that is being written. */
  #settleWrite: (hasLeft: boolean) => void = () => {};

  /** @param stream - its stream, over HTTP/2 */
  constructor(
    request: AnyRequest,
    response: AnyResponse,
    connection: Connection,
    stream: ServerHttp2Stream | undefined,
  ) {
    this.method = request.method ?? "";
    this.path = request.url ?? "";
    this.headers = request.headers;
    this.#request = request;
    this.#response = response;
    this.#connection = connection;
    this.#stream = stream;
    response.on("close", () => {
      this.#isOver = true;
      // A stream that closes during a write may never call back.
      this.#settleWrite(false);
      for (const listener of this.#whenOver) listener();
    });
  }

  /** Number of its connection. */
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
        // Bytes above the limit are read too, or the client would see a reset before the answer.
        if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      });
      // Both events follow every request, complete or not. Over HTTP/2 a body that breaks off ends like a complete one.
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

  /** Sends the headers of an answer whose body follows piece by piece. */
  begin(statusCode: number, headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(statusCode, headers);
    this.#response.flushHeaders?.();
  }

  /** Writes one piece; one at a time. Resolves to true when it has left, and to false when it cannot leave any more. */
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

  /** Ends an exchange that failed. Over HTTP/2 the other exchanges of the connection go on. */
  abandon(): void {
    if (this.#stream === undefined) this.destroyConnection();
    else this.resetStream(constants.NGHTTP2_INTERNAL_ERROR);
  }

  /** HTTP/2 only: ends the stream with an error, and the connection goes on. */
  resetStream(code: number): void {
    this.#stream?.close(code);
  }

  /** HTTP/2 only: asks the client to open no more streams. Open streams go on, then the connection ends. */
  goAway(code: number): void {
    const session = this.#stream?.session;
    if (code !== 0) session?.goaway(code);
    session?.close();
  }
}
