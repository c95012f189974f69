import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { LocalKinesis } from "../../src/testing/index.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

it("the program says nothing before its own first line: not the SDK's warning about Node.js 20 either", async () => {
  const local = await LocalKinesis.start({ streams: { clicks: { shards: 1 } } });
  await mkdir(join(ROOT, "build"), { recursive: true });
  // Below the root, where the packages are.
  const folder = await mkdtemp(join(ROOT, "build/quiet-"));
  try {
    const program = join(folder, "main.mjs");
    const entry = { entryPoints: [join(ROOT, "src/cli/main.ts")], outfile: program, bundle: true, write: true };
    await build({ ...entry, platform: "node", format: "esm", external: ["@aws-sdk/*", "@smithy/*"] });
    const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...environment } = process.env;
    const keys = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_REGION: "us-east-1" };
    const args = ["put", "--stream", "clicks", "--endpoint", local.endpoint, "--lines"];
    const child = spawn(process.execPath, [program, ...args], { env: { ...environment, ...keys } });
    child.stdin.end("one line\n");

    const [errors] = await Promise.all([text(child.stderr), text(child.stdout), once(child, "close")]);

    expect(errors).toMatch(/^1 record /);
  } finally {
    await local.close();
    await rm(folder, { recursive: true });
  }
});
