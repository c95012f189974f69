import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const JAVA = join(ROOT, "build/compare/decode/java");

/** One of many downloads may be slow, but none takes this long. */
const INSTALL_TIMEOUT_MS = 300_000;

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {(file: string, seconds: number) => [command: string, ...args: string[]]} command
 * @property {string} version
 * @property {string} [against] - the decoder of this library with the same form of input
 * @property {string} [takesAllFor] - for a decoder of this library: the one that gets the same records one by one
 * @property {number} [target] - the required ratio of the peer's time to that of this library
 */

/**
 * Every peer, installed.
 *
 * @returns {Peer[]}
 * @throws Error with the name of a missing peer
 */
export function installedPeers() {
  const version = readJson(join(ROOT, "package.json")).version;
  const agg = npmVersion("aws-kinesis-agg");
  const protobufjs = npmVersion("protobufjs");
  const kcl = installKcl();
  const each = "kinesis-producer, deaggregate()";
  const lambda = "kinesis-producer, deaggregate(), Lambda record";
  return [
    { name: each, version, command: inNode("kinesis-producer.mjs", "each") },
    {
      name: "kinesis-producer, deaggregateAll()",
      version,
      command: inNode("kinesis-producer.mjs", "all"),
      takesAllFor: each,
    },
    { name: lambda, version, command: inNode("kinesis-producer.mjs", "lambda") },
    {
      name: "npm aws-kinesis-agg",
      version: agg,
      command: inNode("aws-kinesis-agg.mjs", "sdk"),
      against: each,
      target: 3,
    },
    {
      name: "npm aws-kinesis-agg, Lambda record",
      version: agg,
      command: inNode("aws-kinesis-agg.mjs", "lambda"),
      against: lambda,
      target: 3,
    },
    {
      name: "protobufjs and node:crypto",
      version: protobufjs,
      command: inNode("protobufjs.mjs", "plain"),
      against: each,
      target: 2,
    },
    { name: "Java KCL, AggregatorUtil", version: kcl, command: inJava, against: each, target: 1.5 },
  ];
}

/** CPU seconds until the speed is stable. The JVM's compilers need much longer. */
const WARM_UP = { node: 2, java: 12 };

/**
 * @param {string} module
 * @param {string} name
 * @returns {Peer["command"]}
 */
function inNode(module, name) {
  return (file, seconds) => [
    process.execPath,
    "--expose-gc",
    join(HERE, "measure.mjs"),
    join(HERE, "peers", module),
    name,
    file,
    String(WARM_UP.node),
    String(seconds),
  ];
}

/** @type {Peer["command"]} */
function inJava(file, seconds) {
  const classPath = `${JAVA}:${join(JAVA, "*")}`;
  return ["java", "-cp", classPath, "DecodeBench", file, String(WARM_UP.node), String(seconds)];
}

/** @param {string} name */
function npmVersion(name) {
  const file = join(ROOT, "node_modules", name, "package.json");
  if (!existsSync(file)) throw new Error(`the peer npm ${name} is missing: \`npm ci\` installs it`);
  return readJson(file).version;
}

/** Compiles the bench with the KCL into build/, once. */
function installKcl() {
  const project = join(HERE, "java");
  const sources = ["DecodeBench.java", "pom.xml"].map((file) => readFileSync(join(project, file), "utf8")).join("\0");
  const stamp = join(JAVA, "sources");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== sources) {
    rmSync(JAVA, { recursive: true, force: true });
    mkdirSync(JAVA, { recursive: true });
    const copied = ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${JAVA}`, "-DincludeScope=runtime"];
    install("mvn", copied, project);
    install("javac", ["-encoding", "UTF-8", "-cp", join(JAVA, "*"), "-d", JAVA, "DecodeBench.java"], project);
    writeFileSync(stamp, sources);
  }
  const jar = readdirSync(JAVA).map((file) => /^amazon-kinesis-client-(\d.*)\.jar$/.exec(file)?.[1]);
  return jar.find(Boolean) ?? "?";
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function install(command, args, cwd) {
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    timeout: INSTALL_TIMEOUT_MS,
    encoding: "utf8",
  });
  if (status === 0) return;
  const why = error?.message ?? `exit code ${status}\n${stdout}${stderr}`;
  throw new Error(`the peer Java KCL is missing: ${command} ${args.join(" ")}: ${why}`);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
