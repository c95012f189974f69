import { gunzipSync, gzipSync } from "node:zlib";
import type { Codec } from "../../src/compression/codec.js";
import type { Clock } from "../../src/core/ports.js";

/** gzip, in virtual time. */
export class VirtualCodec implements Codec {
  readonly name = "gzip";
  /** Results that are not ready yet: each has a timer. */
  pending = 0;
  readonly #clock: Clock;
  readonly #durationsMs: readonly number[];
  #turn = 0;

  /** @param durationsMs - of the calls, in turn */
  constructor(clock: Clock, durationsMs: readonly number[]) {
    this.#clock = clock;
    this.#durationsMs = durationsMs;
  }

  compress(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const compressed = gzipSync(bytes, { level: 1 });
    const ms = this.#durationsMs[this.#turn++ % this.#durationsMs.length] as number;
    if (ms === 0) return compressed;
    this.pending++;
    return new Promise((resolve) => {
      this.#clock.setTimer(ms, () => {
        this.pending--;
        resolve(compressed);
      });
    });
  }

  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  }
}
