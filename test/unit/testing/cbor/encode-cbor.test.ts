import { describe, expect, it } from "vitest";
import { encodeCbor } from "../../../../src/testing/cbor/encode-cbor.js";

const hex = (value: unknown): string => Buffer.from(encodeCbor(value)).toString("hex");

describe("encodeCbor", () => {
  it.each<[unknown, string]>([
    [0, "00"],
    [23, "17"],
    [24, "1818"],
    [255, "18ff"],
    [256, "190100"],
    [65_535, "19ffff"],
    [65_536, "1a00010000"],
    [2 ** 32 - 1, "1affffffff"],
    [2 ** 32, "1b0000000100000000"],
    [Number.MAX_SAFE_INTEGER, "1b001fffffffffffff"],
    [2 ** 53, "fb4340000000000000"],
    [-1, "20"],
    [-1000, "3903e7"],
    [-0, "fb8000000000000000"],
    [1.5, "fb3ff8000000000000"],
    [true, "f5"],
    [false, "f4"],
    [null, "f6"],
    ["", "60"],
    ["𐅑", "64f0908591"],
    [Uint8Array.of(1, 2), "420102"],
    [new Date(1_787_036_486_712), "c11b000001a013accc38"],
    [[1, [2, undefined]], "820182" + "02f6"],
    [{ a: 1, b: undefined, c: null }, "a2616101" + "6163f6"],
  ])("writes %j", (value, bytes) => {
    expect(hex(value)).toBe(bytes);
  });

  it("asks what to write in the place of members, those within lists too", () => {
    const replaced = encodeCbor([{ a: { b: 1 } }], (name, value) => (name === "b" ? Uint8Array.of(7) : value));

    expect(Buffer.from(replaced).toString("hex")).toBe("81a16161a161624107");
  });

  it.each([[() => 1], [Symbol("a")], [1n]])("refuses %s", (value) => {
    expect(() => encodeCbor({ value })).toThrow(TypeError);
  });
});
