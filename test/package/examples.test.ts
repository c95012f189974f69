import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "../integration/built-package.js";
import { collectExamples, type Example } from "./examples/collect.js";
import { compile, ExampleModules, transpile } from "./examples/modules.js";

const ENDLESS = "reads the stream without an end";
const OTHER_LIBRARY = "the program before the move, with another library";
const NO_S3 = "the S3 client is installed by the interop tests only, which run both destinations";
const NO_QUEUES = "the SDK's clients of this repository do not know the operation";
const TUTORIAL = "test/interop runs the tutorial from its first line to its last";

/** Examples that do not run here, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "src/edge/put-records-context.ts PutRecordsContext.runWithin": "needs a request that is being sent",
  "src/kpl/from-kpl-properties.ts fromKplProperties": "needs the file of a KPL; the program of docs/from-kpl.md runs",
  "src/reader/read-stream.ts readStream": ENDLESS,
  "src/testing/delivery/destinations.ts s3Destination": NO_S3,
  "docs/consumers.md#a-queue-of-the-stream": NO_QUEUES,
  "docs/consumers.md#each-record-once 3": ENDLESS,
  "docs/consumers.md#your-own-process": ENDLESS,
  "docs/delivery.md#a-bucket": NO_S3,
  "docs/from-aws-kinesis-agg.md#writing": OTHER_LIBRARY,
  "docs/from-kafkajs.md#coming-from-kafkajs": OTHER_LIBRARY,
  "docs/reference.md#proxies-and-private-authorities":
    "needs a proxy and its authority: test/integration/proxy.test.ts",
  "docs/test-kit.md#vitest-and-jest": "a test; the program above it makes the same calls, and runs",
  "docs/tracing.md#the-span-of-a-handler": ENDLESS,
  "docs/tutorial.md#7-a-lambda-function": TUTORIAL,
  "docs/tutorial.md#8-look-at-the-metrics": TUTORIAL,
};

/** Examples that are not compiled, and why. */
const NOT_COMPILED: Readonly<Record<string, string>> = {
  "src/testing/delivery/destinations.ts s3Destination": NO_S3,
  "docs/consumers.md#a-queue-of-the-stream": NO_QUEUES,
  "docs/delivery.md#a-bucket": NO_S3,
  "docs/diagnostics.md#put-records": "Node's types ask for all five subscribers, Node does not; it runs",
  "docs/from-aws-kinesis-agg.md#writing": OTHER_LIBRARY,
  "docs/from-kafkajs.md#coming-from-kafkajs": OTHER_LIBRARY,
  "docs/test-kit.md#vitest-and-jest": "uses the class of the program above it",
};

/** Paths and ports of examples, and what they are when an example runs here. */
const ELSEWHERE: readonly (readonly [string, string])[] = [
  ["/var/spool/", "spools/"],
  [".listen(9464)", ".listen(0, function () { this.close(); })"],
  [".listen(0);", ".listen(0, function () { this.close(); });"],
  ["port: 4567", "port: 0"],
];

const all = collectExamples();
/** Without the programs that other tests run. */
const examples = all.filter(({ program }) => program === undefined);
const compiled = examples.filter(({ name }) => !(name in NOT_COMPILED));
const run = examples.filter(({ name }) => !(name in NOT_RUN));

let built: BuiltPackage;
let errors: Map<string, readonly string[]>;
let outcomes: Map<string, string | undefined>;

beforeAll(async () => {
  built = await buildPackage("examples", { declarations: true });
  const folder = join(built.folder, "../examples");
  mkdirSync(folder);
  const names = new Map<string, string>();
  const modules = new ExampleModules(join(built.folder, ".."));
  for (const [i, example] of examples.entries()) names.set(writeExample(folder, i, example, modules), example.name);
  writeFileSync(join(folder, "stage.mts"), readFileSync("test/package/examples/stage.ts", "utf8"));
  const files = [...names].filter(([, name]) => !(name in NOT_COMPILED)).map(([file]) => file);
  errors = compileAll([...files, join(folder, "stage.mts")], names);
  outcomes = await runAll(folder, names);
}, BUILD_TIMEOUT_MS);

