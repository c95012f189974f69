import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const INSTALLED: string = fileURLToPath(new URL("../../../build/interop/lambda", import.meta.url));

/** A function in AWS's runtime for Node.js, behind AWS's runtime-interface emulator. */
export interface EmulatedFunction {
  /** Of the Invoke API. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a function.
 *
 * @param folder - of the function; an old one is removed
 * @param code - of its module; its export is `handler`
 */
export async function startFunction(folder: string, code: string): Promise<EmulatedFunction> {
  const emulator = join(INSTALLED, "aws-lambda-rie");
  if (!existsSync(emulator)) throw new Error(`${emulator} is not there: \`npm run test:interop\` installs it`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.mjs"), code);
  const [invoke, api] = [await freePort(), await freePort()];
  const addresses = ["--runtime-interface-emulator-address", `127.0.0.1:${invoke}`, "--runtime-api-address"];
  const runtime = join(INSTALLED, "node_modules/aws-lambda-ric/index.mjs");
  const args = [...addresses, `127.0.0.1:${api}`, process.execPath, runtime, "index.handler"];
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    LAMBDA_TASK_ROOT: folder,
    AWS_LAMBDA_FUNCTION_NAME: "clicks",
    AWS_LAMBDA_FUNCTION_TIMEOUT: "10",
    AWS_REGION: "us-east-1",
  };
  // In its own process group: the runtime is a child of the emulator.
  const child = spawn(emulator, args, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      log += chunk;
    });
  }
  await untilOpen(invoke, child, () => log);
  return {
    url: `http://127.0.0.1:${invoke}/2015-03-31/functions/function/invocations`,
    stop: async () => {
      if (child.exitCode !== null || child.pid === undefined) return;
      const ended = once(child, "close");
      process.kill(-child.pid, "SIGKILL");
      await ended;
    },
  };
}

async function untilOpen(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    // Any answer says that it listens; this one invokes nothing.
    const isOpen = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`the emulator does not listen: ${log()}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
