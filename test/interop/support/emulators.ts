/**
 * The servers that answer the battery.
 *
 * @module
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalKinesis } from "../../../src/testing/index.js";
import { npmPackage } from "./installed.js";

/** A running server. */
export interface RunningKinesis {
  readonly url: string;
  stop(): Promise<void>;
}

async function startLocalKinesis(): Promise<RunningKinesis> {
  // Without limits on rates of calls: the battery calls faster.
  const kinesis = await LocalKinesis.start({ limits: { write: { model: "burst" }, read: true, calls: false } });
  return { url: kinesis.endpoint, stop: () => kinesis.close() };
}

/** npm kinesalite, in this process. */
async function startKinesalite(): Promise<RunningKinesis> {
  const kinesalite = createRequire(import.meta.url)(npmPackage("emulators", "kinesalite"));
  const server = kinesalite({ createStreamMs: 5, deleteStreamMs: 5, updateStreamMs: 50, shardLimit: 100 });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** npm kinesis-local, in a separate process. It listens on all interfaces, without an option for that. */
async function startKinesisLocal(): Promise<RunningKinesis> {
  const [plain, tls] = await freePorts();
  const folder = npmPackage("emulators", "kinesis-local");
  const child = spawn(process.execPath, ["main.js"], {
    cwd: folder,
    stdio: "ignore",
    env: {
      KINESIS_MOCK_PLAIN_PORT: String(plain),
      KINESIS_MOCK_TLS_PORT: String(tls),
      KINESIS_MOCK_CERT_PATH: `${folder}/server.json`,
      LOG_LEVEL: "ERROR",
      SHARD_LIMIT: "100",
      CREATE_STREAM_DURATION: "10ms",
      DELETE_STREAM_DURATION: "10ms",
      SPLIT_SHARD_DURATION: "50ms",
      MERGE_SHARDS_DURATION: "50ms",
      UPDATE_SHARD_COUNT_DURATION: "50ms",
    },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  // When it is asked to end, it waits for idle connections.
  const stop = (): Promise<void> => {
    child.kill("SIGKILL");
    return ended;
  };
  const url = `http://127.0.0.1:${plain}`;
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    const isReady = await fetch(`${url}/healthcheck`).then(
      (response) => response.status === 200,
      () => false,
    );
    if (isReady) return { url, stop };
    await sleep(100);
  }
  await stop();
  throw new Error(`kinesis-local did not become ready: exit code ${child.exitCode}`);
}

/** Two free ports. */
async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ports.push((server.address() as AddressInfo).port);
  }
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

/** Each server by its name. */
export const SERVERS: Readonly<Record<string, () => Promise<RunningKinesis>>> = {
  LocalKinesis: startLocalKinesis,
  kinesalite: startKinesalite,
  "kinesis-local": startKinesisLocal,
};
