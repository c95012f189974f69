import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/**
 * Longest path of a Unix domain socket in bytes: `sun_path` has 104 on macOS and 108 on Linux, with a zero at the end.
 * Node.js 20 silently truncates a longer path, and binds another file.
 */
const MAX_PATH_BYTES = 103;

/** A path that reaches a socket in a directory. */
export interface SocketAddress {
  readonly path: string;
  /** Call it when the path is no longer used. */
  release(): void;
}

/** The address of a socket file; the path of its directory may have any length. On Windows: of a named pipe. */
export function socketAddress(directory: string, name: string): SocketAddress {
  const path = join(directory, name);
  if (process.platform === "win32") return { path: pipeName(path), release: () => {} };
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return { path, release: () => {} };
  return process.platform === "linux" ? byDescriptor(directory, name) : byLink(directory, name);
}

/** A path through /proc/self/fd, which needs no writable directory. */
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

/** On Windows pipes are not files; their names are shared by all sessions of the machine. */
function pipeName(path: string): string {
  const digest = createHash("sha256").update(path.toLowerCase()).digest("hex").slice(0, 32);
  return `\\\\.\\pipe\\kinesis-producer-${digest}`;
}
