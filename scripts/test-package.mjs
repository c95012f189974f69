/**
 * The package as a user gets it: packed, installed into an empty folder, every entry point loaded both ways, and the
 * README's first program run against a LocalKinesis. Ends with `N passed, N failed`.
 *
 *     node scripts/test-package.mjs
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { entryPoints } from "./package-exports.mjs";
import { readmePrograms } from "./readme-programs.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const PROGRAM = "quick-start";
const PROGRAM_TIMEOUT_MS = 60_000;
/** Entry points that need a package that is not installed with this one, and the package. */
const OPTIONAL_PEERS = new Map([["kinesis-producer/otel", "@opentelemetry/api@1.9.1"]]);
const LICENCES = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];
/** @type {{ dependencies: Record<string, string> }} */
const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** Files that may be in the package, besides those that npm always adds. */
const PACKED = /^(dist\/|proto\/|docs\/|decisions\/|[A-Z]+\.md$|LICENSE$|package\.json$)/;

/** Starts the command, interrupts it like Ctrl-C after its first line, and passes on its output. */
const INTERRUPT = `
import { spawn } from "node:child_process";
const child = spawn(process.argv[2], ["local", "--port", "0", "--stream", "clicks:4", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
child.stdout.once("data", () => child.kill("SIGINT"));
child.stdout.pipe(process.stdout);
child.on("exit", (code) => { process.exitCode = code ?? 1; });
`;

/** Sends three lines with the command to a Kinesis in this process, and passes on its output. */
const PUT = `
import { spawn } from "node:child_process";
import { LocalKinesis } from "kinesis-producer/testing";
const local = await LocalKinesis.start({ streams: { clicks: { shards: 2 } } });
const env = { ...process.env, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_REGION: "us-east-1" };
const args = ["put", "--endpoint", local.endpoint, "--stream", "clicks", "--json"];
const child = spawn(process.argv[2], args, { env, stdio: ["pipe", "inherit", "inherit"] });
child.stdin.end('{"n":1}\\n{"n":2}\\n{"n":3}\\n');
child.on("close", async (code) => {
  process.exitCode = code ?? 1;
  await local.close();
});
`;

let passed = 0;
let failed = 0;

/**
 * @param {string} name
 * @param {() => void} body
 */
function test(name, body) {
  try {
    body();
    passed++;
    console.log(`ok - ${name}`);
  } catch (error) {
    failed++;
    console.error(`not ok - ${name}\n${error instanceof Error ? error.message : error}`);
  }
}

/**
 * Runs a command to its end; throws with its output when it fails.
 *
 * @param {string} cwd
 * @param {string} command
 * @param {string[]} args
 * @returns {string} its standard output
 */
function run(cwd, command, args) {
  const { status, signal, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: command === process.execPath ? PROGRAM_TIMEOUT_MS : 0,
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${signal ?? `exit ${status}`}\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Manifests below node_modules, nested ones too.
 *
 * @param {string} folder
 * @returns {Generator<string>}
 */
function* installedPackages(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.name.startsWith("@")) yield* installedPackages(path);
    else {
      if (existsSync(join(path, "package.json"))) yield path;
      if (existsSync(join(path, "node_modules"))) yield* installedPackages(join(path, "node_modules"));
    }
  }
}

/** @type {(condition: boolean, message: string) => void} */
function assert(condition, message) {
  if (!condition) throw new Error(message);
}

