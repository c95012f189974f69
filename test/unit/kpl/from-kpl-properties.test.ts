import { describe, expect, it } from "vitest";
import { InvalidOptionError, KinesisProducer } from "../../../src/index.js";
import { fromKplProperties } from "../../../src/kpl/from-kpl-properties.js";

function fates(text: string): Record<string, string> {
  const { report } = fromKplProperties(text);
  const parts = ["mapped", "dropped", "missing", "unknown"] as const;
  return Object.fromEntries(parts.flatMap((part) => report[part].map(({ key }) => [key, part])));
}

function problemOf(text: string): InvalidOptionError {
  try {
    fromKplProperties(text);
  } catch (error) {
    if (error instanceof InvalidOptionError) return error;
    throw error;
  }
  throw new Error("no error");
}

describe("a key of the KPL", () => {
  it.each([
    ["AggregationEnabled = true", { aggregation: true }],
    ["AggregationEnabled = FALSE", { aggregation: false }],
    ["AggregationMaxCount = 10", { aggregation: { maxCount: 10 } }],
    ["AggregationMaxCount = 4294967295", { aggregation: { maxCount: 4_294_967_295 } }],
    ["AggregationMaxCount = 4294967296", { aggregation: { maxCount: 4_294_967_295 } }],
    ["AggregationMaxSize = 64", { aggregation: { maxBytes: 64 } }],
    ["AggregationMaxSize = 10485760", { aggregation: { maxBytes: 10_485_759 } }],
    ["CollectionMaxCount = 1", { maxRequestRecords: 1 }],
    ["CollectionMaxSize = 52224", { maxRequestBytes: 52_224 }],
    ["CollectionMaxSize = 9223372036854775807", { maxRequestBytes: 10_485_760 }],
    ["FailIfThrottled = true", { failIfThrottled: true }],
    ["KinesisEndpoint = kinesis.eu-west-1.amazonaws.com", { endpoint: "https://kinesis.eu-west-1.amazonaws.com" }],
    ["KinesisPort = 4567\nKinesisEndpoint = localhost", { endpoint: "https://localhost:4567" }],
    ["KinesisEndpoint = localhost\nKinesisPort = 443", { endpoint: "https://localhost" }],
    ["KinesisPort = 4567", {}],
    ["MaxConnections = 256", { maxInFlightRequests: 256 }],
    ["MaxUserRecordSize = 1048576", {}],
    ["MaxUserRecordSize = 2097152", { maxRecordBytes: 2_097_152 }],
    ["RateLimit = 150", {}],
    ["RateLimit = 50", { shardLimits: { recordsPerSecond: 500, bytesPerSecond: 524_288 } }],
    ["RateLimit = 9223372036854775807", { shardLimits: { recordsPerSecond: 1e12, bytesPerSecond: 1e15 } }],
    ["RecordMaxBufferedTime = 0", { lingerMs: 0 }],
    ["RecordMaxBufferedTime = 3600001", { lingerMs: 3_600_000 }],
    ["RecordTtl = 100", { recordTtlMs: 100 }],
    ["RecordTtl = 604800000", { recordTtlMs: 604_800_000 }],
    ["RecordTtl = 2147483647", { recordTtlMs: Number.POSITIVE_INFINITY }],
    ["Region = eu-west-1", { region: "eu-west-1" }],
    ["Region =", {}],
    ["RequestTimeout = 600000", { requestTimeoutMs: 600_000 }],
    ["RecordDistributionStrategyDefault = AUTO", { recordDistribution: "AUTO" }],
    ["RecordDistributionStrategyDefault = UNSET", {}],
    ["DescribeStreamSummaryIntervalMs = 1", { streamSummaryMaxAgeMs: 1_000 }],
    ["DescribeStreamSummaryIntervalMs = 604800001", { streamSummaryMaxAgeMs: 604_800_000 }],
    ["ConnectTimeout = 300000", { connectTimeoutMs: 300_000 }],
    ["VerifyCertificate = false", { tls: { rejectUnauthorized: false } }],
    ["VerifyCertificate = true", {}],
    ["ProxyHost = proxy.example.com", { proxy: { url: "http://proxy.example.com:443" } }],
    ["ProxyPort = 3128\nProxyHost = proxy", { proxy: { url: "http://proxy:3128" } }],
    ["ProxyPort = 3128\nProxyUserName = alice\nProxyPassword = s3cret", {}],
    ["ProxyHost = proxy\nProxyUserName = alice", { proxy: { url: "http://proxy:443" } }],
    [
      "ProxyHost = proxy\nProxyUserName = alice\nProxyPassword = s3cret",
      { proxy: { url: "http://proxy:443", username: "alice", password: "s3cret" } },
    ],
  ])("%j", (text, options) => {
    const migration = fromKplProperties(text);

    expect(migration.options).toEqual(options);
    // The producer takes what comes out.
    expect(() => new KinesisProducer({ streamName: "clicks", ...migration.options })).not.toThrow();
  });

  it("of aggregation is kept when aggregation is on, in any order of the lines", () => {
    const both = { aggregation: { maxBytes: 2_000, maxCount: 7 } };

    expect(
      fromKplProperties("AggregationMaxCount=7\nAggregationEnabled=true\nAggregationMaxSize=2000").options,
    ).toEqual(both);
    expect(
      fromKplProperties("AggregationEnabled=true\nAggregationMaxSize=2000\nAggregationMaxCount=7").options,
    ).toEqual(both);
  });

  it("of aggregation counts for nothing when aggregation is off", () => {
    expect(fromKplProperties("AggregationMaxCount=7\nAggregationEnabled=false").options).toEqual({
      aggregation: false,
    });
    expect(fromKplProperties("AggregationEnabled=false\nAggregationMaxCount=7").options).toEqual({
      aggregation: false,
    });
  });
});

