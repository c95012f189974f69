import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readmePrograms } from "../../scripts/readme-programs.mjs";
import type { ProducerHealth } from "../../src/index.js";
import { LocalKinesis } from "../../src/testing/index.js";
import { BUILD_TIMEOUT_MS, type BuiltPackage, buildPackage } from "./built-package.js";
import { STREAM } from "./local-stream.js";

let built: BuiltPackage;
let kinesis: LocalKinesis;
let service: ChildProcess;

beforeAll(async () => {
  built = await buildPackage("health-probe");
}, BUILD_TIMEOUT_MS);

afterAll(() => built[Symbol.dispose]());

afterEach(async () => {
  service.kill("SIGKILL");
  await kinesis.close();
});

/** Starts the documented service on a free port; returns its address. */
async function startService(): Promise<string> {
  const source = readmePrograms(readFileSync("docs/health.md", "utf8")).get("readiness-probe") as string;
  const index = pathToFileURL(join(built.folder, "index.js")).href;
  const program = join(built.folder, "service.mjs");
  writeFileSync(program, source.replace('from "kinesis-producer"', `from ${JSON.stringify(index)}`));
  const env = {
    ...process.env,
    NODE_NO_WARNINGS: "1",
    PORT: "0",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL_KINESIS: kinesis.endpoint,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  service = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: service.stdout as NodeJS.ReadableStream });
  const [line] = (await once(lines, "line")) as [string];
  return `http://127.0.0.1:${/^listening on (\d+)$/.exec(line)?.[1]}`;
}

async function probe(address: string): Promise<{ statusCode: number; health: ProducerHealth }> {
  const response = await fetch(`${address}/ready`);
  return { statusCode: response.status, health: (await response.json()) as ProducerHealth };
}

async function post(address: string): Promise<number> {
  const response = await fetch(`${address}/event`, { method: "POST", body: "event" });
  await response.arrayBuffer();
  return response.status;
}

describe("the readiness probe of docs/health.md", () => {
  it("follows a stream that is refused, and works again", async () => {
    kinesis = await LocalKinesis.start({ streams: { [STREAM]: { shards: 1 } } });
    const address = await startService();

    const unused = await probe(address);
    const taken = await post(address);
    const used = await probe(address);
    const stop = kinesis.control("PutRecords", () => ({
      kind: "error",
      code: "AccessDeniedException",
      message: "not authorized to perform: kinesis:PutRecords",
    }));
    const refused = await post(address);
    const down = await probe(address);
    stop();
    const takenAgain = await post(address);
    const after = await probe(address);

    expect([unused.statusCode, unused.health]).toEqual([200, { status: "ok", streams: {} }]);
    expect([taken, used.statusCode, used.health.streams[STREAM]?.status]).toEqual([200, 200, "ok"]);
    expect([refused, down.statusCode]).toEqual([503, 503]);
    expect(down.health.streams[STREAM]).toMatchObject({
      status: "down",
      reason: expect.stringContaining("cannot send: AccessDeniedException: not authorized"),
      lastError: { code: "AccessDeniedException" },
    });
    // A record was lost less than a minute ago.
    expect([takenAgain, after.statusCode, after.health.status]).toEqual([200, 200, "degraded"]);
    expect(after.health.streams[STREAM]?.reason).toBe("records failed for good in the last minute");
  });

  it("is down for a stream that does not exist", async () => {
    kinesis = await LocalKinesis.start({ streams: { other: { shards: 1 } } });
    const address = await startService();

    const refused = await post(address);
    const { statusCode, health } = await probe(address);

    expect([refused, statusCode]).toEqual([503, 503]);
    expect(health.streams[STREAM]?.lastError?.code).toBe("ResourceNotFoundException");
  });
});
