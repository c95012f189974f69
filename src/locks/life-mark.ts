import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { type SocketAddress, socketAddress } from "./socket-address.js";

/**
 * A file that is alive until it is released or its process ends: a listening Unix domain socket. As soon as the process
 * has ended, even by `kill -9`, the kernel refuses connections to the socket, for every process that sees the file.
 * Process ids would not do: two containers with a common volume both have a process 1.
 *
 * All processes must be under one kernel. The mark of another machine, on a network file system, looks dead.
 */
export class LifeMark {
  readonly #file: string;
  readonly #server: Server;
  readonly #address: SocketAddress;

  private constructor(file: string, server: Server, address: SocketAddress) {
    this.#file = file;
    this.#server = server;
    this.#address = address;
  }

  /**
   * Sets a mark. It does not keep the process alive.
   *
   * @param directory - the real path of the directory
   * @param name - a name that was never used: give it a random part
   * @returns rejects with a system error when the file system has no sockets, or the directory cannot be written
   */
  static async set(directory: string, name: string): Promise<LifeMark> {
    const file = join(directory, name);
    if (process.platform === "win32") {
      const address = socketAddress(directory, name);
      const server = await listen(address.path);
      writeFileSync(file, "");
      return new LifeMark(file, server, address);
    }
    // Between bind and listen a socket looks dead, so it gets its final name after listen.
    const draft = `${name}.new`;
    const address = socketAddress(directory, draft);
    let server: Server | undefined;
    try {
      server = await listen(address.path);
      // A process of another user, for example in another container, may check the mark too.
      chmodSync(join(directory, draft), 0o777);
      renameSync(join(directory, draft), file);
      return new LifeMark(file, server, address);
    } catch (error) {
      server?.close();
      address.release();
      throw error;
    }
  }

  /** Removes the mark at once. May be called again. */
  release(): void {
    if (!this.#server.listening) return;
    rmSync(this.#file, { force: true });
    this.#server.close();
    this.#address.release();
  }
}

/** Whether the process of this mark is alive. Only a refusal by the kernel means that it is dead. */
export async function isAlive(directory: string, name: string): Promise<boolean> {
  const address = socketAddress(directory, name);
  try {
    return await new Promise((resolve) => {
      const socket = connect(address.path);
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", ({ code = "" }: NodeJS.ErrnoException) => {
        resolve(!DEAD.has(code));
      });
    });
  } finally {
    address.release();
  }
}

/** In this order: no listener; no such file; a copy, which is not a socket. */
const DEAD: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOENT", "ENOTSOCK"]);

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", reject);
    // Exclusive: in a cluster worker the primary process would own the socket otherwise.
    server.listen({ path, exclusive: true }, () => {
      // A failed accept is harmless: for the other side the connect has already succeeded.
      server.on("error", () => {});
      server.unref();
      resolve(server);
    });
  });
}
