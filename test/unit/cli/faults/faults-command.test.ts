import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { LocalKinesis, type LocalKinesisOptions } from "../../../../src/testing/index.js";
import { RecordedTerminal, type Run, runLine } from "../recorded-terminal.js";

async function start(options: LocalKinesisOptions = {}): Promise<LocalKinesis> {
  const kinesis = await LocalKinesis.start(options);
  onTestFinished(() => kinesis.close());
  return kinesis;
}

function faults(endpoint: string, ...args: string[]): Promise<Run> {
  return runLine(["faults", "--endpoint", endpoint, ...args], new RecordedTerminal());
}

it("changes the faults of a Kinesis that runs, and prints them", async () => {
  const kinesis = await start({ faults: ["latency ms=1"] });
  const { endpoint } = kinesis;

  expect(await faults(endpoint)).toEqual({ status: 0, out: "latency ms=1  struck 0 times", err: "" });
  expect((await faults(endpoint, "add", "PutRecords throttle p=0.3 times=1")).out.split("\n")).toEqual([
    "latency ms=1                       struck 0 times",
    "PutRecords throttle p=0.3 times=1  struck 0 times",
  ]);
  expect(JSON.parse((await faults(endpoint, "--json", "set", "hang", "ListShards throttle")).out)).toEqual({
    endpoint,
    faults: [
      { fault: "hang", hits: 0, isSpent: false },
      { fault: "ListShards throttle", hits: 0, isSpent: false },
    ],
  });
  // Its own calls do not hang, and are not counted.
  expect(kinesis.requests()).toBe(0);
  expect(await faults(endpoint, "--quiet", "clear")).toEqual({ status: 0, out: "", err: "" });
  expect(kinesis.faults.isEmpty).toBe(true);
  expect((await faults(endpoint, "list")).out).toBe("no faults");
});

it("trusts the certificate of a Kinesis with TLS", async () => {
  const kinesis = await start({ tls: true });
  const folder = mkdtempSync(join(tmpdir(), "faults-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const certificate = join(folder, "certificate.pem");
  writeFileSync(certificate, kinesis.certificate ?? "");

  expect(await faults(kinesis.endpoint, "--tls-cert", certificate, "add", "hang")).toMatchObject({ status: 0 });
  expect(await faults(kinesis.endpoint)).toMatchObject({
    status: 1,
    err: expect.stringContaining("does not answer: "),
  });
});

it("says that something else listens there, or nothing", async () => {
  const server = createServer((_, response) => response.writeHead(404).end("no"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const other = await faults(endpoint);
  await new Promise((resolve) => server.close(resolve));
  const nothing = await faults(endpoint);

  expect(other).toMatchObject({
    status: 1,
    err: `kinesis-producer faults: ${endpoint} is not a local Kinesis of this version: it answered with HTTP 404`,
  });
  expect(nothing).toMatchObject({ status: 1, err: expect.stringContaining("does not answer: connect ECONNREFUSED") });
});

it.each<[string[], string]>([
  [["lst"], 'no action "lst"; did you mean list?'],
  [["add"], 'add needs a fault: add "PutRecords throttle"'],
  [["clear", "hang"], 'clear takes no fault, got "hang"'],
  [["add", "PutRecords", "throttle"], '"PutRecords": no fault ""'],
  [["set", "explode"], '"explode": no fault "explode"'],
  [["--json", "--quiet"], "--json and --quiet exclude each other"],
])("refuses %j with status 2", async (args, message) => {
  const { status, err } = await faults("http://127.0.0.1:1", ...args);

  expect(status).toBe(2);
  expect(err).toContain(message);
});
