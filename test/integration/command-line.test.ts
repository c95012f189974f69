import { createServer, type Server } from "node:net";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { aggregate } from "../../src/aggregate/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";
import { startCli } from "./cli-process.js";
import { until } from "./local-stream.js";

let built: BuiltPackage;

beforeAll(async () => {
  built = await buildPackage("command-line");
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

describe("deaggregate", () => {
  const [packed] = aggregate(Array.from({ length: 40 }, (_, i) => ({ partitionKey: "a", data: `${i}`.padEnd(1_000) })));
  const record = JSON.stringify({ Data: Buffer.from(packed?.data ?? []).toString("base64"), PartitionKey: "a" });
  /** So many lines, as they are read. */
  const lines = (count: number): Readable =>
    Readable.from(
      (function* () {
        for (let line = 0; line < count; line++) yield `${record}\n`;
      })(),
    );
  /** Prints the largest resident memory at the end, in megabytes. */
  const TELLS_MEMORY =
    "data:text/javascript,process.on('exit',()=>process.stderr.write('resident '+process.resourceUsage().maxRSS/1024))";

  it("of a stream of lines needs memory for one of them", async () => {
    const count = 1_600;
    expect(record.length * count).toBeGreaterThan(80_000_000);
    const { child, ended } = startCli(built, ["deaggregate", "--quiet"], ["--import", TELLS_MEMORY]);
    child.stdout.removeAllListeners("data");
    let records = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      for (const byte of chunk) if (byte === 0x0a) records++;
    });

    lines(count)
      .pipe(createGzip({ level: 1 }))
      .pipe(child.stdin);
    const { code, err } = await ended;

    expect([code, records]).toEqual([0, count * 40]);
    // Read whole, it would need the text, its values and its records: several hundred megabytes.
    expect(Number(/^resident ([\d.]+)$/.exec(err)?.[1])).toBeLessThan(200);
  });

  it("ends quietly when the reader of its output has enough", async () => {
    const { child, ended, out } = startCli(built, ["deaggregate"]);
    lines(5_000).pipe(child.stdin);
    await until(() => out() !== "");

    child.stdout.destroy();

    expect(await ended).toMatchObject({ code: 0, err: "" });
  });

  it("says at Ctrl-C that it has not read everything", async () => {
    const { child, ended, out } = startCli(built, ["deaggregate", "--quiet"]);
    child.stdin.write(`${record}\n`);
    await until(() => out().split("\n").length > 40);

    child.kill("SIGINT");

    expect(await ended).toMatchObject({
      code: 1,
      err: "kinesis-producer deaggregate: interrupted before the end\n",
    });
  });
});

describe("tail", () => {
  /** The endpoint of a server that accepts connections, and never answers. */
  async function silentEndpoint(): Promise<string> {
    const sockets = new Set<{ destroy(): void }>();
    const server: Server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const address = server.address();
    if (typeof address !== "object" || address === null) throw new Error("it does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  it("says that nothing listens at its endpoint, goes on when something does, and ends well at Ctrl-C", async () => {
    const first = await LocalKinesis.start({ streams: { clicks: {} } });
    const { endpoint } = first;
    await first.close();
    const { child, ended, err, out } = startCli(built, ["tail", "--stream", "clicks", "--endpoint", endpoint]);
    await until(() => err().includes("trying again\n"));
    expect(err()).toMatch(
      new RegExp(`^kinesis-producer tail: ${endpoint} does not answer \\(.*ECONNREFUSED.*\\); trying again\n$`),
    );

    const second = await LocalKinesis.start({ streams: { clicks: {} }, port: Number(new URL(endpoint).port) });
    onTestFinished(() => second.close());
    await until(() => err().includes("answers again\n"));
    await until(() => second.requests("GetRecords") > 0);
    const put = { StreamName: "clicks", PartitionKey: "k", Data: Buffer.from("x").toString("base64") };
    await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.PutRecord" },
      body: JSON.stringify(put),
    });
    await until(() => out().includes('"data":"x"'));
    child.kill("SIGINT");

    expect(await ended).toMatchObject({ code: 0, err: expect.stringMatching(/tail: 1 record from 1 shard\n$/) });
  });

  it("says within 5 seconds that its endpoint is silent, and ends at Ctrl-C all the same", async () => {
    const endpoint = await silentEndpoint();
    const startedAt = performance.now();
    const { child, ended, err } = startCli(built, ["tail", "--stream", "clicks", "--endpoint", endpoint, "--quiet"]);

    await until(() => err() !== "");
    const toldAfterMs = performance.now() - startedAt;
    child.kill("SIGINT");

    expect(await ended).toEqual({
      code: 0,
      out: "",
      err: `kinesis-producer tail: ${endpoint} does not answer (no answer); trying again\n`,
    });
    // 4 s, and the start of the process.
    expect(toldAfterMs).toBeGreaterThan(3_900);
    expect(toldAfterMs).toBeLessThan(10_000);
  });
});

it("faults of a running local change from a second process", async () => {
  const local = startCli(built, ["local", "--port", "0", "--stream", "clicks", "--quiet"]);
  await until(() => local.out().endsWith("\n"));
  const endpoint = local.out().trim();
  const put = (...args: string[]): ReturnType<typeof startCli> => {
    const running = startCli(built, [
      "put",
      "--stream",
      "clicks",
      "--lines",
      "--endpoint",
      endpoint,
      "--json",
      ...args,
    ]);
    running.child.stdin.end("a\n");
    return running;
  };

  const added = await startCli(built, [
    "faults",
    "--endpoint",
    endpoint,
    "add",
    "PutRecords error code=AccessDeniedException",
  ]).ended;
  const failing = await put().ended;
  const listed = await startCli(built, ["faults", "--endpoint", endpoint, "--json"]).ended;
  await startCli(built, ["faults", "--endpoint", endpoint, "clear"]).ended;
  const working = await put().ended;

  expect([added.code, failing.code, working.code]).toEqual([0, 1, 0]);
  expect(JSON.parse(failing.out)).toMatchObject({ failedByCode: { AccessDeniedException: 1 } });
  expect(JSON.parse(listed.out)).toMatchObject({ faults: [{ hits: 1 }] });
  local.child.kill("SIGINT");
  expect((await local.ended).code).toBe(0);
});

it("the help of every command to a closed output is no error", async () => {
  const commands = [[], ["local"], ["faults"], ["put"], ["tail"], ["load"], ["deaggregate"]];
  const running = commands.map((command) => startCli(built, [...command, "--help"]));
  for (const { child } of running) child.stdout.destroy();

  for (const { ended } of running) expect(await ended).toMatchObject({ code: 0, err: "" });
});
