import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

/** The identification of a gzip member, and the only compression method. Source: RFC 1952, section 2.3.1. */
const MAGIC: Buffer = Buffer.from([0x1f, 0x8b, 0x08]);

/** Unpacked bytes in one chunk. */
const CHUNK_BYTES = 65_536;

/** Data in gzip format that ends too early, or is damaged. */
export class BrokenGzipError extends Error {
  constructor(cause: NodeJS.ErrnoException) {
    super(
      cause.code === "Z_BUF_ERROR"
        ? "its gzip data ends too early: the file is not complete"
        : `its gzip data is damaged: ${cause.message}`,
      { cause },
    );
    this.name = "BrokenGzipError";
  }
}

/**
 * The bytes of a source. If they begin as gzip data, they are unpacked, all members one after the other.
 *
 * @throws the source's error; BrokenGzipError
 */
export async function* unpacked(source: Readable): AsyncGenerator<Buffer, void, undefined> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  // A terminal or a pipe may deliver single bytes. Bytes that cannot be gzip data do not wait for more.
  while (head.length < MAGIC.length && MAGIC.subarray(0, head.length).equals(head)) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  const all = behind(head, chunks);
  try {
    if (head.subarray(0, MAGIC.length).equals(MAGIC)) yield* gunzipped(all);
    else yield* all;
  } finally {
    // Also when the reader stops early.
    source.destroy();
  }
}

async function* behind(head: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  if (head.length > 0) yield head;
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
}

async function* gunzipped(chunks: AsyncGenerator<Buffer, void, undefined>): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // Its error also ends the iteration below.
  pipeline(Readable.from(chunks), gunzip).catch(() => {});
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    throw isZlibError(error) ? new BrokenGzipError(error) : error;
  }
}

function isZlibError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}
