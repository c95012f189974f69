import { edit } from "./mutant.mjs";

/**
 * Credentials, calls for thousands of streams, standstills.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_SERVICE_TROUBLE = [
  {
    name: "credentials that are refused are final",
    edits: [
      edit(
        "core/failure-class.ts",
        '["UnrecognizedClientException", "credentials"]',
        '["UnrecognizedClientException", "fatal"]',
      ),
    ],
    caughtBy: "test/unit/pipeline/retries.test.ts",
  },
  {
    name: "credentials that are refused end the reading of a stream",
    edits: [edit("reader/read-failure.ts", 'credentials: "transient"', 'credentials: "fatal"')],
    caughtBy: "test/unit/reader/backoff.test.ts",
  },
  {
    name: "a refusal of earlier credentials has the new ones asked for again",
    edits: [
      edit(
        "edge/shared-credentials.ts",
        "if (used !== undefined && used === this.#held && !this.#isRefused) {",
        "if (used !== undefined && !this.#isRefused) {",
      ),
    ],
    caughtBy: "test/unit/edge/shared-credentials.test.ts",
  },
  {
    name: "a provider that hangs is waited for without end",
    edits: [
      edit(
        "edge/shared-credentials.ts",
        "clock.setTimer(limitMs, () => {",
        "clock.setTimer(Number.POSITIVE_INFINITY, () => {",
      ),
    ],
    caughtBy: "test/unit/edge/shared-credentials.test.ts",
  },
  {
    name: "a provider is asked without a pause",
    edits: [
      edit(
        "edge/shared-credentials.ts",
        "this.#notBefore = now + backoffMs(CREDENTIALS_BACKOFF, this.#failures, this.#parts.random);",
        "this.#notBefore = now;",
      ),
    ],
    caughtBy: "test/unit/edge/shared-credentials.test.ts",
  },
  {
    name: "the SDK's chain is asked again behind the call that hangs",
    edits: [edit("edge/client-credentials.ts", "if (unanswered > 0) chain = undefined;", "")],
    caughtBy: "test/unit/edge/client-credentials.test.ts",
  },
  {
    name: "calls for shard maps go without a pace",
    edits: [
      edit(
        "pipeline/call-queue.ts",
        "return this.#inFlight < this.#atOnce && this.#bucket.covers(1, now);",
        "return this.#inFlight < this.#atOnce;",
      ),
    ],
    caughtBy: "test/unit/pipeline/call-queue.test.ts",
  },
  {
    name: "a map that comes after the bound waits for a summary that hangs",
    edits: [edit("pipeline/stream/stream-facts.ts", 'if (this.#stage === "decided" || (', "if ((")],
    caughtBy: "test/unit/pipeline/stream/stream-facts.test.ts",
  },
  {
    name: "a stream waits for a turn that comes after the bound",
    edits: [
      edit(
        "pipeline/stream/stream-facts.ts",
        "return turns.listingAt > this.#boundAt ? this.decideWithout(turns) : {};",
        "return {};",
      ),
    ],
    caughtBy: "test/unit/pipeline/many-streams.test.ts",
  },
  {
    name: "a drain forgets callers that wait for room",
    edits: [edit("pipeline/pipeline.ts", "    if (admission.waiting > 0) this.#agenda.wake(stream);\n", "")],
    caughtBy: "test/unit/pipeline/back-pressure.test.ts",
  },
  {
    name: "a standstill counts up to the moment of the timer that was late",
    edits: [
      edit(
        "edge/system-clock.ts",
        "Math.max(lastAskedAt, Math.min(dueAt, lastAskedAt + RUN_ON_MS))",
        "Math.max(lastAskedAt, dueAt)",
      ),
    ],
    caughtBy: "test/unit/edge/system-clock.test.ts",
  },
];
