import { execFile } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "../integration/built-package.js";
import { type ModuleGraph, walkModuleGraph } from "./module-graph.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { exports } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};
/** The conditions of each entry point. */
const ENTRIES = Object.entries(exports).flatMap(([name, target]) =>
  typeof target === "string" ? [] : [[name, target] as const],
);

/**
 * Files that an entry point may load, of at least 0.3 ms of CPU each. Single modules are about 200 for the producer, and
 * 40 for the decoder.
 */
const MAX_FILES: Readonly<Record<string, number>> = { ".": 12, "./spool": 14, "./testing": 14, "./reader": 10 };
const MAX_FILES_OF_OTHERS = 6;
/** Entry points that load the SDK, or connect to it. */
const WITH_NETWORK: ReadonlySet<string> = new Set([".", "./spool", "./testing", "./reader"]);

let built: BuiltPackage;
let project: string;

beforeAll(async () => {
  built = await buildPackage("import-cost");
  mkdirSync(join(ROOT, "build"), { recursive: true });
  project = mkdtempSync(join(ROOT, "build/import-cost-project-"));
  // Without a manifest here, the name of the package is that of this tree, which may not be built.
  writeFileSync(join(project, "package.json"), '{ "private": true }');
  const installed = join(project, "node_modules/kinesis-producer");
  mkdirSync(installed, { recursive: true });
  copyFileSync(join(ROOT, "package.json"), join(installed, "package.json"));
  symlinkSync(built.folder, join(installed, "dist"));
}, BUILD_TIMEOUT_MS);

afterAll(() => {
  if (project !== undefined) rmSync(project, { recursive: true });
  built?.[Symbol.dispose]();
});

/** Files and packages that an entry point of the built package loads in Node.js, without those that `import()` loads later. */
function loadedBy(entry: string): ModuleGraph {
  const read = (file: string): string | undefined => {
    const path = join(built.folder, file.replace(/\.ts$/, ".js"));
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  return walkModuleGraph(entry.replace("./dist/", "").replace(/\.js$/, ".ts"), read, "at once");
}

/** The output of a program of a user. */
async function run(text: string): Promise<unknown> {
  const file = join(project, "program.mjs");
  writeFileSync(file, text);
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", file]);
  return JSON.parse(stdout);
}

describe("the entry points as Node.js loads them", () => {
  it.each(ENTRIES)("%s loads few files", (name, target) => {
    const { files } = loadedBy(target.default ?? "");

    expect(files.length).toBeLessThanOrEqual(MAX_FILES[name] ?? MAX_FILES_OF_OTHERS);
  });

  it.each(ENTRIES.filter(([name]) => !WITH_NETWORK.has(name)))("%s loads no network", (_name, target) => {
    const names = [...loadedBy(target.default ?? "").packages.keys()];

    expect(names.filter((name) => /^@(aws-sdk|smithy)\/|^node:(https?2?|net|tls)$/.test(name))).toEqual([]);
  });

  it("load the SDK only for a producer that needs it", async () => {
    const output = await run(`
      import { createRequire } from "node:module";
      import { KinesisProducer } from "kinesis-producer";
      import { ScriptedDirectory, ScriptedTransport } from "kinesis-producer/testing";
      const { cache } = createRequire(import.meta.url);
      const isLoaded = () => Object.keys(cache).some((file) => /@aws-sdk|@smithy/.test(file));
      const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
      const told = [isLoaded()];
      const scripted = new KinesisProducer({
        streamName: "s", transport: new ScriptedTransport(), directory: new ScriptedDirectory(),
      });
      await turn();
      told.push(isLoaded());
      const producer = new KinesisProducer({ streamName: "s", region: "eu-west-1" });
      while (!isLoaded()) await turn();
      told.push(isLoaded());
      await Promise.all([scripted.close(), producer.close()]);
      console.log(JSON.stringify(told));
    `);

    expect(output).toEqual([false, false, true]);
  });

  it("share their classes, which have their own names", async () => {
    const output = await run(`
      import { InvalidOptionError, KinesisProducer } from "kinesis-producer";
      import { RecordAggregator } from "kinesis-producer/aggregate";
      import { CloudWatchReporter } from "kinesis-producer/cloudwatch";
      import { glueFrame, UnreadableRecordError } from "kinesis-producer/deaggregate";
      import { kinesisHandler } from "kinesis-producer/lambda";
      import { SpooledProducer } from "kinesis-producer/spool";
      const calls = [
        () => new RecordAggregator({ maxBytes: -1 }),
        () => new CloudWatchReporter({}),
        () => glueFrame("not an id", new Uint8Array(1)),
        () => kinesisHandler(() => undefined, { concurrency: -1 }),
      ];
      const isOurs = (call) => {
        try { call(); } catch (error) { return error instanceof InvalidOptionError; }
      };
      console.log(JSON.stringify([
        calls.map(isOurs),
        [InvalidOptionError, KinesisProducer, UnreadableRecordError, SpooledProducer].map(({ name }) => name),
      ]));
    `);

    expect(output).toEqual([
      [true, true, true, true],
      ["InvalidOptionError", "KinesisProducer", "UnreadableRecordError", "SpooledProducer"],
    ]);
  });
});

describe("the entry points as bundlers read them", () => {
  it.each(ENTRIES)(
    "%s is single modules, so that a bundle has only what it uses",
    (_name, { module = "", ...target }) => {
      expect(target.default).toBe(module.replace("./dist/", "./dist/node/"));
      expect(module.startsWith("./dist/node/")).toBe(false);
      expect(existsSync(join(built.folder, module.replace("./dist/", "")))).toBe(true);
    },
  );
});
