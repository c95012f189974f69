import { describe, expect, it } from "vitest";
import { FRAME_HEADER_BYTES, FrameWriter } from "../../../../src/core/spool/frame-writer.js";
import { framesOf, sealedFrames } from "./frames-under-test.js";

describe("FrameWriter", () => {
  it("writes 20 bytes and the fields of a record with a key of one byte", () => {
    const { frames } = framesOf([{ partitionKey: "k", data: "abc" }]);

    // Header, time and flags, length and text of the key, data.
    expect(frames.length).toBe(FRAME_HEADER_BYTES + 7 + 2 + 3);
    expect(frames.subarray(-5)).toEqual(Buffer.from("\u0001kabc", "latin1"));
  });

  it("copies the bytes of the caller", () => {
    const data = Buffer.from("before");

    const writer = framesOf([{ partitionKey: "k", data }]);
    data.fill("x");

    expect(writer.frames.subarray(-6).toString()).toBe("before");
  });

  it("joins the frames of several writers", () => {
    const one = framesOf([{ partitionKey: "a", data: "1" }]);
    const two = framesOf([{ partitionKey: "b", data: "2" }]);
    const all = new FrameWriter();

    all.addFrames(one.frames, one.records);
    all.addFrames(two.frames, two.records);

    expect(all.records).toBe(2);
    expect(all.frames).toEqual(Buffer.concat([one.frames, two.frames]));
  });

  it("is empty after clear, and can be filled again", () => {
    const writer = framesOf([{ partitionKey: "a", data: "x".repeat(10_000) }]);

    writer.clear(100);

    expect(writer.length).toBe(0);
    writer.addFrames(Buffer.from("abc"), 1);
    expect(writer.frames.toString()).toBe("abc");
  });
});

describe("sealFrames", () => {
  it("gives consecutive indexes", () => {
    const frames = sealedFrames(
      ["1", "22"].map((data) => ({ partitionKey: "k", data })),
      5,
    );

    expect(frames.readUInt32LE(8)).toBe(5);
    expect(frames.readUInt32LE(FRAME_HEADER_BYTES + 10 + 8)).toBe(6);
  });

  it("gives equal records in two places different checksums", () => {
    const record = { partitionKey: "k", data: "x" };

    expect(sealedFrames([record], 0, 32).readUInt32LE(0)).not.toBe(sealedFrames([record], 0, 33).readUInt32LE(0));
  });
});
