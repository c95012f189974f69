import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { glueFrame, readGlueFrame } from "../../src/deaggregate/index.js";
import { npmPackage } from "./support/installed.js";
import { runJava } from "./support/java-program.js";

const ID = "b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63";
const SAMPLES = ["", "00", "0a06666f6f", "ff".repeat(300), Buffer.from("événement ".repeat(50)).toString("hex")];
const COMPRESSIONS = ["none", "zlib"] as const;

function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("hex");
}

/** The answers of AWS's library, a line for each request. */
async function answers(requests: readonly string[]): Promise<string[]> {
  const output = await runJava("glue", [], { input: `${requests.join("\n")}\n` });
  return output.trimEnd().split("\n");
}

const cases = SAMPLES.flatMap((data) => COMPRESSIONS.map((compression) => ({ data, compression })));

describe("AWS's library for the Glue Schema Registry", () => {
  it("reads our frames", async () => {
    const frames = cases.map(({ data, compression }) => glueFrame(ID, Buffer.from(data, "hex"), { compression }));

    const read = await answers(frames.map((frame) => `read ${hex(frame)}`));

    expect(read).toEqual(cases.map(({ data, compression }) => `${ID} ${compression} ${data}`));
  });

  it("writes frames that we read, and ours without compression have the same bytes", async () => {
    const frames = await answers(
      cases.map(({ data, compression }) => `frame ${compression === "none" ? "NONE" : "ZLIB"} ${ID} ${data}`),
    );

    for (const [i, { data, compression }] of cases.entries()) {
      const frame = Buffer.from(frames[i] ?? "", "hex");
      const read = readGlueFrame(frame);
      expect([read?.schemaVersionId, read?.compression, hex(read?.data)]).toEqual([ID, compression, data]);
      if (compression === "none") expect(hex(glueFrame(ID, Buffer.from(data, "hex")))).toBe(hex(frame));
    }
  });

  it("refuses the same bytes", async () => {
    const bad = ["0400", "0301", "0304", "0200"].map((start) => `${start}${"00".repeat(16)}`);

    const read = await answers([...bad, "0300"].map((frame) => `read ${frame}`));

    expect(read).toEqual(Array(5).fill("not compatible"));
    for (const frame of [...bad, "0300"]) expect(readGlueFrame(Buffer.from(frame, "hex"))).toBeUndefined();
  });
});

/** The part of the package that works without the service. */
interface Registry {
  avroSchemaCache: Record<string, AvroType>;
  encode(id: string, value: unknown, options: { readonly compress: boolean }): Promise<Buffer>;
  decode(message: Buffer, schema: AvroType): Promise<unknown>;
}

interface AvroType {
  toBuffer(value: unknown): Buffer;
}

describe("npm @meinestadt.de/glue-schema-registry", () => {
  const folder = npmPackage("glue", "@meinestadt.de/glue-schema-registry");
  const load = createRequire(`${folder}/package.json`);
  const { GlueSchemaRegistry } = load(folder) as { GlueSchemaRegistry: new (name: string, props: object) => Registry };
  const avro = load("avsc") as { Type: { forSchema(schema: object): AvroType } };
  const type = avro.Type.forSchema({ type: "record", name: "Click", fields: [{ name: "page", type: "string" }] });
  const registry = new GlueSchemaRegistry("clicks", { region: "eu-west-1" });
  registry.avroSchemaCache[ID] = type;
  const value = { page: "/".repeat(100) };

  it.each(COMPRESSIONS)("reads our frame (%s)", async (compression) => {
    const frame = glueFrame(ID, type.toBuffer(value), { compression });

    expect(await registry.decode(Buffer.from(frame), type)).toEqual(value);
  });

  it.each(COMPRESSIONS)("writes our frame, byte for byte (%s)", async (compression) => {
    const frame = await registry.encode(ID, value, { compress: compression === "zlib" });

    expect(hex(glueFrame(ID, type.toBuffer(value), { compression }))).toBe(hex(frame));
    expect(hex(readGlueFrame(frame)?.data)).toBe(hex(type.toBuffer(value)));
  });
});