afterAll(() => built?.[Symbol.dispose]());

function writeExample(folder: string, i: number, example: Example, modules: ExampleModules): string {
  const file = join(folder, `example-${i}.m${example.language}`);
  writeFileSync(file, modules.moduleOf(example));
  return file;
}

/** Parameters in JavaScript have no types, and nobody narrows them: there the compiler looks at names and options. */
function compileAll(files: readonly string[], names: ReadonlyMap<string, string>): Map<string, readonly string[]> {
  const ofTypeScript = compile(
    files.filter((file) => file.endsWith(".mts")),
    {},
  );
  const untyped = { allowJs: true, checkJs: true, strict: false, exactOptionalPropertyTypes: false };
  const ofJavaScript = compile(
    files.filter((file) => file.endsWith(".mjs")),
    untyped,
  );
  return new Map([...ofTypeScript, ...ofJavaScript].map(([file, texts]) => [names.get(file) ?? file, texts]));
}

async function runAll(folder: string, names: ReadonlyMap<string, string>): Promise<Map<string, string | undefined>> {
  const work = join(folder, "work");
  mkdirSync(join(work, "spools/clicks"), { recursive: true });
  for (const name of ["stage", "run-examples"])
    writeFileSync(join(folder, `${name}.mjs`), transpile(readFileSync(`test/package/examples/${name}.ts`, "utf8")));
  const wanted = new Set(run.map(({ name }) => name));
  const list: [string, string][] = [];
  for (const [file, name] of names) {
    if (!wanted.has(name)) continue;
    let source = transpile(readFileSync(file, "utf8")).replaceAll("./stage.mjs", `./stage.mjs?${list.length}`);
    for (const [there, here] of ELSEWHERE) source = source.replaceAll(there, here);
    const module = file.replace(/\.m[tj]s$/, "-run.mjs");
    writeFileSync(module, source);
    list.push([name, module]);
  }
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    NODE_NO_WARNINGS: "1",
  };
  const args = [join(folder, "run-examples.mjs"), JSON.stringify(list)];
  const { stderr } = await promisify(execFile)(process.execPath, args, { cwd: work, env });
  const lines = stderr.split("\n").filter((line) => line.startsWith('{"name"'));
  return new Map(
    lines.map((line) => JSON.parse(line) as { name: string; error?: string }).map(({ name, error }) => [name, error]),
  );
}

describe("the examples", () => {
  it("the build and the stage have no errors of types", () => {
    const others = [...errors].filter(([name]) => !examples.some((example) => example.name === name));
    expect(others).toEqual([]);
  });

  it.each(compiled.map(({ name }) => name))("%s compiles", (name) => {
    expect(errors.get(name) ?? []).toEqual([]);
  });

  it.each(run.map(({ name }) => name))("%s runs", (name) => {
    expect(outcomes.has(name)).toBe(true);
    expect(outcomes.get(name)).toBe(undefined);
  });

  it("a program that is marked in a document is named by the test that runs it", () => {
    const files = [
      "package/document-programs",
      "package/lambda-example",
      "integration/health-probe",
      "examples/producer-bundles",
    ];
    const paths = [
      ...files.map((file) => `test/${file}.test.ts`),
      "test/package/lambda-bundle.ts",
      "scripts/test-package.mjs",
    ];
    const texts = paths.map((path) => readFileSync(path, "utf8")).join("\n");
    const marked = all.flatMap(({ program }) => program ?? []);
    expect(marked.filter((program) => !texts.includes(`"${program}"`))).toEqual([]);
  });

  it.each(Object.keys({ ...NOT_RUN, ...NOT_COMPILED }))("%s exists, and is listed with its reason", (name) => {
    expect(examples.map((example) => example.name)).toContain(name);
  });
});
