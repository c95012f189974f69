/**
 * Installs the clients and emulators of the interop tests into build/interop: Python packages, Maven artifacts with the
 * compiled programs of test/interop/java, the program of test/interop/go with its modules, and npm packages. Clients
 * that are already installed from the same list are kept.
 *
 *     node scripts/interop/install.mjs
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installOnce, requireTools, run } from "../installing.mjs";
import { installLambdaRuntime, LAMBDA_RUNTIME_VERSIONS } from "./lambda-runtime.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = join(ROOT, "test/interop");
const INSTALLED = join(ROOT, "build/interop");

/** Emulators and clients. They are not in package.json, because only the interop tests need them. */
const NPM_PACKAGES = [
  "kinesalite@3.3.3",
  "kinesis-local@0.6.2",
  "@aws-sdk/client-s3@3.1175.0",
  "@meinestadt.de/glue-schema-registry@4.0.0",
];

/** A server with the API of S3. */
const S3_SERVER = "github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0";

/** Folders of test/interop/java, each a Maven project. */
const JAVA_PROGRAMS = ["glue", "kcl", "kpl", "sdk"];

/** Tools that must be on the machine, each with a command that shows its presence. */
const TOOLS = [
  { name: "python3", args: ["-m", "venv", "--help"], purpose: "the aws CLI, boto3 and prometheus_client" },
  { name: "java", args: ["-version"], purpose: "the KCL, the KPL, the AWS SDK for Java and the Glue Schema Registry" },
  { name: "javac", args: ["-version"], purpose: "the programs in test/interop/java" },
  { name: "mvn", args: ["-version"], purpose: "the KCL, the KPL and the AWS SDK for Java" },
  {
    name: "go",
    args: ["version"],
    purpose: "the Go module of awslabs/kinesis-aggregation, Lambda's emulator, and gofakes3",
  },
  { name: "cmake", args: ["--version"], purpose: "AWS's Lambda runtime for Node.js" },
  { name: "openssl", args: ["version"], purpose: "the certificate of the KPL's endpoint" },
  { name: "mkfifo", args: ["--version"], purpose: "the KPL's talk with its child process" },
];

function installPython() {
  const requirements = join(SOURCES, "python/requirements.txt");
  installOnce(join(INSTALLED, "python"), readFileSync(requirements, "utf8"), (folder) => {
    run("python3", ["-m", "venv", folder]);
    run(join(folder, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "-r", requirements]);
  });
}

/** Each program has its own libraries: those of the KCL and the KPL conflict. */
function installJava() {
  for (const name of JAVA_PROGRAMS) {
    const project = join(SOURCES, "java", name);
    const files = readdirSync(project).sort();
    const texts = files.map((file) => readFileSync(join(project, file), "utf8"));
    installOnce(join(INSTALLED, `java-${name}`), texts.join("\0"), (folder) => {
      run(
        "mvn",
        ["-q", "-B", "dependency:copy-dependencies", `-DoutputDirectory=${folder}`, "-DincludeScope=runtime"],
        project,
      );
      const sources = files.filter((file) => file.endsWith(".java"));
      run("javac", ["-encoding", "UTF-8", "-cp", join(folder, "*"), "-d", folder, ...sources], project);
    });
  }
}

function installGo() {
  const project = join(SOURCES, "go");
  const texts = readdirSync(project).map((file) => readFileSync(join(project, file), "utf8"));
  installOnce(join(INSTALLED, "go"), texts.join("\0"), (folder) => {
    run("go", ["build", "-o", join(folder, "deaggregate"), "."], project);
  });
}

function installS3Server() {
  installOnce(join(INSTALLED, "gofakes3"), S3_SERVER, (folder) => {
    run("env", [`GOBIN=${folder}`, "go", "install", S3_SERVER]);
  });
}

function installNpm() {
  installOnce(join(INSTALLED, "npm"), NPM_PACKAGES.join(), (folder) => {
    run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "--prefix", folder, ...NPM_PACKAGES]);
  });
}

/** Installs the missing clients. */
export function install() {
  requireTools(TOOLS, "the interop tests need tools");
  installPython();
  installNpm();
  installJava();
  installGo();
  installLambdaRuntime(INSTALLED);
  installS3Server();
}

/**
 * The clients by name, each with its version as it is installed.
 *
 * @returns {Record<string, string>}
 */
export function installedVersions() {
  const freeze = run(join(INSTALLED, "python/bin/pip"), ["freeze", "--disable-pip-version-check"]);
  /** @param {string} name */
  const python = (name) => new RegExp(`^${name}==(.+)$`, "im").exec(freeze)?.[1] ?? "?";
  /**
   * @param {string} program
   * @param {string} artifact
   */
  const java = (program, artifact) =>
    readdirSync(join(INSTALLED, `java-${program}`))
      .map((jar) => new RegExp(`^${artifact}-(\\d.*)\\.jar$`).exec(jar)?.[1])
      .find(Boolean) ?? "?";
  return {
    "aws CLI (PyPI awscli)": python("awscli"),
    "boto3 (PyPI)": python("boto3"),
    "aws_kinesis_agg (PyPI)": python("aws[-_]kinesis[-_]agg"),
    "prometheus_client (PyPI)": python("prometheus[-_]client"),
    "KCL (Maven amazon-kinesis-client)": java("kcl", "amazon-kinesis-client"),
    "KPL (Maven amazon-kinesis-producer)": java("kpl", "amazon-kinesis-producer"),
    "AWS SDK for Java v2 (Maven kinesis)": java("sdk", "kinesis"),
    "Glue Schema Registry (Maven schema-registry-serde)": java("glue", "schema-registry-serde"),
    "aws-kinesis-agg (npm)": JSON.parse(readFileSync(join(ROOT, "node_modules/aws-kinesis-agg/package.json"), "utf8"))
      .version,
    "awslabs/kinesis-aggregation/go (Go module)":
      /kinesis-aggregation\/go (v\S+)/.exec(readFileSync(join(SOURCES, "go/go.mod"), "utf8"))?.[1] ?? "?",
    "gofakes3 (Go module)": S3_SERVER.slice(S3_SERVER.indexOf("@") + 1),
    ...Object.fromEntries(
      NPM_PACKAGES.map((each) => [each.slice(0, each.lastIndexOf("@")), each.slice(each.lastIndexOf("@") + 1)]).map(
        ([name, version]) => [`${name} (npm)`, version ?? "?"],
      ),
    ),
    ...LAMBDA_RUNTIME_VERSIONS,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) install();
