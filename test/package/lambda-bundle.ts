import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));

/** A program with all its modules in one file. */
export interface Bundle {
  readonly bytes: number;
  readonly gzippedBytes: number;
  /** Bundled files, relative to the root of this package. */
  readonly files: readonly string[];
  /** Modules that it loads at run time, from Node.js or installed packages. */
  readonly externals: readonly string[];
  readonly code: Uint8Array;
}

/** Bundles a file as SAM does with the template of the example, with this package from its sources. */
export async function bundle(entry: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(ROOT, entry)],
    absWorkingDir: ROOT,
    alias: {
      "kinesis-producer": "./src/index.ts",
      "kinesis-producer/deaggregate": "./src/deaggregate/index.ts",
      "kinesis-producer/lambda": "./src/lambda/index.ts",
    },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
    write: false,
    metafile: true,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  const [output] = Object.values(metafile.outputs);
  return {
    bytes: code.length,
    gzippedBytes: gzipSync(code).length,
    files: Object.keys(output?.inputs ?? {}),
    externals: output?.imports.map(({ path }) => path) ?? [],
    code,
  };
}

/** Loads a bundle from a folder without packages, as Lambda would. */
export async function loadBundle<Module>({ code }: Bundle): Promise<Module> {
  const parent = join(ROOT, "build");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "bundle-"));
  try {
    const file = join(folder, "handler.mjs");
    await writeFile(file, code);
    return (await import(pathToFileURL(file).href)) as Module;
  } finally {
    await rm(folder, { recursive: true });
  }
}
