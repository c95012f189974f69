import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type BuildOptions, build } from "esbuild";
import { type OutputOptions, type RollupOptions, rollup } from "rollup";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import webpack, { type Configuration, type Stats } from "webpack";
import { readmePrograms } from "../../scripts/readme-programs.mjs";
import { deaggregateAll } from "../../src/deaggregate/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "../integration/built-package.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAMS = readmePrograms(readFileSync(join(ROOT, "docs/lambda-producer.md"), "utf8"));

/** Calls the function of a bundle once, as an import or by require(), and prints its answer. */
const CALL = `
const { handler } = process.argv[2].endsWith(".cjs") ? require(process.argv[2]) : await import(process.argv[2]);
console.log(JSON.stringify(await handler({ orders: [{ id: "1", item: "a" }, { id: "2", item: "b" }] })));
process.exit(0);
`;

let built: BuiltPackage;
/** The folder of a user with this package, and one without any package, where the bundles run. */
let project: string;
let bare: string;
let kinesis: LocalKinesis;

beforeAll(async () => {
  built = await buildPackage("producer-bundles");
  mkdirSync(join(ROOT, "build"), { recursive: true });
  project = mkdtempSync(join(ROOT, "build/bundles-"));
  bare = mkdtempSync(join(tmpdir(), "bundles-"));
  const installed = join(project, "node_modules/kinesis-producer");
  mkdirSync(installed, { recursive: true });
  const manifest = readFileSync(join(ROOT, "package.json"), "utf8");
  writeFileSync(join(installed, "package.json"), manifest);
  symlinkSync(built.folder, join(installed, "dist"));
  writeFileSync(join(project, "handler.mjs"), PROGRAMS.get("handler") ?? "");
  writeFileSync(
    join(bare, "call.mjs"),
    `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);${CALL}`,
  );
  kinesis = await LocalKinesis.start({ streams: { orders: { shards: 2 } } });
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await kinesis?.close();
  built?.[Symbol.dispose]();
  for (const folder of [project, bare]) if (folder !== undefined) rmSync(folder, { recursive: true });
});

/** The settings of the page. */
async function settings<Settings>(bundler: string): Promise<Settings> {
  const file = join(project, `${bundler}.config.mjs`);
  writeFileSync(file, PROGRAMS.get(bundler) ?? "");
  return ((await import(pathToFileURL(file).href)) as { default: Settings }).default;
}

type Bundler = (outfile: string, isModule: boolean) => Promise<void>;

const BUNDLERS: Readonly<Record<string, Bundler>> = {
  esbuild: async (outfile, isModule) => {
    const options = await settings<BuildOptions>("esbuild");
    await build({ ...options, absWorkingDir: project, outfile, ...(isModule ? {} : { format: "cjs" }) });
  },
  rollup: async (outfile, isModule) => {
    const options = await settings<RollupOptions>("rollup");
    const bundle = await rollup({ ...options, input: join(project, "handler.mjs"), onwarn: () => {} });
    await bundle.write({ ...(options.output as OutputOptions), file: outfile, ...(isModule ? {} : { format: "cjs" }) });
    await bundle.close();
  },
  webpack: async (outfile, isModule) => {
    const options = await settings<Configuration>("webpack");
    const { experiments, output, ...others } = options;
    const path = { path: bare, filename: outfile.slice(bare.length + 1) };
    // Its minifier takes longer than all the rest.
    const optimization = { minimize: false };
    const form = isModule
      ? { experiments, output: { ...output, ...path } }
      : { output: { ...path, library: { type: "commonjs2" } } };
    const stats = await new Promise<Stats | undefined>((resolve, reject) => {
      webpack({ ...others, context: project, optimization, ...form } as Configuration, (error, done) =>
        error ? reject(error) : resolve(done),
      );
    });
    expect(stats?.toString({ all: false, errors: true })).toBe("");
  },
};

describe.each(Object.entries(BUNDLERS))("docs/lambda-producer.md: bundled by %s", (name, bundle) => {
  it.each([
    ["an ES module", "mjs"],
    ["CommonJS", "cjs"],
  ])("as %s the function needs no package, and delivers", async (_, extension) => {
    const outfile = join(bare, `${name}.${extension}`);
    await bundle(outfile, extension === "mjs");
    const before = [...deaggregateAll(kinesis.records("orders"))].length;

    const { stdout } = await promisify(execFile)(process.execPath, [join(bare, "call.mjs"), outfile], {
      cwd: bare,
      env: {
        NODE_NO_WARNINGS: "1",
        STREAM_NAME: "orders",
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_ENDPOINT_URL_KINESIS: kinesis.endpoint,
      },
    });

    expect(stdout).toBe('{"delivered":2}\n');
    expect([...deaggregateAll(kinesis.records("orders"))].length).toBe(before + 2);
  });
});
