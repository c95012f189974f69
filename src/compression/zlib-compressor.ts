import * as zlib from "node:zlib";

type Done = (result: Uint8Array | undefined) => void;
/** A compressor of node:zlib that makes one whole result of each chunk. */
type Transform = ReturnType<typeof zlib.createGzip> & { reset(): void };
/** Makes a used transform ready for the next bytes. */
type Renew = (transform: Transform) => void;
interface ZstdOptions {
  readonly params: Readonly<Record<number, number>>;
  readonly chunkSize: number;
  readonly flush: number;
}
/** Since Node.js 22.15; older ones lack it. */
const { createZstdCompress } = zlib as { readonly createZstdCompress?: (options: ZstdOptions) => Transform };
/** ZSTD_c_compressionLevel, and ZSTD_e_end. */
const ZSTD = { level: 100, end: 2 };
/**
 * Results lie one behind the other in memory of this size. A result at the end of it comes in two pieces, each with a message
 * to a thread and back.
 */
const PIECE_BYTES = 256 * 1024;
/** Threads in the pool of Node.js. More work at once would only delay what others want from the pool. */
const THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;

interface Job {
  readonly bytes: Uint8Array;
  readonly done: Done;
}

/**
 * Compresses in the thread pool of Node.js, a few at a time, in the order of the calls. Transforms are used again: a new one is
 * up to a megabyte of native memory, and the garbage collector of V8 answers that with collections of the whole heap.
 */
export class ZlibCompressor {
  readonly #create: () => Transform;
  readonly #renew: Renew;
  readonly #idle: Transform[] = [];
  readonly #waiting: Job[] = [];
  #running = 0;

  private constructor(create: () => Transform, renew: Renew) {
    this.#create = create;
    this.#renew = renew;
  }

  /** @param level - 1 to 9 */
  static gzip(level: number): ZlibCompressor {
    const options = { level, chunkSize: PIECE_BYTES, flush: zlib.constants.Z_FINISH };
    return new ZlibCompressor(
      () => zlib.createGzip(options) as Transform,
      (transform) => transform.reset(),
    );
  }

  /** @param level - 1 to 19. Only where Node.js has zstd */
  static zstd(level: number): ZlibCompressor {
    const create = createZstdCompress as NonNullable<typeof createZstdCompress>;
    const options = { params: { [ZSTD.level]: level }, chunkSize: PIECE_BYTES, flush: ZSTD.end };
    // The end of a frame is enough. The method reset() of Node.js makes a new context, and forgets the level.
    return new ZlibCompressor(() => create(options), ignore);
  }

  /** Calls `done` in a later turn, without a result when it failed. The bytes must not change until then. */
  compress(bytes: Uint8Array, done: Done): void {
    this.#waiting.push({ bytes, done });
    this.#startNext();
  }

  #startNext(): void {
    if (this.#running === THREADS) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#running++;
    const transform = this.#idle.pop() ?? this.#create();
    runOn(transform, job.bytes, (result) => {
      this.#running--;
      if (result !== undefined) {
        this.#renew(transform);
        this.#idle.push(transform);
      }
      this.#startNext();
      job.done(result);
    });
  }
}

/** Compresses the bytes to one whole result. After a failure the transform is not usable any more. */
function runOn(transform: Transform, bytes: Uint8Array, done: Done): void {
  const pieces: Uint8Array[] = [];
  const onData = (piece: Uint8Array): void => {
    pieces.push(piece);
  };
  const end = (error?: Error | null): void => {
    transform.off("data", onData);
    transform.off("error", end);
    if (error) {
      transform.on("error", ignore);
      transform.destroy();
      done(undefined);
      return;
    }
    done(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces));
  };
  transform.on("data", onData);
  transform.on("error", end);
  transform.write(bytes, (error) => {
    if (!error) end();
  });
}

function ignore(): void {}
