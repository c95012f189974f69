import { describe, expect, it } from "vitest";
import { BodyBuffers } from "../../../src/edge/body-buffers.js";

const KEPT = 65_536;

describe("BodyBuffers", () => {
  it("give memory of exactly the size, whether it is new or was used before", () => {
    const buffers = new BodyBuffers();
    const first = buffers.take(100_000);
    buffers.give(first, 0);

    const second = buffers.take(99_000);

    expect([first.length, second.length]).toEqual([100_000, 99_000]);
    expect(second.buffer).toBe(first.buffer);
  });

  it("make a little more than is asked for, so that the next body fits too", () => {
    const buffers = new BodyBuffers();
    const first = buffers.take(100_000);
    buffers.give(first, 0);

    expect(buffers.take(112_500).buffer).toBe(first.buffer);
  });

  it("give nobody memory that is in use", () => {
    const buffers = new BodyBuffers();

    const [first, second] = [buffers.take(KEPT), buffers.take(KEPT)];

    expect(first.buffer).not.toBe(second.buffer);
  });

  it.each([
    ["too small", 100_000, 112_501],
    ["four times too large", 400_004, 100_000],
  ])("give no memory that is %s", (_, before, after) => {
    const buffers = new BodyBuffers();
    const first = buffers.take(before);
    buffers.give(first, 0);

    expect(buffers.take(after).buffer).not.toBe(first.buffer);
  });

  it("keep as many as are in use, and four", () => {
    const buffers = new BodyBuffers();
    const bodies = Array.from({ length: 7 }, () => buffers.take(KEPT));
    for (const body of bodies) buffers.give(body, 1);

    const memory = new Set(bodies.map(({ buffer }) => buffer));
    const again = Array.from({ length: 7 }, () => memory.has(buffers.take(KEPT).buffer));

    expect(again).toEqual([true, true, true, true, true, false, false]);
  });

  it("keep no body over 4 MiB where none is in use, and one beyond those in use", () => {
    const buffers = new BodyBuffers();
    const [busy, idle] = [buffers.take(5_000_000), buffers.take(5_000_000)];

    buffers.give(busy, 1);
    const again = buffers.take(5_000_000);
    buffers.give(idle, 0);

    expect(again.buffer).toBe(busy.buffer);
    expect(buffers.take(5_000_000).buffer).not.toBe(idle.buffer);
  });

  it("keep no more than 4 MiB, and one, beyond those in use", () => {
    const buffers = new BodyBuffers();
    const bodies = Array.from({ length: 7 }, () => buffers.take(1_500_000));
    const memory = new Set(bodies.map(({ buffer }) => buffer));
    for (const [i, body] of bodies.entries()) buffers.give(body, 6 - i);

    const again = Array.from({ length: 7 }, () => memory.has(buffers.take(1_500_000).buffer));

    expect(again).toEqual([true, true, false, false, false, false, false]);
  });

  it.each([
    [KEPT - 1, false],
    [KEPT, true],
  ])("keep what is worth it: %i bytes, %s", (bytes, isKept) => {
    const buffers = new BodyBuffers();
    const first = buffers.take(bytes);
    buffers.give(first, 0);

    expect(buffers.take(bytes).buffer === first.buffer).toBe(isKept);
  });
});
