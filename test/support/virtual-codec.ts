import { gunzipSync, gzipSync } from "node:zlib";
import type { Codec } from "../../src/compression/codec.js";
import type { Clock } from "../../src/core/ports.js";

/** A call of the codec: how many milliseconds it takes, or how it fails. */
export type CodecCall = number | "throws" | "rejects";

/** The producer waits for a codec of its caller for this time. */
const LIMIT_MS = 10_000;

/** gzip, in virtual time. */
export class VirtualCodec implements Codec {
  readonly name = "gzip";
  readonly #clock: Clock;
  readonly #calls: readonly CodecCall[];
  /** When the calls began that have no result yet. */
  readonly #pendingSince: Set<{ readonly at: number }> = new Set();
  #turn = 0;

  /** @param calls - in turn */
  constructor(clock: Clock, calls: readonly CodecCall[]) {
    this.#clock = clock;
    this.#calls = calls;
  }

  /** Timers of the calls that have no result: its own, and the producer's limit of the call. */
  get timers(): number {
    const now = this.#clock.now();
    let timers = 0;
    for (const { at } of this.#pendingSince) timers += now < at + LIMIT_MS ? 2 : 1;
    return timers;
  }

  compress(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> {
    const call = this.#calls[this.#turn++ % this.#calls.length] as CodecCall;
    if (call === "throws") throw new Error("this call of the codec fails");
    if (call === "rejects") return Promise.reject(new Error("this call of the codec fails"));
    const compressed = gzipSync(bytes, { level: 1 });
    if (call === 0) return compressed;
    const pending = { at: this.#clock.now() };
    this.#pendingSince.add(pending);
    return new Promise((resolve) => {
      this.#clock.setTimer(call, () => {
        this.#pendingSince.delete(pending);
        resolve(compressed);
      });
    });
  }

  decompress(bytes: Uint8Array, maxBytes: number): Uint8Array {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  }
}
