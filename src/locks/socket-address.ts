import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/**
 * Most bytes of the path of a Unix domain socket: `sun_path` has 104 on macOS and 108 on Linux, with a zero at the end.
 * Node.js 20 cuts a longer one off without a word, and binds another file.
 */
const MAX_PATH_BYTES = 103;

/** A name by which a socket in a directory is reached. */
export interface SocketAddress {
  readonly path: string;
  /** To be called when the path is not used any more. */
  release(): void;
}

/** The address of a socket file, however long the path of its directory. On Windows that of a named pipe. */
export function socketAddress(directory: string, name: string): SocketAddress {
  const path = join(directory, name);
  if (process.platform === "win32") return { path: pipeName(path), release: () => {} };
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return { path, release: () => {} };
  return process.platform === "linux" ? byDescriptor(directory, name) : byLink(directory, name);
}

/** Needs no place that can be written. */
function byDescriptor(directory: string, name: string): SocketAddress {
  const descriptor = openSync(directory, "r");
  return { path: `/proc/self/fd/${descriptor}/${name}`, release: () => closeSync(descriptor) };
}

function byLink(directory: string, name: string): SocketAddress {
  const folder = mkdtempSync(join(tmpdir(), "kp-"));
  const link = join(folder, "d");
  symlinkSync(directory, link);
  return { path: join(link, name), release: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Windows keeps pipes apart from files, for all sessions of the machine. */
function pipeName(path: string): string {
  const digest = createHash("sha256").update(path.toLowerCase()).digest("hex").slice(0, 32);
  return `\\\\.\\pipe\\kinesis-producer-${digest}`;
}
