import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";

import { BYTES_GONE, byteLengthOf, copyBytes, NOT_BYTES } from "../../../src/wire/caller-bytes.js";
import { growable, resizable, transferAway } from "../../support/resizable-bytes.js";

function shrunk(): Uint8Array {
  const memory = resizable(100, 200);
  const bytes = new Uint8Array(memory, 50, 50);
  memory.resize(60);
  return bytes;
}

class Liar extends Uint8Array {
  override get length(): number {
    throw new Error("asked for its length");
  }
  override get byteLength(): number {
    return 1_000_000;
  }
}

describe("the length of a caller's bytes", () => {
  test.each([
    ["a Uint8Array", new Uint8Array(7), 7],
    ["an empty one", new Uint8Array(0), 0],
    ["a view", new Uint8Array(new ArrayBuffer(10), 2, 3), 3],
    ["a Buffer", Buffer.from("xyz"), 3],
    ["a subclass that lies", new Liar(5), 5],
    ["one of another realm", runInNewContext("new Uint8Array(4)"), 4],
    ["shared memory", new Uint8Array(new SharedArrayBuffer(6)), 6],
    ["resizable memory", new Uint8Array(resizable(6, 8)), 6],
  ])("%s", (_, bytes, length) => {
    expect(byteLengthOf(bytes)).toBe(length);
  });

  test.each([
    ["text", "x"],
    ["undefined", undefined],
    ["null", null],
    ["a DataView", new DataView(new ArrayBuffer(4))],
    ["an ArrayBuffer", new ArrayBuffer(4)],
    ["bytes of another kind", new Uint8ClampedArray(4)],
    ["something with the prototype", Object.create(Uint8Array.prototype)],
    ["a Proxy around bytes", new Proxy(new Uint8Array(4), {})],
  ])("%s has none", (_, value) => {
    expect(byteLengthOf(value)).toBe(NOT_BYTES);
  });

  test("memory that was transferred, or shrunk under a view, differs from empty bytes", () => {
    expect([transferAway(new Uint8Array(8)), shrunk()].map(byteLengthOf)).toEqual([BYTES_GONE, BYTES_GONE]);
  });
});

describe("copying", () => {
  test("writes the bytes at their place", () => {
    const into = new Uint8Array(5);

    copyBytes(into, new Uint8Array([1, 2, 3]), 1, 3);

    expect([...into]).toEqual([0, 1, 2, 3, 0]);
  });

  test("of shared memory that has grown since it was counted takes what was counted", () => {
    const memory = growable(3, 100);
    const bytes = new Uint8Array(memory);
    bytes.set([1, 2, 3]);
    memory.grow(100);
    const into = new Uint8Array(4);

    copyBytes(into, bytes, 1, 3);

    expect([...into]).toEqual([0, 1, 2, 3]);
  });

  test("does not ask the object", () => {
    const into = new Uint8Array(2);
    const liar = new Liar(2);
    liar.fill(9);

    copyBytes(into, liar, 0, 2);

    expect([...into]).toEqual([9, 9]);
  });
});