const work = mkdtempSync(join(tmpdir(), "test-package-"));
try {
  const [packed] = JSON.parse(
    run(root, "npm", ["pack", "--json", "--silent", "--pack-destination", work]).replace(/^[^[]*/, ""),
  );
  const tarball = join(work, packed.filename);
  /** @type {string[]} */
  const files = packed.files.map((/** @type {{ path: string }} */ file) => file.path);
  const project = join(work, "project");
  mkdirSync(project);

  test("the package holds the library and nothing else", () => {
    const strangers = files.filter((file) => !PACKED.test(file) || /(^|\/)(test|bench|examples)\/|\.test\./.test(file));
    assert(strangers.length === 0, `must not be packed: ${strangers.join(", ")}`);
    for (const file of ["LICENSE", "README.md", "package.json"]) assert(files.includes(file), `${file} is missing`);
  });

  test("it installs into an empty folder", () => {
    writeFileSync(join(project, "package.json"), '{ "name": "a-user", "version": "1.0.0", "private": true }\n');
    run(project, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", tarball]);
  });

  test("no installed package runs or needs an install script", () => {
    const scripted = [...installedPackages(join(project, "node_modules"))].filter((path) => {
      const { scripts = {}, gypfile } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
      const hooks = ["preinstall", "install", "postinstall"].filter((hook) => hook in scripts);
      return hooks.length > 0 || gypfile === true || existsSync(join(path, "binding.gyp"));
    });
    assert(scripted.length === 0, `has an install script: ${scripted.join(", ")}`);
  });

  test("every installed package has a licence that permits its use in any program", () => {
    const packages = [...installedPackages(join(project, "node_modules"))].map((path) =>
      JSON.parse(readFileSync(join(path, "package.json"), "utf8")),
    );
    const others = packages.filter(({ license }) => !LICENCES.includes(license));
    assert(others.length === 0, others.map(({ name, license }) => `${name}: ${license}`).join(", "));
  });

  for (const { specifier } of entryPoints(root)) {
    const peer = OPTIONAL_PEERS.get(specifier);
    if (peer !== undefined) {
      test(`${specifier} finds its optional peer ${peer}`, () => {
        run(project, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", peer]);
      });
    }
    const count = "if (Object.keys(entry).length === 0) throw new Error('exports nothing');";
    test(`import ${specifier}`, () => {
      const text = `import * as entry from ${JSON.stringify(specifier)};\n${count}\n`;
      writeFileSync(join(project, "load.mjs"), text);
      run(project, process.execPath, ["load.mjs"]);
    });
    test(`require ${specifier}`, () => {
      writeFileSync(join(project, "load.cjs"), `const entry = require(${JSON.stringify(specifier)});\n${count}\n`);
      run(project, process.execPath, ["load.cjs"]);
    });
  }

  test("the command kinesis-producer is installed, and runs", () => {
    const bin = join(project, "node_modules/.bin/kinesis-producer");
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    assert(run(project, bin, ["--version"]).trim() === version, "it tells another version");
    writeFileSync(join(project, "interrupt.mjs"), INTERRUPT);
    const [start = "", end = ""] = run(project, process.execPath, ["interrupt.mjs", bin]).trim().split("\n");
    assert(/"name":"clicks","openShards":4/.test(start), `it does not tell its streams: ${start}`);
    assert(/"connections":0/.test(end), `it does not sum up: ${end}`);
    writeFileSync(join(project, "put.mjs"), PUT);
    const summary = run(project, process.execPath, ["put.mjs", bin]);
    assert(/"delivered":3,"failed":0/.test(summary), `it does not deliver: ${summary}`);
  });

  test(`the README's program "${PROGRAM}" runs`, () => {
    const readme = join(root, "README.md");
    assert(existsSync(readme), "there is no README.md");
    const source = readmePrograms(readFileSync(readme, "utf8")).get(PROGRAM);
    if (source === undefined) {
      throw new Error(`README.md has no fenced block below a line <!-- program: ${PROGRAM} -->`);
    }
    writeFileSync(join(project, "program.mjs"), source);
    const output = run(project, process.execPath, ["program.mjs"]);
    assert(output.trim() !== "", "the program printed nothing");
    console.log(output.trimEnd().replaceAll(/^/gm, "  | "));
  });

  test("it runs with the oldest version of each dependency", () => {
    const oldest = Object.fromEntries(
      Object.entries(dependencies).map(([name, range]) => [name, String(range).replace(/^\^/, "")]),
    );
    const other = join(work, "oldest");
    mkdirSync(other);
    const manifest = { name: "a-user", version: "1.0.0", private: true, dependencies: oldest };
    writeFileSync(join(other, "package.json"), JSON.stringify(manifest));
    run(other, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", tarball]);
    for (const [name, version] of Object.entries(oldest)) {
      const installed = JSON.parse(readFileSync(join(other, "node_modules", name, "package.json"), "utf8")).version;
      assert(installed === version, `${name} is ${installed}, not ${version}`);
    }
    assert(!existsSync(join(other, "node_modules/kinesis-producer/node_modules")), "it brought its own versions");
    copyFileSync(join(project, "program.mjs"), join(other, "program.mjs"));
    assert(
      /1000 user records/.test(run(other, process.execPath, ["program.mjs"])),
      "its program does not read all records",
    );
  });
} catch (error) {
  failed++;
  console.error(`not ok - npm pack\n${error instanceof Error ? error.message : error}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
