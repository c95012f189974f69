import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { LocalKinesis } from "../../src/testing/index.js";

/** How a connection is dead: no bytes come back, or a reset follows the next sent bytes. */
export type Death = "silence" | "reset";

/** A proxy between a client and a Kinesis. Like a gateway it may forget its connections; it forwards new ones. */
export class HalfDeadProxy {
  readonly #server: Server;
  readonly #open: Map<Socket, { death?: Death }> = new Map();
  /** Number of connections so far. */
  connections = 0;

  private constructor(upstreamPort: number) {
    this.#server = createServer((client) => this.#pass(client, connect(upstreamPort, "127.0.0.1")));
  }

  static async start(kinesis: Pick<LocalKinesis, "endpoint">): Promise<HalfDeadProxy> {
    const proxy = new HalfDeadProxy(Number(new URL(kinesis.endpoint).port));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get open(): number {
    return this.#open.size;
  }

  /** The settings for a client of `kinesis` that goes through this proxy. */
  configFor(kinesis: Pick<LocalKinesis, "clientConfig">): ReturnType<LocalKinesis["clientConfig"]> {
    const { port } = this.#server.address() as AddressInfo;
    return { ...kinesis.clientConfig(), endpoint: `http://127.0.0.1:${port}` };
  }

  /** Forgets every open connection. */
  forget(death: Death): void {
    for (const state of this.#open.values()) state.death = death;
  }

  close(): void {
    this.#server.close();
    for (const client of this.#open.keys()) client.destroy();
  }

  #pass(client: Socket, upstream: Socket): void {
    const state: { death?: Death } = {};
    this.connections++;
    this.#open.set(client, state);
    client.on("data", (chunk) => {
      if (state.death === undefined) upstream.write(chunk);
      else if (state.death === "reset") client.resetAndDestroy();
    });
    upstream.on("data", (chunk) => {
      if (state.death === undefined) client.write(chunk);
    });
    client.on("error", () => {});
    upstream.on("error", () => {});
    client.on("close", () => {
      this.#open.delete(client);
      upstream.destroy();
    });
    upstream.on("close", () => {
      if (state.death === undefined) client.destroy();
    });
  }
}
