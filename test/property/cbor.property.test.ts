import { cbor } from "@smithy/core/cbor";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCbor } from "../../src/testing/cbor/decode-cbor.js";
import { encodeCbor } from "../../src/testing/cbor/encode-cbor.js";

/** Values of an API that both sides represent in the same way. */
const { value: apiValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    fc.double({ noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.string({ unit: "grapheme", maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie("value"), { maxLength: 30 }),
    fc.dictionary(
      fc.string().filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 30 },
    ),
  ),
}));

/** Buffers and byte arrays are equal here. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
};

describe("CBOR", () => {
  it("reads what it has written", () => {
    fc.assert(
      fc.property(apiValue, (value) => {
        expect(decodeCbor(encodeCbor(value))).toEqual(plain(value));
      }),
    );
  });

  it("reads what Smithy writes, and Smithy reads what it writes", () => {
    fc.assert(
      fc.property(apiValue, (value) => {
        expect(decodeCbor(cbor.serialize(value))).toEqual(plain(value));
        expect(plain(cbor.deserialize(encodeCbor(value)))).toEqual(plain(value));
      }),
    );
  });

  it("reads a value or says why not, whatever the bytes", () => {
    const noise = fc.uint8Array({ maxLength: 400 });
    const damaged = fc
      .tuple(apiValue, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.nat())
      .map(([value, changes, end]) => {
        const bytes = Uint8Array.from(encodeCbor(value));
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return end % 3 === 0 ? bytes.subarray(0, end % (bytes.length + 1)) : bytes;
      });
    fc.assert(
      fc.property(fc.oneof(noise, damaged), (bytes) => {
        try {
          decodeCbor(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
