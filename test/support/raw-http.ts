import { Agent, request } from "node:http";
import { connect } from "node:net";

/** An HTTP answer as bytes. */
export interface RawAnswer {
  readonly status: number;
  readonly body: string;
}

const TARGET = "Kinesis_20131202.";

/** The head of a valid call, and its body. */
export function callBytes(operation: string, body: Uint8Array): Buffer {
  const head = [
    "POST / HTTP/1.1",
    "Host: 127.0.0.1",
    "Content-Type: application/x-amz-json-1.1",
    `X-Amz-Target: ${TARGET}${operation}`,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

/**
 * Writes any bytes to a socket, and ends it.
 *
 * @returns all bytes received until the server has closed too
 * @throws Error when it does not close in time
 */
export function exchange(port: number, bytes: Uint8Array, timeoutMs = 5_000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the server left the socket open for ${timeoutMs} ms`));
    }, timeoutMs);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A reset also closes the connection.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks));
    });
  });
}

/** Calls over a few kept connections. Bodies need not be JSON. */
export class RawClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws Error when no answer comes */
  call(operation: string, body: string | Uint8Array): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...{ host: "127.0.0.1", port: this.#port, method: "POST", agent: this.#agent, timeout: 10_000 },
          headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${TARGET}${operation}` },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
          );
        },
      );
      outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 10 s")));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
