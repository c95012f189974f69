import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { LOCAL_OPTIONS, readLocalOptions } from "../../../../src/cli/local/local-options.js";
import { readOptions } from "../../../../src/cli/option-table.js";
import { KinesisEndpoint } from "../../../support/kinesis-endpoint.js";
import { RecordedTerminal, runLine } from "../recorded-terminal.js";

const read = (...args: string[]): ReturnType<typeof readLocalOptions> =>
  readLocalOptions(readOptions(args, LOCAL_OPTIONS));

it("starts without an option as LocalKinesis does, at the port that everybody knows", () => {
  expect(read()).toEqual({ streams: {}, port: 4567, limits: false, faults: [], timing: {} });
});

it("hands every option on", () => {
  const args =
    "--stream a --stream b:2 --stream c:on-demand --stream d:8:auto --port 0 --data-dir /d --region eu-west-1".split(
      " ",
    );
  const more =
    "--account 123456789012 --seed 7 --create-ms 1 --delete-ms 2 --reshard-ms 3 --update-ms 4 --stale-list-ms 5".split(
      " ",
    );

  expect(
    read(...args, ...more, "--limits", "--records", "keep", "--fault", "throttle p=0.1", "--fault", "latency ms=5"),
  ).toEqual({
    streams: {
      a: {},
      b: { shards: 2 },
      c: { mode: "ON_DEMAND" },
      d: { shards: 8, mode: "ON_DEMAND", recordDistribution: "AUTO" },
    },
    port: 0,
    dataDir: "/d",
    region: "eu-west-1",
    accountId: "123456789012",
    seed: 7,
    timing: { createMs: 1, deleteMs: 2, reshardMs: 3, updateMs: 4, staleListMs: 5 },
    limits: true,
    records: "keep",
    faults: ["throttle p=0.1", "latency ms=5"],
  });
});

it("takes single limits, and the service's numbers for the others", () => {
  const limits = ["write=burst", "write.recordsPerSecond=100", "read=off", "calls.ListShards=50", "calls.PutRecords=5"];

  expect(read("--limits", ...limits.flatMap((limit) => ["--limit", limit])).limits).toEqual({
    write: { model: "burst", recordsPerSecond: 100 },
    read: false,
    calls: { ListShards: 50, PutRecords: 5 },
  });
  expect(read("--limit", "read.bytesPerSecond=1e6", "--limit", "calls=off", "--limit", "write=off").limits).toEqual({
    write: false,
    read: { bytesPerSecond: 1_000_000 },
    calls: false,
  });
});

it("tells how to reach it, serves until Ctrl-C, and sums up", async () => {
  const terminal = new RecordedTerminal();
  const greeting = terminal.next();
  const running = runLine(
    [
      "local",
      "--stream",
      "clicks:2",
      "--port",
      "0",
      "--fault",
      "PutRecords throttle-entry key=hot",
      "--fault",
      "ListShards throttle",
    ],
    terminal,
  );
  const [endpoint = ""] = /http:\/\/127\.0\.0\.1:\d+/.exec(await greeting) ?? [];
  const kinesis = new KinesisEndpoint(endpoint);
  await kinesis.must("PutRecords", {
    StreamName: "clicks",
    Records: ["hot", "a", "b"].map((PartitionKey) => ({ PartitionKey, Data: "eHl6" })),
  });
  await kinesis.call("ListShards", { StreamName: "clicks" });
  await kinesis.must("CreateStream", { StreamName: "views", ShardCount: 1 });

  terminal.interrupt();
  const { status, err } = await running;

  expect([status, err]).toEqual([0, ""]);
  const [told = "", summary] = terminal.printed;
  expect(told).toContain("  clicks: 2 open shards\n");
  for (const client of [
    `aws --endpoint-url ${endpoint} kinesis`,
    `boto3.client("kinesis", endpoint_url="${endpoint}")`,
    `new KinesisClient({ endpoint: "${endpoint}", region: "us-east-1"`,
    `endpointOverride(URI.create("${endpoint}"))`,
    `new KinesisProducer({ streamName: "clicks", endpoint: "${endpoint}"`,
    `kinesis-producer put --stream clicks --endpoint ${endpoint}`,
    "Records are lost when it ends",
  ]) {
    expect(told).toContain(client);
  }
  expect(summary).toMatch(
    /^Ended\. Streams:\n {2}clicks: 2 open shards, 2 records, 6 bytes\n {2}views: 1 open shard\ncalls: CreateStream 1, ListShards 1, PutRecords 1\nthrottled: 1 record, 1 call\nconnections: \d+$/,
  );
  await expect(fetch(endpoint)).rejects.toThrow();
});

it("speaks JSON, and keeps quiet", async () => {
  const json = await runLine(["local", "--port=0", "--stream=clicks:3", "--json"]);
  const quiet = await runLine(["local", "--port=0", "--quiet"]);

  const [start, end] = json.out.split("\n").map((line) => JSON.parse(line));
  const streams = [{ name: "clicks", openShards: 3, records: 0, bytes: 0 }];
  expect(start).toEqual({ endpoint: expect.stringMatching(/^http:/), region: "us-east-1", streams });
  expect(end).toEqual({ streams, calls: {}, throttled: { records: 0, calls: 0 }, connections: 0 });
  expect(quiet.out).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

it("says that a port is in use", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;

  expect(await runLine(["local", "--port", String(port)])).toEqual({
    status: 1,
    out: "",
    err: `kinesis-producer local: port ${port} is in use: choose another with --port, or any free port with --port 0`,
  });
});

it("says what is wrong with a data directory or a certificate", async () => {
  const folder = mkdtempSync(join(tmpdir(), "local-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "letter.txt"), "");
  writeFileSync(join(folder, "bad.pem"), "-----BEGIN NOTHING-----\n");

  const foreign = await runLine(["local", "--port", "0", "--data-dir", folder]);
  const file = await runLine(["local", "--port", "0", "--data-dir", join(folder, "letter.txt")]);
  const pem = join(folder, "bad.pem");
  const tls = await runLine(["local", "--port", "0", "--tls-key", pem, "--tls-cert", pem]);

  expect([foreign.status, file.status, tls.status]).toEqual([1, 1, 1]);
  expect(foreign.err).toContain("it is no data directory");
  expect(file.err).toContain("--data-dir cannot be used: EEXIST");
  expect(tls.err).toContain("--tls-key and --tls-cert are not a key and its certificate: ");
});

it("makes a certificate for TLS and leaves it where clients find it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "local-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "local.pem");

  const own = await runLine(["local", "--port", "0", "--tls", file]);
  const both = await runLine(["local", "--port", "0", "--tls", file, "--tls-key", file, "--tls-cert", file]);
  const nowhere = await runLine(["local", "--port", "0", "--tls", join(folder, "no", "local.pem")]);

  expect(own.status).toBe(0);
  expect(own.out).toContain("https://127.0.0.1:");
  expect(own.out).toContain(`NODE_EXTRA_CA_CERTS=${file}`);
  expect(new X509Certificate(readFileSync(file)).subjectAltName).toContain("DNS:localhost");
  expect([both.status, nowhere.status]).toEqual([2, 1]);
  expect(both.err).toContain("use only one of them");
  expect(nowhere.err).toContain("--tls cannot be written: ");
});
