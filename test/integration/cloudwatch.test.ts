import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { CloudWatch, CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CloudWatchReporter, type MetricDatum, type PutMetricDataInput } from "../../src/cloudwatch/index.js";
import { producerStats, scriptedSource, shardStats, streamStats } from "../support/sample-stats.js";

/** An endpoint that takes PutMetricData, and decodes it as CloudWatch does. */
let server: Server;
let requests: { target: string | undefined; bytes: number; input: PutMetricDataInput }[];
let status: number;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
  const target = request.headers["x-amz-target"];
  requests.push({
    target: String(target),
    bytes: text.length,
    input: JSON.parse(text.toString()) as PutMetricDataInput,
  });
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
  response.end(status === 200 ? "{}" : '{"__type":"com.amazonaws.cloudwatch#InternalServiceFault","message":"no"}');
}

beforeEach(async () => {
  requests = [];
  status = 200;
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function configuration(): ConstructorParameters<typeof CloudWatch>[0] & object {
  const { port } = server.address() as AddressInfo;
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return { region: "us-east-1", endpoint: `http://127.0.0.1:${port}`, credentials, maxAttempts: 1 };
}

function of(name: string, stream: string): MetricDatum | undefined {
  return requests[0]?.input.MetricData.find(
    ({ MetricName, Dimensions }) => MetricName === name && Dimensions.length === 1 && Dimensions[0]?.Value === stream,
  );
}

describe("the reporter with the SDK's client for CloudWatch", () => {
  it("sends what PutMetricData takes", async () => {
    const client = new CloudWatch(configuration());
    const reporter = new CloudWatchReporter({ producer: scriptedSource(), client });

    const report = await reporter.flush();
    await reporter.close();

    expect(requests[0]?.target).toBe("GraniteServiceVersion20100801.PutMetricData");
    expect(requests[0]?.input.Namespace).toBe("KinesisProducerLibrary");
    expect(requests[0]?.input.MetricData).toHaveLength(report.sent);
    expect(of("UserRecordsPut", "clicks")).toEqual({
      MetricName: "UserRecordsPut",
      Unit: "Count",
      Dimensions: [{ Name: "StreamName", Value: "clicks" }],
      StatisticValues: { SampleCount: 86, Sum: 80, Minimum: 0, Maximum: 1 },
    });
    expect(of("BufferingTime", "clicks")).toMatchObject({ Values: [20, 60], Counts: [1, 2] });
    client.destroy();
  });

  it("takes a bare client and its command, and keeps each call within 1,000 metrics and 1 MB", async () => {
    const client = new CloudWatchClient(configuration());
    const shards = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`shard-${index}`, shardStats()]));
    const streams = { a: streamStats({ shards }), b: streamStats({ shards }) };
    const reporter = new CloudWatchReporter({
      producer: scriptedSource(producerStats({ streams })),
      client: { putMetricData: (input, options) => client.send(new PutMetricDataCommand(input), options) },
    });

    const report = await reporter.flush();
    await reporter.close();

    const sizes = requests.map(({ input }) => input.MetricData.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
    expect(sizes.slice(0, -1).reduce((a, b) => a + b)).toBe(report.sent);
    expect(Math.max(...requests.map(({ bytes }) => bytes))).toBeLessThan(1_000_000);
    client.destroy();
  });

  it("keeps the values when the service fails", async () => {
    const client = new CloudWatch(configuration());
    const lines: string[] = [];
    const reporter = new CloudWatchReporter({
      producer: scriptedSource(),
      client,
      level: "summary",
      logger: { warn: (_fields, message) => void lines.push(message) },
    });
    status = 500;
    const failed = await reporter.flush();
    status = 200;

    const sent = await reporter.flush();
    await reporter.close();

    expect(failed.sent).toBe(0);
    expect(sent).toEqual({ sent: failed.failed, failed: 0 });
    expect(requests[1]?.input).toEqual(requests[0]?.input);
    expect(lines).toHaveLength(1);
    client.destroy();
  });
});
