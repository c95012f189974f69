/**
 * The parts of the interop tests. Each has a test file `test/interop/<name>.test.ts`, and says which clients it needs.
 *
 * @typedef {object} Part
 * @property {readonly import("./clients.mjs").ClientName[]} needs - clients that are installed before it runs
 * @property {boolean} [isLong] - takes minutes: `--quick` leaves it out
 * @property {string} about - one sentence, without the full stop
 * @property {readonly string[]} [shows] - the names of the clients whose versions the document shows; by default all
 * @property {string} [set] - a user of these clients must set this; Markdown, links from `docs/`
 */

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const TESTS = fileURLToPath(new URL("../../test/interop", import.meta.url));

const DEAGGREGATORS = ["aws_kinesis_agg (PyPI)", "aws-kinesis-agg (npm)", "awslabs/kinesis-aggregation/go (Go module)"];

const KCL_SETTINGS =
  "`endpointOverride` for Kinesis, and for DynamoDB to that of moto (PyPI, `moto[server,dynamodb]`); `NullMetricsFactory`; `workerUtilizationAwareAssignmentConfig().disableWorkerMetrics(true)`. The application is `test/interop/java/kcl-application/KclApplication.java`";

const FLINK_SETTINGS =
  "`aws.endpoint`, `aws.region`, `aws.credentials.provider` = `BASIC` with `aws.credentials.provider.basic.accesskeyid` and `.secretkey`; on Java 17 the `--add-opens` of Flink. The job is `test/interop/java/flink/FlinkJob.java`. The newer `KinesisStreamsSource` needs `examples/flink/UserRecordSchema.java` as its deserialization schema. The test calls this schema as the source does, because the source itself is not among the artifacts that the test installs";

/** @type {Readonly<Record<string, Part>>} */
export const PARTS = {
  kpl: {
    needs: ["java-kpl", "java-kpl-1.0.7"],
    about: "The newest KPL and an old one put records",
    set: 'It always speaks TLS: start LocalKinesis with `tls: true`. `setKinesisEndpoint("127.0.0.1")`, `setKinesisPort(4567)`, `setVerifyCertificate(false)`, `setRegion`, static credentials, `setMetricsLevel("none")`, and the environment `AWS_EC2_METADATA_DISABLED=true`',
  },
  kcl: {
    needs: ["java-kcl"],
    shows: ["KCL (Maven amazon-kinesis-client)"],
    about: "The KCL's deaggregator reads records of the producer, and bad ones",
    set: "On Java 11 and later the class path needs `javax.xml.bind:jaxb-api`. Without it the KCL's `AggregatorUtil` throws for some bad aggregates",
  },
  "kcl-application": {
    needs: ["java-kcl-application", "moto"],
    isLong: true,
    about: "Whole applications of the KCL, with leases, read through a split and a merge",
    set: `${KCL_SETTINGS}. For no copies after a reshard, \`listShardsCacheAllowedAgeInSeconds(1)\`: [a KCL right after a reshard](consumers.md#a-kcl-right-after-a-reshard)`,
  },
  "kcl-failover": {
    needs: ["java-kcl-application", "moto"],
    isLong: true,
    about: "A worker of the KCL takes over from one that is killed",
    set: `${KCL_SETTINGS}, and \`failoverTimeMillis(2000)\``,
  },
  flink: {
    needs: ["java-flink", "java-flink-source"],
    isLong: true,
    about:
      "A job of Flink reads and filters through a split and a merge; the schema of examples/flink unpacks for the newer source",
    set: FLINK_SETTINGS,
  },
  "aws-cli": {
    needs: ["python"],
    shows: ["aws CLI (PyPI awscli)"],
    about: "The aws CLI does what a beginner does first",
    set: "`aws --endpoint-url http://127.0.0.1:4567 kinesis list-streams`. Version 1 takes `--data` as plain text and encodes it; version 2 takes base64, unless you pass `--cli-binary-format raw-in-base64-out`",
  },
  boto3: {
    needs: ["python"],
    shows: ["boto3 (PyPI)", "aws_kinesis_agg (PyPI)"],
    about: "boto3 does the same, and aws_kinesis_agg reads and writes aggregates",
    set: '`boto3.client("kinesis", endpoint_url="http://127.0.0.1:4567")`',
  },
  glue: {
    needs: ["java-glue", "glue"],
    about: "Libraries for the Glue Schema Registry read our frames, and the other way round",
    set: "Nothing: `glueFrame` and `readGlueFrame` know no registry",
  },
  tutorial: {
    needs: ["python"],
    shows: ["aws CLI (PyPI awscli)", "boto3 (PyPI)"],
    about: "Every block of the tutorial: the aws CLI, boto3, and this package",
    set: "Nothing but what [the tutorial](tutorial.md) says",
  },
  "java-sdk": {
    needs: ["java-sdk"],
    about: "The AWS SDK for Java speaks JSON and CBOR",
    set: '`endpointOverride(URI.create("http://127.0.0.1:4567"))`. It speaks CBOR, or JSON with the system property `aws.cborEnabled=false`',
  },
  lambda: {
    needs: ["lambda"],
    about:
      "AWS's own runtime of Lambda for Node.js runs `kinesisHandler`, behind AWS's emulator of its runtime interface",
    set: "`lambdaEndpoint(url)` as the handler of a [`LambdaTrigger`](lambda-trigger.md#a-function-in-any-language)",
  },
  delivery: {
    needs: ["s3"],
    about: "A delivery stream writes to gofakes3, a server with the API of S3",
    set: "`endpoint` and `forcePathStyle: true` of the `S3Client` that [`s3Destination`](delivery.md) gets",
  },
  compressed: {
    needs: ["java-kcl", "python", "go"],
    shows: ["KCL (Maven amazon-kinesis-client)", "zstd-jni (Maven)", "zstandard (PyPI)", ...DEAGGREGATORS],
    about: "Readers get compressed aggregates, without and with the decoders of examples/",
    set: "A decoder of `examples/decoders`",
  },
  deaggregation: {
    needs: ["java-kcl", "python", "go"],
    shows: ["KCL (Maven amazon-kinesis-client)", ...DEAGGREGATORS],
    about: "Deaggregators read good and bad records",
  },
  emulators: { needs: ["emulators"], about: "LocalKinesis, kinesalite and kinesis-local get the same calls" },
  prometheus: {
    needs: ["python"],
    shows: ["prometheus_client (PyPI)"],
    about: "prometheus_client reads the metrics",
  },
};

/**
 * The parts with these names; all if there is none.
 *
 * @param {readonly string[]} names
 * @param {boolean} isQuick - without those that take minutes
 * @returns {string[]}
 */
export function partsOf(names, isQuick) {
  const files = readdirSync(TESTS).filter((file) => file.endsWith(".test.ts"));
  const unlisted = files.filter((file) => !Object.hasOwn(PARTS, file.replace(".test.ts", "")));
  if (unlisted.length > 0) throw new Error(`scripts/interop/parts.mjs has no part for ${unlisted.join(", ")}`);
  const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0)
    throw new Error(`the interop tests have no part ${unknown.join(", ")}; they have ${Object.keys(PARTS).join(", ")}`);
  const chosen = names.length > 0 ? [...new Set(names)] : Object.keys(PARTS);
  return isQuick ? chosen.filter((name) => PARTS[name]?.isLong !== true) : chosen;
}
