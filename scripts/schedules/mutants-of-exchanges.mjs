import { edit } from "./mutant.mjs";

/**
 * The phase of a failed request, and dead connections.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_EXCHANGES = [
  {
    name: "the error's name decides what may be stored, not the phase",
    edits: [
      edit(
        "edge/sdk-failure.ts",
        "const mayHaveLeft = exchange === undefined ? !isNeverSent(details) : exchange.hasLeft;",
        "const mayHaveLeft = !isNeverSent(details);",
      ),
    ],
    caughtBy: "test/unit/edge/exchange-phases.test.ts",
  },
  {
    name: "a request counts as sent before the TLS handshake is done",
    edits: [edit("edge/exchange-progress.ts", 'isSecure ? "secureConnect" : "connect"', '"connect"')],
    caughtBy: "test/unit/edge/exchange-phases.test.ts",
  },
  {
    name: "the time limit does not say how far the request had come",
    edits: [edit("edge/time-limit.ts", "controller.abort(error);", "controller.abort();")],
    caughtBy: "test/unit/edge/exchange-phases.test.ts",
  },
  {
    name: "a time limit over a dead connection settles before the idle ones are closed",
    edits: [
      edit(
        "edge/http-exchange.ts",
        "    fail(error);\n    sent.destroy(error);",
        "    queueMicrotask(() => { fail(error); sent.destroy(error); });",
      ),
    ],
    caughtBy: "test/unit/edge/http-exchange.test.ts",
  },
  {
    name: "a connection that was made runs out of time",
    edits: [edit("edge/limited-agents.ts", "  socket.once(whenMade, stop);\n", "")],
    caughtBy: "test/unit/edge/limited-agents.test.ts",
  },
  {
    name: "the error of a certificate has no advice",
    edits: [
      edit(
        "edge/certificate-failure.ts",
        "if (advice !== undefined) error.message",
        'if (advice === "") error.message',
      ),
    ],
    caughtBy: "test/unit/edge/certificate-failure.test.ts",
  },
  {
    name: "other steps of the network count as before a connection",
    edits: [
      edit(
        "edge/sdk-failure.ts",
        'new Set(["connect", "getaddrinfo"])',
        'new Set(["connect", "getaddrinfo", "write"])',
      ),
    ],
    caughtBy: "test/unit/edge/sdk-failure-steps.test.ts",
  },
  {
    name: "idle connections are kept when one has died",
    edits: [edit("edge/http-exchange.ts", "      if (isStale) closeIdle(agent);\n", "")],
    caughtBy: "test/unit/edge/http-exchange.test.ts",
  },
  {
    name: "a change of protocol leaves its request pending",
    edits: [
      edit("edge/http-exchange.ts", 'sent.once("upgrade"', 'sent.once("upgraded"'),
      edit("edge/http-exchange.ts", "if (!hasBegun) fail(unreadable(", "if (sent.aborted) fail(unreadable("),
    ],
    caughtBy: "test/unit/edge/http-exchange.test.ts",
  },
  {
    name: "an answer without an end is read without an end",
    edits: [edit("edge/http-exchange.ts", "if (bytes <= MAX_ANSWER_BYTES) return;", "if (bytes > 0) return;")],
    caughtBy: "test/unit/edge/http-exchange.test.ts",
  },
  {
    name: "a request that was answered early keeps its connection for good",
    edits: [edit("edge/http-exchange.ts", "    if (!isSent) sent.destroy();\n", "")],
    caughtBy: "test/unit/edge/http-exchange.test.ts",
  },
  {
    name: "a connection that died while idle pauses the stream",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        "failure.isStaleConnection === true &&",
        "failure.isStaleConnection === undefined &&",
      ),
    ],
    caughtBy: "test/unit/pipeline/stale-connection.test.ts",
  },
  {
    name: "records that are cut off go round without a pause",
    edits: [edit("pipeline/stream/answers.ts", " && !live.some(({ record }) => record.history.wentAtOnce)", "")],
    caughtBy: "test/unit/pipeline/stale-connection.test.ts",
  },
  {
    name: "the parser's name stands for the service's code",
    edits: [
      edit(
        "core/failure-class.ts",
        "return statusCode >= 300 ? codeOfStatus(statusCode) : undefined;",
        "return statusCode >= 300 ? error.name : undefined;",
      ),
    ],
    caughtBy: "test/unit/edge/sdk-failure.test.ts",
  },
  {
    name: "a proxy's refusal is taken for the service's",
    edits: [
      edit(
        "core/failure-class.ts",
        'return code === codeOfStatus(statusCode) ? "transient" : "fatal";',
        'return "fatal";',
      ),
    ],
    caughtBy: "test/unit/core/failure-class.test.ts",
  },
];
