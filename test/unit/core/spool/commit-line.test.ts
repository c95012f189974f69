import { describe, expect, it } from "vitest";
import { CommitLine } from "../../../../src/core/spool/commit-line.js";
import { FrameWriter } from "../../../../src/core/spool/frame-writer.js";

function frames(bytes: number): FrameWriter {
  const writer = new FrameWriter();
  writer.addFrames(Buffer.alloc(bytes, 1), 1);
  return writer;
}

describe("CommitLine", () => {
  it("gathers the appends that come while a group is written", () => {
    const line = new CommitLine<string>(1_000, 1_000);
    line.offer(frames(10), "a", 0, true);
    const first = line.take();

    line.offer(frames(20), "b", 0, true);
    line.offer(frames(30), "c", 0, true);

    expect(first?.callers).toEqual(["a"]);
    expect(line.take()).toBeUndefined();
    expect(line.unwrittenBytes).toBe(60);
    expect(line.written()).toEqual(["a"]);
    expect(line.take()?.writer.length).toBe(50);
    expect(line.written()).toEqual(["b", "c"]);
    expect(line.isIdle).toBe(true);
  });

  it.each([
    [100, "accepted"],
    [101, "waits"],
  ])("with room for 100 bytes an append of %i %s", (bytes, offer) => {
    const line = new CommitLine<string>(1_000, 1_000);
    line.offer(frames(400), "written", 500, true);
    line.take();

    expect(line.offer(frames(bytes), "a", 500, true)).toBe(offer);
  });

  it("lets nobody overtake an append that waits", () => {
    const line = new CommitLine<string>(100, 1_000);

    expect(line.offer(frames(60), "large", 50, true)).toBe("waits");
    expect(line.offer(frames(1), "small", 50, true)).toBe("waits");
    expect(line.offer(frames(1), "try", 50, false)).toBe("full");

    expect(line.admit(41)).toBe(false);
    expect(line.admit(40)).toBe(true);
    expect(line.take()?.callers).toEqual(["large"]);
    expect(line.waiting).toBe(1);
    expect(line.dismiss()).toEqual(["small"]);
  });

  it("bounds the bytes that wait", () => {
    const line = new CommitLine<string>(100, 50);
    line.offer(frames(50), "a", 100, true);

    expect(line.isFull).toBe(true);
    expect(line.admit(0)).toBe(true);
    expect(line.isFull).toBe(false);
    expect(line.offer(frames(60), "large", 100, true)).toBe("waits");
    expect(line.isFull).toBe(true);
    line.dismiss();
    expect(line.isFull).toBe(false);
  });

  it("writes at most 1 MiB together, and one larger append alone", () => {
    const line = new CommitLine<string>(10 ** 9, 10 ** 9);
    const quarter = frames(256 * 1024);
    for (const caller of ["a", "b", "c", "d", "e"]) line.offer(quarter, caller, 0, true);

    expect(line.take()?.callers).toEqual(["a", "b", "c", "d"]);
    line.written();
    line.admit(0);
    expect(line.take()?.callers).toEqual(["e"]);
    line.written();
    expect(line.offer(frames(6 * 1024 * 1024), "large", 0, true)).toBe("accepted");
  });
});