it("every value that is changed has a note with both numbers", () => {
  const { report } = fromKplProperties("AggregationMaxSize = 10485760\nRecordTtl=9223372036854775807");

  expect(report.mapped.map(({ note }) => note)).toEqual([
    "10485760 is above the maximum of aggregation.maxBytes, 10485759",
    "9223372036854776000 is more than 7 days, which means for ever",
  ]);
});

it("a key that is set twice has its last value, as in Java", () => {
  const { options, report } = fromKplProperties("Region=us-east-1\n\nRegion=eu-west-1\n");

  expect(options).toEqual({ region: "eu-west-1" });
  expect(report.dropped).toEqual([{ key: "Region", value: "us-east-1", line: 1, reason: "line 3 sets it again" }]);
});

it("a password is in the options, and not in the report", () => {
  const { options, report } = fromKplProperties("ProxyHost=proxy\nProxyUserName=alice\nProxyPassword=s3cret");

  expect(JSON.stringify(options)).toContain("s3cret");
  expect(JSON.stringify(report)).not.toContain("s3cret");
});

it("files of certificates are named with the code that reads them", () => {
  const { report } = fromKplProperties("CaCertFile = /etc/ca.pem\nCaCertPath = /etc/certs");

  expect(report.missing.map(({ instead }) => instead)).toEqual([
    'tls: { ca: readFileSync("/etc/ca.pem") }',
    'tls: { ca: [...] } with the contents of the files in "/etc/certs"',
  ]);
});

it("metrics are named with the option of the reporter", () => {
  const { report } = fromKplProperties("MetricsNamespace = Clicks\nMetricsUploadDelay = 1\nMetricsLevel = none");

  expect(report.missing.map(({ instead }) => instead)).toEqual([
    'CloudWatchReporter of kinesis-producer/cloudwatch: namespace: "Clicks"',
    "CloudWatchReporter of kinesis-producer/cloudwatch: intervalMs: 1000",
  ]);
  expect(fates("MetricsLevel = none")).toEqual({ MetricsLevel: "dropped" });
});

it("an unknown key is named with the nearest one of the KPL", () => {
  const { options, report } = fromKplProperties("RecordTTL = 5000\nrecord.ttl = 1\ntoString = 1\nBananas = 1");

  expect(options).toEqual({});
  expect(report.unknown.map(({ key, line, nearest }) => [key, line, nearest])).toEqual([
    ["RecordTTL", 1, "RecordTtl"],
    ["record.ttl", 2, "RecordTtl"],
    ["toString", 3, undefined],
    ["Bananas", 4, undefined],
  ]);
});

