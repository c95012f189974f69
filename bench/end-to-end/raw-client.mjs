/**
 * A cheap load generator: keep-alive connections, each with one request in flight, and prebuilt bytes. It reads an
 * answer only to see that it is a success, and where it ends.
 */
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

const HEAD_END = "\r\n\r\n";

/**
 * @param {number} port
 * @param {boolean} tls
 * @param {"json" | "cbor"} protocol
 * @param {readonly import("./put-bodies.mjs").PutBody[]} bodies
 * @param {{ connections: number, seconds: number }} load
 * @returns {Promise<{ requests: number, records: number, payload: number, seconds: number }>}
 */
export async function putForAWhile(port, tls, protocol, bodies, { connections, seconds }) {
  const requests = bodies.map(({ body, ...sent }) => ({ ...sent, bytes: requestBytes(body, protocol) }));
  const total = { requests: 0, records: 0, payload: 0 };
  const started = performance.now();
  const until = started + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, async (_, number) => {
      const connection = await RawConnection.open(port, tls);
      for (let turn = number; performance.now() < until; turn++) {
        const request = requests[turn % requests.length];
        if (request === undefined) throw new Error("no bodies");
        await connection.send(request.bytes);
        total.requests++;
        total.records += request.records;
        total.payload += request.payload;
      }
      connection.close();
    }),
  );
  return { ...total, seconds: (performance.now() - started) / 1000 };
}

/**
 * @param {Buffer} body
 * @param {"json" | "cbor"} protocol
 */
function requestBytes(body, protocol) {
  return Buffer.concat([requestHead(body.length, protocol), body]);
}

/**
 * The head of a PutRecords request, without a signature.
 *
 * @param {number} bodyBytes
 * @param {"json" | "cbor"} protocol
 */
export function requestHead(bodyBytes, protocol) {
  const lines = [
    "POST / HTTP/1.1",
    "host: 127.0.0.1",
    `content-type: application/x-amz-${protocol}-1.1`,
    "x-amz-target: Kinesis_20131202.PutRecords",
    `content-length: ${bodyBytes}`,
  ];
  return Buffer.from(lines.join("\r\n") + HEAD_END);
}

/** A keep-alive connection with one request in flight. */
export class RawConnection {
  #socket;
  #missing = -1;
  #head = "";
  /** @type {{ resolve: () => void, reject: (error: Error) => void } | undefined} */
  #waiting;

  /** @param {import("node:net").Socket} socket */
  constructor(socket) {
    this.#socket = socket;
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("the server closed the connection")));
  }

  /**
   * @param {number} port
   * @param {boolean} tls
   * @returns {Promise<RawConnection>}
   */
  static open(port, tls) {
    return new Promise((resolve, reject) => {
      const where = { port, host: "127.0.0.1", noDelay: true };
      const done = () => resolve(new RawConnection(socket));
      const socket = tls ? connectTls({ ...where, rejectUnauthorized: false }, done) : connect(where, done);
      socket.once("error", reject);
    });
  }

  /**
   * Resolves when the whole answer has arrived with HTTP 200.
   *
   * @param {Buffer} bytes
   * @returns {Promise<void>}
   */
  send(bytes) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#head = "";
      this.#missing = -1;
      this.#socket.write(bytes);
    });
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    let body = chunk.length;
    if (this.#missing < 0) {
      this.#head += chunk.toString("latin1", 0, 1024);
      const end = this.#head.indexOf(HEAD_END);
      if (end < 0) return;
      const length = /content-length: (\d+)/i.exec(this.#head.slice(0, end))?.[1];
      if (!this.#head.startsWith("HTTP/1.1 200 ") || length === undefined) {
        this.#waiting?.reject(new Error(`the server answers ${this.#head}`));
        return;
      }
      this.#missing = Number(length);
      body = chunk.length - end - HEAD_END.length;
    }
    this.#missing -= body;
    if (this.#missing === 0) this.#waiting?.resolve();
  }
}
