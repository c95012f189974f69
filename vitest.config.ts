import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.js";

/**
 * Tests of the producer over sockets that run once for each transport: how records are written, how answers and failed
 * requests are read, connections, time limits, and what keeps a process alive. In these files, tests that no transport
 * can change run only with the default one (`test/integration/of-one-transport.ts`). Every other file also runs only
 * with the default one, including resharding: all transports report the shard of a record in the same way, and
 * `records` checks that each transport reads it.
 */
const OF_EVERY_TRANSPORT: string[] = [
  "faults",
  "life-cycle",
  "process-end",
  "records",
  "standstill",
  "streams-and-clients",
  "trouble",
].map((name) => `test/integration/${name}.test.ts`);

/**
 * One project for each kind of test. Each kind has its own time limit and can run alone: `vitest run --project=unit`.
 */
const KINDS: { name: string; timeoutMs: number; include?: string[]; env?: Record<string, string> }[] = [
  // Pure machines: a test that is slower than this is an endless loop.
  { name: "unit", timeoutMs: 5_000 },
  // Many runs of one property.
  { name: "property", timeoutMs: 60_000 },
  // Against other implementations, over whole corpora.
  { name: "compat", timeoutMs: 60_000 },
  // Over loopback, with their own time limits and retries.
  { name: "integration", timeoutMs: 30_000 },
  { name: "integration-sdk", timeoutMs: 30_000, include: OF_EVERY_TRANSPORT, env: { KP_TRANSPORT: "sdk" } },
  { name: "integration-cbor", timeoutMs: 30_000, include: OF_EVERY_TRANSPORT, env: { KP_TRANSPORT: "cbor" } },
  // Reads the sources and the built package.
  { name: "package", timeoutMs: 30_000 },
  // A day of the game, and the function of docs/lambda-producer.md bundled by other programs.
  { name: "examples", timeoutMs: 120_000 },
  // The page of a load in a headless Chromium; needs one installed.
  { name: "browser", timeoutMs: 60_000 },
  // Real consumers in other languages; needs them installed.
  { name: "interop", timeoutMs: 300_000 },
];

export default defineConfig({
  test: {
    // On two cores the default is one. Half of the integration tests spend most of their time waiting for a time limit, so
    // that three take 4.6 minutes, and two 5.6.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    projects: KINDS.map(({ name, timeoutMs, include = [`test/${name}/**/*.test.ts`], env = {} }) => ({
      test: {
        name,
        include,
        env,
        setupFiles: ["test/support/fixed-seed.ts"],
        environment: "node",
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        unstubEnvs: true,
        restoreMocks: true,
      },
    })),
  },
});
