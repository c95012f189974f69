import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { type SocketAddress, socketAddress } from "./socket-address.js";

/**
 * A file that is alive exactly as long as the process that set it, or until it is released: a listening Unix domain socket.
 * The kernel refuses connections to it from the moment at which the process is gone, `kill -9` included, and it does so for
 * every process that sees the file, whatever their numbers are: two containers with a volume in common both have a
 * process 1.
 *
 * All processes must be under one kernel. A mark that another machine has set, on a network file system, looks dead.
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
   * Sets a mark. It does not keep the process from ending.
   *
   * @param directory - its real path
   * @param name - one that no mark has ever had: give it a random part
   * @returns rejects with an error of the system: the file system has no sockets, the directory cannot be written
   */
  static async set(directory: string, name: string): Promise<LifeMark> {
    const file = join(directory, name);
    if (process.platform === "win32") {
      const address = socketAddress(directory, name);
      const server = await listen(address.path);
      writeFileSync(file, "");
      return new LifeMark(file, server, address);
    }
    // Between its bind and its listen a socket looks dead. So it gets its name when it listens.
    const draft = `${name}.new`;
    const address = socketAddress(directory, draft);
    let server: Server | undefined;
    try {
      server = await listen(address.path);
      // Another user, that of another container for one, may ask too.
      chmodSync(join(directory, draft), 0o777);
      renameSync(join(directory, draft), file);
      return new LifeMark(file, server, address);
    } catch (error) {
      server?.close();
      address.release();
      throw error;
    }
  }

  /** Takes the mark back, at once. May be called again. */
  release(): void {
    if (!this.#server.listening) return;
    rmSync(this.#file, { force: true });
    this.#server.close();
    this.#address.release();
  }
}

/** Whether a process that lives has set this mark. Unless the kernel says no, it is taken to live. */
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

/** Nobody listens; there is no such file; it was copied, and is no socket. */
const DEAD: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOENT", "ENOTSOCK"]);

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", reject);
    // Exclusive: in a worker of a cluster it would otherwise be its parent that lives.
    server.listen({ path, exclusive: true }, () => {
      // A connection that cannot be accepted has had its answer by then.
      server.on("error", () => {});
      server.unref();
      resolve(server);
    });
  });
}