describe("a value that cannot be used", () => {
  it.each([
    [
      "MaxUserRecordSize = 1048576;",
      'MaxUserRecordSize must be a whole number from 64 to 10485760, got "1048576;"; remove the semicolon (line 1)',
    ],
    ["\nRecordTtl = 99", 'RecordTtl must be a whole number from 100 to 9223372036854775807, got "99" (line 2)'],
    [
      "RecordTtl = 9223372036854775808",
      'RecordTtl must be a whole number from 100 to 9223372036854775807, got "9223372036854775808" (line 1)',
    ],
    ["MaxConnections = 257", 'MaxConnections must be a whole number from 1 to 256, got "257" (line 1)'],
    [
      "MaxConnections = 24 ",
      'MaxConnections must be a whole number from 1 to 256, got "24 "; remove the blanks at the end (line 1)',
    ],
    ["MaxConnections = 0x10", 'MaxConnections must be a whole number from 1 to 256, got "0x10" (line 1)'],
    ["AggregationEnabled = yes", 'AggregationEnabled must be true or false, got "yes" (line 1)'],
    ["MetricsLevel = all", 'MetricsLevel must be none or summary or detailed, got "all" (line 1)'],
    [
      "MetricsNamespace = AWS/Kinesis",
      'MetricsNamespace must be 1 to 255 characters that do not begin with AWS/, got "AWS/Kinesis" (line 1)',
    ],
    [
      "KinesisEndpoint = https://localhost",
      'KinesisEndpoint must be a host name, without protocol, port and path, got "https://localhost" (line 1)',
    ],
  ])("%j names the key, the limit, the value and the line", (text, message) => {
    const error = problemOf(text);

    expect(error.message).toBe(message);
    expect(error.code).toBe("KP_INVALID_OPTION");
    expect(error.option).toBe(text.trim().split(" ")[0]);
  });

  it("is named together with all others", () => {
    expect(problemOf("RateLimit = 0\nMaxConnections = 0").message).toBe(
      'RateLimit must be a whole number from 1 to 9223372036854775807, got "0" (line 1)\n' +
        'MaxConnections must be a whole number from 1 to 256, got "0" (line 2)',
    );
  });

  it("is no problem when a later line sets the key again", () => {
    expect(fromKplProperties("RateLimit = 0\nRateLimit = 100").options).toEqual({
      shardLimits: { recordsPerSecond: 1_000, bytesPerSecond: 1_048_576 },
    });
  });

  it("may be an escape", () => {
    expect(problemOf("Region = \\uZZZZ").message).toBe(
      '\\u must be followed by 4 hexadecimal digits, got "ZZZZ" (line 1)',
    );
  });

  it("may be no text at all", () => {
    expect(() => fromKplProperties(new Uint8Array() as never)).toThrow("text must be a string, got an object");
  });

  it.each([
    ["ProxyHost = http://alice:s3cret@proxy", "a host name"],
    ["KinesisEndpoint = alice:s3cret@host", "a host name, without protocol, port and path"],
  ])("%j may have a password, and is not shown", (text, wanted) => {
    expect(problemOf(text).message).toBe(
      `${text.split(" ")[0]} must be ${wanted}, got another text (not shown: it may have a password) (line 1)`,
    );
  });
});

it.each(["ProxyPassword", "proxyPassword", "ProxyPasword2", "PROXY_PWD", "SecretKey"])(
  "the report does not show the value of %s",
  (key) => {
    const { report } = fromKplProperties(`ProxyHost = p\nProxyUserName = u\n${key} = s3cret\n${key} = s3cret`);

    expect(JSON.stringify(report)).not.toContain("s3cret");
    expect(JSON.stringify(report)).toContain('"value":"***"');
  },
);

it.each([
  ["a key", "\0".repeat(300_000)],
  ["a number with blanks", `RateLimit=5${" ".repeat(300_000)}x`],
])("%s of megabytes is refused in linear time", (_, text) => {
  const startedAt = performance.now();
  try {
    fromKplProperties(text);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidOptionError);
  }
  // Quadratic time is more than 10 s.
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
