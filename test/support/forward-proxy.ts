import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface ForwardProxyOptions {
  /** `name:password` that each CONNECT must have. */
  readonly account?: string;
  /** Speaks TLS with its clients. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** Answers in place of the proxy: raw bytes, or nothing for a proxy that hangs. */
  readonly answer?: (target: string) => string | undefined;
}

/** A forward proxy on this machine: CONNECT to any address of this machine, with Basic authentication. */
export class ForwardProxy {
  /** The target of each CONNECT, in order. */
  readonly targets: string[] = [];
  /** Requests other than CONNECT. */
  readonly others: string[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Duplex> = new Set();
  readonly #options: ForwardProxyOptions;

  private constructor(options: ForwardProxyOptions) {
    this.#options = options;
    this.#server = options.tls === undefined ? createServer() : createSecureServer({ ...options.tls });
    this.#server.on("connection", (socket: Socket) => this.#follow(socket));
    this.#server.on("connect", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#connect(request, socket, head);
    });
    this.#server.on("request", (request: IncomingMessage, response) => {
      this.others.push(`${request.method} ${request.url}`);
      response.writeHead(405).end();
    });
  }

  static async start(options: ForwardProxyOptions = {}): Promise<ForwardProxy> {
    const proxy = new ForwardProxy(options);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, "127.0.0.1", resolve);
    });
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `${this.#options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #follow(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #connect({ url = "", headers }: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { account, answer } = this.#options;
    this.targets.push(url);
    this.#follow(socket);
    if (answer !== undefined) {
      const text = answer(url);
      if (text !== undefined) socket.end(text);
      return;
    }
    const authorization = account === undefined ? undefined : `Basic ${Buffer.from(account).toString("base64")}`;
    if (authorization !== undefined && headers["proxy-authorization"] !== authorization) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${url}`);
    const onward = connect(Number(port === "" ? 80 : port), hostname);
    this.#follow(onward);
    onward.once("connect", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    onward.once("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n"));
    onward.once("close", () => socket.destroy());
    socket.once("close", () => onward.destroy());
  }
}
