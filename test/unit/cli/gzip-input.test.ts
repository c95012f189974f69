import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BrokenGzipError, unpacked } from "../../../src/cli/gzip-input.js";

/** The result of reading these bytes, when they arrive cut at these places. */
function read(bytes: Buffer, cuts: readonly number[] = []): Promise<Buffer> {
  const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  const chunks = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
  return buffer(unpacked(Readable.from(chunks.filter(({ length }) => length > 0))));
}

describe("gzip input", () => {
  const members = [gzipSync("one\n"), gzipSync(""), gzipSync("two\n")];

  it("is unpacked, member behind member, however it arrives", async () => {
    const bytes = Buffer.concat(members);

    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 6 }), async (cuts) => {
        expect(String(await read(bytes, cuts))).toBe("one\ntwo\n");
      }),
    );
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["text", Buffer.from("{}\n")],
    ["half of the magic bytes", Buffer.from([0x1f])],
    ["a compression that gzip does not have", Buffer.from([0x1f, 0x8b, 0x07, 0x00])],
  ])("is not %s, which stays as it is", async (_, bytes) => {
    expect(await read(bytes)).toEqual(bytes);
    expect(await read(bytes, [1, 2])).toEqual(bytes);
  });

  it("that ends too early gives what it holds, and then fails", async () => {
    const data = Buffer.from(Array.from({ length: 50_000 }, (_, i) => `${i}\n`).join(""));
    const packed = gzipSync(data);
    const chunks: Buffer[] = [];
    const reading = (async () => {
      for await (const chunk of unpacked(Readable.from([packed.subarray(0, -100)]))) chunks.push(chunk);
    })();

    await expect(reading).rejects.toThrow("its gzip data ends too early: the file is not complete");
    const whole = Buffer.concat(chunks);
    expect(whole.length).toBeGreaterThan(100_000);
    expect(data.subarray(0, whole.length).equals(whole)).toBe(true);
  });

  it("that is damaged fails", async () => {
    const packed = Buffer.from(gzipSync("some text that is long enough"));
    packed[packed.length - 6] = (packed[packed.length - 6] as number) ^ 1;

    await expect(read(packed)).rejects.toBeInstanceOf(BrokenGzipError);
  });

  it("passes the source's error on", async () => {
    const source = new Readable({ read: () => void source.destroy(new Error("the disk is gone")) });
    source.push(gzipSync("x").subarray(0, 5));

    await expect(buffer(unpacked(source))).rejects.toThrow("the disk is gone");
  });

  it("lets its source go when the reader stops", async () => {
    for (const bytes of [gzipSync("one"), Buffer.from("one")]) {
      const source = new Readable({ read: () => {} });
      source.push(bytes);

      for await (const _ of unpacked(source)) break;

      expect(source.destroyed).toBe(true);
    }
  });
});
