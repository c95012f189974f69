import { deflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { glueFrame, readGlueFrame } from "../../../src/deaggregate/glue-frame.js";

const ID = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";

function bytes(hex: string): Uint8Array {
  return Buffer.from(hex, "hex");
}

/** Written by schema-registry-serde 1.1.27 (Maven); test/interop/glue.test.ts asks it again. */
const FRAMES = [
  {
    name: "an Avro string",
    id: ID,
    compression: "none",
    data: "0a06666f6f",
    frame: "0300b7b4a7f09c964e4aa687fb5de9ef0c630a06666f6f",
  },
  {
    name: "60 bytes, compressed",
    id: ID,
    compression: "zlib",
    data: "61".repeat(60),
    frame: "0305b7b4a7f09c964e4aa687fb5de9ef0c63789c4b4c241f0000b5c016bd",
  },
  {
    name: "no data",
    id: "00000000-0000-0000-0000-000000000001",
    compression: "none",
    data: "",
    frame: "030000000000000000000000000000000001",
  },
  {
    name: "no data, compressed",
    id: "00000000-0000-0000-0000-000000000001",
    compression: "zlib",
    data: "",
    frame: "030500000000000000000000000000000001789c030000000001",
  },
] as const;

describe.each(FRAMES)("$name", ({ id, compression, data, frame }) => {
  it("is framed as AWS's library for Java does", () => {
    expect(Buffer.from(glueFrame(id, bytes(data), { compression })).toString("hex")).toBe(frame);
  });

  it("is read back", () => {
    const read = readGlueFrame(bytes(frame));

    expect(read).toEqual({ schemaVersionId: id, compression, data: expect.any(Uint8Array) });
    expect(Buffer.from(read?.data ?? []).toString("hex")).toBe(data);
  });
});

it("an id in capitals is the same id", () => {
  expect(glueFrame(ID.toUpperCase(), bytes("01"))).toEqual(glueFrame(ID, bytes("01")));
});

it("the frame is a copy: the data may be changed afterwards", () => {
  const data = new Uint8Array([1, 2]);
  const frame = glueFrame(ID, data);

  data[0] = 9;

  expect(frame[18]).toBe(1);
});

it("the data without compression is a view of the frame, which may lie anywhere in its buffer", () => {
  const whole = Buffer.concat([bytes("ffff"), glueFrame(ID, bytes("aabb"))]);

  const read = readGlueFrame(whole.subarray(2));

  expect(read?.schemaVersionId).toBe(ID);
  expect(read?.data.buffer).toBe(whole.buffer);
});

it.each([
  ["no bytes", ""],
  ["17 bytes of a header", `0300${"00".repeat(15)}`],
  ["another version", `0400${"00".repeat(16)}`],
  ["another compression", `0301${"00".repeat(16)}`],
  ["JSON", Buffer.from('{"id":1,"name":"something"}').toString("hex")],
])("%s is no frame", (_, hex) => {
  expect(readGlueFrame(bytes(hex))).toBeUndefined();
});

it.each([
  ["that zlib cannot open", bytes("0a06666f6f"), {}, "cannot be opened by zlib"],
  ["that is cut", deflateSync(Buffer.alloc(100)).subarray(0, 6), {}, "cannot be opened by zlib"],
  [
    "above the limit",
    deflateSync(Buffer.alloc(101)),
    { maxDecompressedBytes: 100 },
    "has more than maxDecompressedBytes (100) when it is opened",
  ],
])("a payload %s is an error that names the schema version", (_, payload, options, why) => {
  const frame = Buffer.concat([bytes(`0305${ID.replaceAll("-", "")}`), payload]);

  expect(() => readGlueFrame(frame, options)).toThrow(
    expect.objectContaining({ code: "KP_UNREADABLE_RECORD", message: `the frame of schema version ${ID} ${why}` }),
  );
});

it("a payload at the limit is opened", () => {
  const frame = glueFrame(ID, new Uint8Array(100), { compression: "zlib" });

  expect(readGlueFrame(frame, { maxDecompressedBytes: 100 })?.data.length).toBe(100);
});

it.each([
  [
    () => glueFrame("b7b4a7f09c964e4aa687fb5de9ef0c63", bytes("01")),
    'schemaVersionId must be a UUID, got "b7b4a7f09c964e4aa687fb5de9ef0c63"',
  ],
  [() => glueFrame(undefined as never, bytes("01")), "schemaVersionId must be a UUID, got undefined"],
  [() => glueFrame(ID, "text" as never), 'data must be a Uint8Array, got "text"'],
  [
    () => glueFrame(ID, bytes("01"), { compression: "gzip" as never }),
    'compression must be "none" or "zlib", got "gzip"',
  ],
  [() => readGlueFrame("text" as never), 'bytes must be a Uint8Array, got "text"'],
  [
    () => readGlueFrame(bytes(""), { maxDecompressedBytes: -1 }),
    "maxDecompressedBytes must be a whole number from 0, got -1",
  ],
])("a bad argument is an error with the value (%#)", (call, message) => {
  expect(call).toThrow(expect.objectContaining({ code: "KP_INVALID_OPTION", message }));
});

it.each([2 ** 32 + 1, Number.MAX_SAFE_INTEGER])(
  "a bound of %s bytes is more than an array has, and no limit",
  (most) => {
    const frame = glueFrame(ID, bytes("01"), { compression: "zlib" });

    expect(readGlueFrame(frame, { maxDecompressedBytes: most })?.data).toEqual(readGlueFrame(frame)?.data);
  },
);
