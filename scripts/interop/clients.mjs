/**
 * The clients and emulators of the interop tests. They are installed below build/interop: Python packages, Maven artifacts
 * with the compiled programs of test/interop/java, the program of test/interop/go with its modules, npm packages, and
 * programs in Go. Clients that are already installed from the same list are kept.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installOnce, requireTools, run } from "../installing.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = join(ROOT, "test/interop");
const INSTALLED = join(ROOT, "build/interop");

const LAMBDA_EMULATOR =
  "github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@v0.0.0-20261030222936-bef5c4ba774d";
const S3_SERVER = "github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0";

/** @typedef {import("../installing.mjs").Tool} Tool */
/**
 * @typedef {object} Client
 * @property {readonly string[]} tools - names of {@link TOOLS}
 * @property {() => void} install
 * @property {() => Record<string, string>} versions - by the name that docs/compatibility.md shows
 */

/** Tools that must be on the machine, each with a command that shows its presence. @type {Readonly<Record<string, Tool>>} */
const TOOLS = {
  python3: { name: "python3", args: ["-m", "venv", "--help"], purpose: "the clients in Python" },
  java: { name: "java", args: ["-version"], purpose: "the clients in Java" },
  javac: { name: "javac", args: ["-version"], purpose: "the programs in test/interop/java" },
  mvn: { name: "mvn", args: ["-version"], purpose: "the clients in Java" },
  go: {
    name: "go",
    args: ["version"],
    purpose: "the Go module of awslabs/kinesis-aggregation, Lambda's emulator, and gofakes3",
  },
  cmake: { name: "cmake", args: ["--version"], purpose: "AWS's Lambda runtime for Node.js" },
  mkfifo: { name: "mkfifo", args: ["--version"], purpose: "the KPL's talk with its child process" },
};

const JAVA = ["java", "javac", "mvn"];

/** @typedef {"emulators" | "glue" | "go" | "java-glue" | "java-flink" | "java-flink-source" | "java-kcl" | "java-kcl-application" | "java-kpl" | "java-kpl-1.0.7" | "java-sdk" | "lambda" | "moto" | "python" | "s3"} ClientName */

/** @type {Readonly<Record<ClientName, Client>>} */
const CLIENTS = {
  python: python("python", "requirements.txt", {
    "aws CLI (PyPI awscli)": "awscli",
    "boto3 (PyPI)": "boto3",
    "aws_kinesis_agg (PyPI)": "aws-kinesis-agg",
    "prometheus_client (PyPI)": "prometheus-client",
    "zstandard (PyPI)": "zstandard",
  }),
  moto: python("moto", "requirements-moto.txt", { "moto (PyPI), for the KCL's leases": "moto" }),
  "java-kcl": java("kcl", {
    artifacts: { "KCL (Maven amazon-kinesis-client)": "amazon-kinesis-client", "zstd-jni (Maven)": "zstd-jni" },
    moreSources: ["examples/decoders/java"],
  }),
  "java-kcl-application": java("kcl-application", {
    artifacts: { "KCL (Maven amazon-kinesis-client)": "amazon-kinesis-client" },
    moreSources: ["examples/decoders/java"],
  }),
  "java-flink": java("flink", {
    artifacts: {
      "FlinkKinesisConsumer (Maven flink-connector-kinesis)": "flink-connector-kinesis",
      "Flink (Maven flink-streaming-java)": "flink-streaming-java",
    },
  }),
  "java-flink-source": java("flink-source", {
    artifacts: { "KCL (Maven amazon-kinesis-client)": "amazon-kinesis-client" },
    moreSources: ["examples/flink"],
  }),
  "java-kpl": java("kpl", {
    tools: ["mkfifo"],
    artifacts: { "KPL (Maven amazon-kinesis-producer)": "amazon-kinesis-producer" },
  }),
  "java-kpl-1.0.7": java("kpl", {
    tools: ["mkfifo"],
    version: "1.0.7",
    artifacts: { "an old KPL": "amazon-kinesis-producer" },
  }),
  "java-sdk": java("sdk", { artifacts: { "AWS SDK for Java v2 (Maven kinesis)": "kinesis" } }),
  "java-glue": java("glue", {
    artifacts: { "Glue Schema Registry (Maven schema-registry-serde)": "schema-registry-serde" },
  }),
  glue: packages("glue", { npm: ["@meinestadt.de/glue-schema-registry@4.0.0"] }),
  emulators: packages("emulators", { npm: ["kinesalite@3.3.3", "kinesis-local@0.6.2"] }),
  lambda: packages("lambda", { tools: ["cmake"], npm: ["aws-lambda-ric@4.0.2"], go: [LAMBDA_EMULATOR] }),
  s3: packages("s3", { npm: ["@aws-sdk/client-s3@3.1175.0"], go: [S3_SERVER] }),
  go: {
    tools: ["go"],
    install: installGo,
    versions: () => ({
      "aws-kinesis-agg (npm)": JSON.parse(readFileSync(join(ROOT, "node_modules/aws-kinesis-agg/package.json"), "utf8"))
        .version,
      "awslabs/kinesis-aggregation/go (Go module)":
        /kinesis-aggregation\/go (v\S+)/.exec(readFileSync(join(SOURCES, "go/go.mod"), "utf8"))?.[1] ?? "?",
    }),
  },
};

