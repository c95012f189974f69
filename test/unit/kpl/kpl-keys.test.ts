import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fromKplProperties } from "../../../src/kpl/from-kpl-properties.js";
import { KPL_KEYS } from "../../../src/kpl/kpl-keys.js";

/** The keys of `KinesisProducerConfiguration` 1.1.1 with their defaults: its setters, by `javap`, and one more. */
const DEFAULTS: Readonly<Record<string, string>> = {
  AdditionalMetricsDimension: "",
  AggregationEnabled: "true",
  AggregationMaxCount: "4294967295",
  AggregationMaxSize: "51200",
  CaCertFile: "",
  CaCertPath: "",
  CloudwatchEndpoint: "",
  CloudwatchPort: "443",
  CollectionMaxCount: "500",
  CollectionMaxSize: "5242880",
  ConnectTimeout: "6000",
  CredentialsProvider: "",
  CredentialsRefreshDelay: "5000",
  DaemonHealthCheckTimeoutMs: "30000",
  DescribeStreamSummaryIntervalMs: "300000",
  EnableCoreDumps: "false",
  EnableDaemonHealthCheck: "false",
  EnableOldestFutureTracker: "true",
  FailIfThrottled: "false",
  GlueSchemaRegistryConfiguration: "",
  GlueSchemaRegistryCredentialsProvider: "",
  GlueSchemaRegistryPropertiesFilePath: "",
  KinesisEndpoint: "",
  KinesisPort: "443",
  LogLevel: "info",
  MaxConnections: "24",
  MaxUserRecordSize: "1048576",
  MetricsCredentialsProvider: "",
  MetricsGranularity: "shard",
  MetricsLevel: "detailed",
  MetricsNamespace: "KinesisProducerLibrary",
  MetricsUploadDelay: "60000",
  MinConnections: "1",
  NativeExecutable: "",
  ProxyHost: "",
  ProxyPassword: "",
  ProxyPort: "443",
  ProxyUserName: "",
  RateLimit: "150",
  RecordDistributionStrategyDefault: "UNSET",
  RecordMaxBufferedTime: "100",
  RecordTtl: "30000",
  Region: "",
  RequestTimeout: "6000",
  ReturnUserRecordOnFailure: "false",
  StsEndpoint: "",
  StsPort: "443",
  TempDirectory: "",
  ThreadPoolSize: "0",
  ThreadingModel: "PER_REQUEST",
  UserRecordTimeoutInMillis: "0",
  VerifyCertificate: "true",
};

const text = Object.entries(DEFAULTS)
  .map(([key, value]) => `${key} = ${value}\n`)
  .join("");

it("there are 52, and each is mapped, dropped or missing", () => {
  const { mapped, dropped, missing, unknown } = fromKplProperties(text).report;

  expect(Object.keys(KPL_KEYS).sort()).toEqual(Object.keys(DEFAULTS).sort());
  expect(mapped.length + dropped.length + missing.length).toBe(52);
  expect(unknown).toEqual([]);
});

it("the KPL's defaults are the producer's defaults", () => {
  expect(fromKplProperties(text).options).toEqual({
    aggregation: { maxBytes: 51_200, maxCount: 4_294_967_295 },
    maxRequestRecords: 500,
    maxRequestBytes: 5_242_880,
    failIfThrottled: false,
    maxInFlightRequests: 24,
    lingerMs: 100,
    recordTtlMs: 30_000,
    requestTimeoutMs: 6_000,
    connectTimeoutMs: 6_000,
    streamSummaryMaxAgeMs: 300_000,
  });
});

it("docs/from-kpl.md has a row for each", () => {
  const [, page = ""] = readFileSync(new URL("../../../docs/from-kpl.md", import.meta.url), "utf8").split(
    "## Every key",
  );
  const rows = [...page.matchAll(/^\| `(\w+)`((?:, `\w+`)*) \|/gm)];
  const keys = rows.flatMap(([, first, rest = ""]) => [first as string, ...(rest.match(/\w+/g) ?? [])]);

  expect(keys.sort()).toEqual(Object.keys(DEFAULTS).sort());
});
