import { defineConfig } from "vitest/config";

/**
 * Tests of the producer over sockets that run once for each transport: how records are written, what is read from answers and
 * from requests that failed, connections, time limits, what holds a process. Tests beside them of what no transport changes run
 * with the default one alone (`test/integration/of-one-transport.ts`); so does every other file, resharding included: which shard
 * took a record is told to all alike, and `records` sees that each transport reads it.
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

/** One project a kind of test, so that each has the time it may take and can be run alone: `vitest run --project=unit`. */
const KINDS: { name: string; timeoutMs: number; include?: string[]; env?: Record<string, string> }[] = [
  // Pure machines: slower than this is a loop that does not end.
  { name: "unit", timeoutMs: 5_000 },
  // Many runs of one property.
  { name: "property", timeoutMs: 60_000 },
  // Against other implementations, over whole corpora.
  { name: "compat", timeoutMs: 60_000 },
  // Over loopback, with time-outs and retries of their own inside.
  { name: "integration", timeoutMs: 30_000 },
  { name: "integration-sdk", timeoutMs: 30_000, include: OF_EVERY_TRANSPORT, env: { KP_TRANSPORT: "sdk" } },
  { name: "integration-cbor", timeoutMs: 30_000, include: OF_EVERY_TRANSPORT, env: { KP_TRANSPORT: "cbor" } },
  // Reads the sources and the built package.
  { name: "package", timeoutMs: 30_000 },
  // Real consumers in other languages; needs them installed.
  { name: "interop", timeoutMs: 300_000 },
];

export default defineConfig({
  test: {
    // On two cores the default is one; half of the integration tests wait for a time limit most of the time.
    maxWorkers: 2,
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