/**
 * A virtual environment with the packages of a list.
 *
 * @param {string} name
 * @param {string} list - in test/interop/python
 * @param {Record<string, string>} packages - by the name that docs/compatibility.md shows
 * @returns {Client}
 */
function python(name, list, packages) {
  const requirements = join(SOURCES, "python", list);
  return {
    tools: ["python3"],
    install: () =>
      installOnce(join(INSTALLED, name), readFileSync(requirements, "utf8"), (folder) => {
        run("python3", ["-m", "venv", folder]);
        run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
      }),
    versions: () => {
      const frozen = run(join(INSTALLED, name, "bin/pip"), ["freeze", "--disable-pip-version-check"]);
      /** @param {string} each */
      const version = (each) => new RegExp(`^${each.replaceAll("-", "[-_]")}==(.+)$`, "im").exec(frozen)?.[1] ?? "?";
      return Object.fromEntries(Object.entries(packages).map(([shown, each]) => [shown, version(each)]));
    },
  };
}

/**
 * A program of test/interop/java. Each has its own libraries: those of the KCL and the KPL conflict.
 *
 * @param {string} project - its folder
 * @param {object} options
 * @param {Record<string, string>} [options.artifacts] - by the name that docs/compatibility.md shows
 * @param {readonly string[]} [options.moreSources] - folders
 * @param {readonly string[]} [options.tools]
 * @param {string} [options.version] - of the client, other than that of the project
 * @returns {Client}
 */
function java(project, { artifacts = {}, moreSources = [], tools = [], version }) {
  const home = join(SOURCES, "java", project);
  const target = join(INSTALLED, `java-${project}${version === undefined ? "" : `-${version}`}`);
  return {
    tools: [...JAVA, ...tools],
    install: () => {
      const files = [home, ...moreSources.map((folder) => join(ROOT, folder))].flatMap((folder) =>
        readdirSync(folder)
          .sort()
          .map((file) => join(folder, file)),
      );
      const texts = files.map((file) => readFileSync(file, "utf8"));
      installOnce(target, [...texts, version ?? ""].join("\0"), (folder) => {
        const chosen = version === undefined ? [] : [`-Dclient.version=${version}`];
        const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${folder}`, "-DincludeScope=runtime"];
        run("mvn", ["-q", "-B", ...goal, ...chosen], home);
        const sources = files.filter((file) => file.endsWith(".java"));
        run("javac", ["-encoding", "UTF-8", "-cp", join(folder, "*"), "-d", folder, ...sources], home);
      });
    },
    versions: () => {
      const jars = readdirSync(target);
      /** @param {string} each */
      const found = (each) => jars.map((jar) => new RegExp(`^${each}-(\\d.*)\\.jar$`).exec(jar)?.[1]).find(Boolean);
      return Object.fromEntries(Object.entries(artifacts).map(([shown, each]) => [shown, found(each) ?? "?"]));
    },
  };
}

/**
 * Packages of npm and programs in Go, in one folder. They are not in package.json, because only the interop tests need them.
 *
 * @param {string} name - of the folder
 * @param {object} options - packages, each with its version after the last `@`
 * @param {readonly string[]} [options.tools]
 * @param {readonly string[]} [options.npm]
 * @param {readonly string[]} [options.go]
 * @returns {Client}
 */
function packages(name, { tools = [], npm = [], go = [] }) {
  /** @param {string} each */
  const parts = (each) => [each.slice(0, each.lastIndexOf("@")), each.slice(each.lastIndexOf("@") + 1)];
  const ofNpm = npm.map(parts).map(([each, version]) => [`${each} (npm)`, version]);
  const ofGo = go.map(parts).map(([path, version]) => [`${path?.split("/")[2]} (Go module)`, version]);
  return {
    tools: [...tools, ...(go.length > 0 ? ["go"] : [])],
    install: () =>
      installOnce(join(INSTALLED, name), [...npm, ...go].join("\0"), (folder) => {
        run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, ...npm]);
        for (const program of go) run("env", [`GOBIN=${folder}`, "go", "install", program]);
      }),
    versions: () => Object.fromEntries([...ofNpm, ...ofGo]),
  };
}

function installGo() {
  const project = join(SOURCES, "go");
  const texts = readdirSync(project).map((file) => readFileSync(join(project, file), "utf8"));
  installOnce(join(INSTALLED, "go"), texts.join("\0"), (folder) => {
    run("go", ["build", "-o", join(folder, "deaggregate"), "."], project);
  });
}

/**
 * Installs a client if it is missing.
 *
 * @param {ClientName} name
 * @throws Error that names missing tools, or the step that failed
 */
export function install(name) {
  const tools = CLIENTS[name].tools.map((tool) => /** @type {Tool} */ (TOOLS[tool]));
  requireTools(tools, "it needs tools");
  CLIENTS[name].install();
}

/**
 * The names that the document shows, each with the version as it is installed.
 *
 * @param {ClientName} name
 * @returns {Record<string, string>}
 */
export function installedVersions(name) {
  return CLIENTS[name].versions();
}
