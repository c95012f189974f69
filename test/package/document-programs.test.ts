import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { readmePrograms } from "../../scripts/readme-programs.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program of a document, with this package from its sources; returns its output. */
async function run(source: string): Promise<string> {
  const parent = join(ROOT, "build");
  await mkdir(parent, { recursive: true });
  // Below the root, where the packages are.
  const folder = await mkdtemp(join(parent, "document-"));
  try {
    const [entry, bundled] = [join(folder, "program.mjs"), join(folder, "bundled.mjs")];
    await writeFile(entry, source);
    const own = ["", "/aggregate", "/deaggregate", "/lambda", "/otel", "/testing"];
    const alias = Object.fromEntries(
      own.map((name) => [`kinesis-producer${name}`, join(ROOT, "src", name, "index.ts")]),
    );
    const external = ["@opentelemetry/*", "@aws-sdk/*", "@smithy/*", "ajv", "avsc", "pino"];
    await build({
      entryPoints: [entry],
      outfile: bundled,
      alias,
      external,
      bundle: true,
      platform: "node",
      format: "esm",
    });
    const { stdout } = await promisify(execFile)(process.execPath, [bundled], { cwd: folder, timeout: 20_000 });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

it("docs/tracing.md: the program prints what the document says", async () => {
  const text = await readFile(join(ROOT, "docs/tracing.md"), "utf8");
  const [, printed] = /^It prints:\n\n```text\n([\s\S]*?)```$/m.exec(text) ?? [];

  expect(await run(readmePrograms(text).get("tracing") ?? "")).toBe(printed);
});

it("docs/diagnostics.md: the program hears the map and the end", async () => {
  const text = await readFile(join(ROOT, "docs/diagnostics.md"), "utf8");

  expect(await run(readmePrograms(text).get("subscribe") ?? "")).toBe(
    "clicks is mapped, with 2 shards\nclosed: 1 delivered, 0 failed\n",
  );
});

it("docs/lambda-trigger.md: the program hands the record to its function", async () => {
  const text = await readFile(join(ROOT, "docs/lambda-trigger.md"), "utf8");

  expect(await run(readmePrograms(text).get("trigger") ?? "")).toBe("user-17 hello\n1 0\n");
});

it("docs/delivery.md: the program delivers one record of two", async () => {
  const text = await readFile(join(ROOT, "docs/delivery.md"), "utf8");

  expect(await run(readmePrograms(text).get("delivery") ?? "")).toBe("1\n");
});

/** The texts that a document says its programs print, in order. */
function printedBy(text: string): (string | undefined)[] {
  return [...text.matchAll(/^It prints:\n\n```text\n([\s\S]*?)```$/gm)].map(([, printed]) => printed);
}

it.each([
  ["from-kpl.md", ["from-kpl"]],
  ["from-aws-kinesis-agg.md", ["from-aws-kinesis-agg"]],
  ["from-kafkajs.md", ["from-kafkajs"]],
  ["recipes.md", ["http-service", "dropped-promises", "pino", "workers"]],
  ["schemas.md", ["avro", "json-schema"]],
  ["test-kit.md", ["test-kit"]],
])("docs/%s: each program prints what the document says", async (document, names) => {
  const text = await readFile(join(ROOT, "docs", document), "utf8");
  const printed = printedBy(text);

  expect(printed.length).toBe(names.length);
  for (const [i, name] of names.entries()) expect(await run(readmePrograms(text).get(name) ?? "")).toBe(printed[i]);
});
