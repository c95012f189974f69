import { describe, expect, it } from "vitest";
import { decodeCbor } from "../../../../src/testing/cbor/decode-cbor.js";

const read = (hex: string): unknown => decodeCbor(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("decodeCbor", () => {
  // Most are those of RFC 8949, appendix A.
  it.each<[string, unknown]>([
    ["00", 0],
    ["17", 23],
    ["18 18", 24],
    ["19 03e8", 1000],
    ["1a 000f4240", 1_000_000],
    ["1b 000000e8d4a51000", 1_000_000_000_000],
    ["1b ffffffffffffffff", 2 ** 64],
    ["20", -1],
    ["39 03e7", -1000],
    ["f4", false],
    ["f5", true],
    ["f6", null],
    ["f7", null],
    ["f9 3e00", 1.5],
    ["f9 0001", 2 ** -24],
    ["f9 fc00", Number.NEGATIVE_INFINITY],
    ["f9 7e00", Number.NaN],
    ["fa 47c35000", 100_000],
    ["fb c010666666666666", -4.1],
    ["40", new Uint8Array()],
    ["44 01020304", Uint8Array.of(1, 2, 3, 4)],
    ["5f 42 0102 43 030405 ff", Uint8Array.of(1, 2, 3, 4, 5)],
    ["60", ""],
    ["64 f0908591", "𐅑"],
    ["61 ff", "\uFFFD"],
    ["7f 65 7374726561 64 6d696e67 ff", "streaming"],
    ["80", []],
    ["83 01 82 02 03 82 04 05", [1, [2, 3], [4, 5]]],
    ["9f 01 82 02 03 9f 04 05 ff ff", [1, [2, 3], [4, 5]]],
    ["a0", {}],
    ["a2 61 61 01 61 62 82 02 03", { a: 1, b: [2, 3] }],
    ["bf 61 61 01 61 62 9f 02 03 ff ff", { a: 1, b: [2, 3] }],
    ["a2 61 61 01 61 61 02", { a: 2 }],
    ["d9 d9f7 61 61", "a"],
  ])("reads %s", (hex, value) => {
    expect(read(hex)).toEqual(value);
  });

  it("reads a time in milliseconds as seconds", () => {
    expect(read("c1 1b 000001a013accc38")).toBe(1_787_036_486.712);
    expect(read("c1 fb 408f440000000000")).toBe(1.0005);
  });

  it("gives a member named __proto__ to the map, not to its prototype", () => {
    const map = read("a1 69 5f5f70726f746f5f5f a1 61 61 01") as object;

    expect(Object.keys(map)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
  });

  it("tells byte strings as copies, which stay when the bytes are used again", () => {
    const bytes = Uint8Array.of(0x42, 1, 2);

    const copy = decodeCbor(bytes);
    bytes.fill(9);

    expect(copy).toEqual(Uint8Array.of(1, 2));
  });

  it.each([
    ["nothing", ""],
    ["bytes after the value", "00 00"],
    ["a number that is cut off", "1a 0000"],
    ["a number of a kind that is none", "1c"],
    ["a string that is cut off", "43 0102"],
    ["a string of 2^64 bytes", "5b ffffffffffffffff 00"],
    ["a list of 2^32 items", "9a ffffffff 00"],
    ["a list of 2^64 items", "9b ffffffffffffffff 00"],
    ["a map of 2^64 members", "bb ffffffffffffffff 61 61 00"],
    ["a list without its break", "9f 00"],
    ["a map that breaks before a value", "bf 61 61 ff"],
    ["a map whose key is no text", "a1 01 02"],
    ["a break outside of everything", "ff"],
    ["a text with a piece of bytes", "7f 41 61 ff"],
    ["a text with a piece that is itself in pieces", "7f 7f 61 61 ff ff"],
    ["a simple value that has no meaning", "e0"],
    ["a simple value of two bytes", "f8 ff"],
    ["a float that is cut off", "fb 00"],
    ["a tag without a value", "c1"],
    ["lists in lists without end", "81".repeat(100_000)],
    ["tags on tags without end", "c1".repeat(100_000)],
  ])("refuses %s", (_, hex) => {
    expect(() => read(hex)).toThrow(SyntaxError);
  });

  it("reads what is nested 64 deep, and nothing deeper", () => {
    expect(() => read(`${"81".repeat(64)}00`)).not.toThrow();
    expect(() => read(`${"81".repeat(65)}00`)).toThrow("nested deeper than 64");
  });
});
