import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { LocalKinesis } from "../../src/testing/index.js";

/** How a connection is dead: nothing comes back, or a reset as soon as something is sent. */
export type Death = "silence" | "reset";

/** Stands between a client and a Kinesis like a gateway that may forget its connections, and passes new ones on. */
export class HalfDeadProxy {
  readonly #server: Server;
  readonly #open: Map<Socket, { death?: Death }> = new Map();
  /** Connections that were made so far. */
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

  /** The settings of a client of `kinesis` that goes through here. */
  configFor(kinesis: Pick<LocalKinesis, "clientConfig">): ReturnType<LocalKinesis["clientConfig"]> {
    const { port } = this.#server.address() as AddressInfo;
    return { ...kinesis.clientConfig(), endpoint: `http://127.0.0.1:${port}` };
  }

  /** Forgets every connection that is open now. */
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
