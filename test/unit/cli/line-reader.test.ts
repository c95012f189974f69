import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, LineSplitter, readLines } from "../../../src/cli/line-reader.js";

/** Lines of a text that arrives in these pieces. */
function split(pieces: readonly string[], maxBytes?: number): (string | undefined)[] {
  const splitter = new LineSplitter(maxBytes);
  const lines = pieces.flatMap((piece) => splitter.push(Buffer.from(piece)));
  const last = splitter.end();
  return [...lines, ...(last === undefined ? [] : [last])].map(({ bytes }) => bytes?.toString());
}

describe("lines", () => {
  it("end with LF or CRLF, may be empty, and the last one need not end", () => {
    expect(split(["a\nb\r\n\n\r\nc\rd"])).toEqual(["a", "b", "", "", "c\rd"]);
    expect(split(["a\n"])).toEqual(["a"]);
    expect(split([])).toEqual([]);
  });

  it("are the same however the bytes are cut, in the middle of a character or a line end too", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "ä", "\n", "\r", "\r\n", "€"), maxLength: 60 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(80)), (whole, cuts) => {
        const bytes = Buffer.from(whole);
        const splitter = new LineSplitter();
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        const lines = places.slice(1).flatMap((end, i) => splitter.push(bytes.subarray(places[i], end)));
        const last = splitter.end();
        if (last !== undefined) lines.push(last);

        const expected = whole.split("\n").map((line) => line.replace(/\r$/, ""));
        if (whole === "" || whole.endsWith("\n")) expected.pop();
        expect(lines.map((line) => line.bytes?.toString())).toEqual(expected);
        expect(lines.map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1));
      }),
    );
  });

  it.each([
    [9, "x".repeat(9)],
    [10, "x".repeat(10)],
    [11, undefined],
    [12, undefined],
    [1_000, undefined],
  ])("of 10 bytes at most: %i bytes", (bytes, expected) => {
    const long = "x".repeat(bytes);

    for (const end of ["\n", "\r\n"]) {
      expect(split([`a\n${long}${end}b\n`], 10)).toEqual(["a", expected, "b"]);
      expect(split([..."a\n", ...long, ...end, ..."b\n"], 10)).toEqual(["a", expected, "b"]);
    }
    expect(split(["a\n", long], 10)).toEqual(["a", expected]);
  });
});

describe("reading", () => {
  async function read(source: Readable, signal: AbortSignal, onLine = (_: Line): void => {}): Promise<string[]> {
    const texts: string[] = [];
    for await (const lines of readLines(source, { signal })) {
      for (const line of lines) {
        texts.push(String(line.bytes));
        onLine(line);
      }
    }
    return texts;
  }
  const chunks = (...texts: string[]): Readable => Readable.from(texts.map((text) => Buffer.from(text)));

  it("gives every line of a source", async () => {
    expect(await read(chunks("a\nb", "c\nd"), new AbortController().signal)).toEqual(["a", "bc", "d"]);
  });

  it("ends at the signal while it waits for more, and lets the source go", async () => {
    const stop = new AbortController();
    const source = new Readable({ read: () => {} });
    source.push(Buffer.from("a\nb"));

    const texts = await read(source, stop.signal, () => stop.abort());

    expect(texts).toEqual(["a"]);
    expect(source.destroyed).toBe(true);
  });

  it("leaves out the line that another program of the pipe was writing when Ctrl-C came", async () => {
    const stop = new AbortController();
    const source = chunks("a\ntor");
    // The signal of this process comes shortly after the end of the input.
    source.once("end", () => setImmediate(() => stop.abort()));

    expect(await read(source, stop.signal)).toEqual(["a"]);
  });

  it("reads nothing for a signal that has come before", async () => {
    expect(await read(chunks("a\n"), AbortSignal.abort())).toEqual([]);
  });

  it("passes the source's error on", async () => {
    const source = new Readable({ read: () => void source.destroy(new Error("the disk is gone")) });

    await expect(read(source, new AbortController().signal)).rejects.toThrow("the disk is gone");
  });
});
