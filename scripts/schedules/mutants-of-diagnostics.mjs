import { edit } from "./mutant.mjs";

const CHANNELS = "test/unit/pipeline/diagnostics.test.ts";
const REQUESTS = "test/unit/edge/channel-diagnostics.test.ts";
const CONTEXTS = "test/unit/core/record/trace-contexts.test.ts";
const TAGS = "test/unit/pipeline/propagated-tags.test.ts";
const PROPAGATE = "test/unit/pipeline/propagate.test.ts";
const AROUND = "test/unit/lambda/around.test.ts";
const SPANS = "test/unit/otel/tracing/trace-producers.test.ts";
const PROCESSING = "test/unit/otel/tracing/processing.test.ts";

/**
 * Subscribers and hooks: code of the application that sees requests and records, and must not harm them.
 *
 * @type {readonly import("./mutant.mjs").Mutant[]}
 */
export const MUTANTS_OF_DIAGNOSTICS = [
  {
    name: "a wrapper that does not send keeps the wrappers of others out",
    edits: [edit("edge/put-records-context.ts", "    callOnce();\n  };\n}", "  };\n}")],
    caughtBy: REQUESTS,
  },
  {
    name: "a request is sent again for a wrapper that calls twice",
    edits: [edit("edge/put-records-context.ts", "    if (isCalled) return;\n", "")],
    caughtBy: REQUESTS,
  },
  {
    name: "a store that throws takes the request with it",
    edits: [
      edit("edge/channel-diagnostics.ts", "      throwLater(error);\n      return sendOnce();", "      throw error;"),
    ],
    caughtBy: REQUESTS,
  },
  {
    name: "a request that failed has a message with a result",
    edits: [edit("edge/channel-diagnostics.ts", '  if (answer.kind === "failed") throw new Failed(answer);\n', "")],
    caughtBy: REQUESTS,
  },
  {
    name: "the answer goes on before the messages about it",
    edits: [
      edit(
        "edge/channel-diagnostics.ts",
        "return traced.then(sendOnce, sendOnce);",
        "traced.catch(() => undefined);\n      return sendOnce();",
      ),
    ],
    caughtBy: REQUESTS,
  },
  {
    name: "a message is published in the middle of a decision",
    edits: [
      edit(
        "pipeline/announcer.ts",
        "teller.push(new CallTelling(clock, (told) => diagnostics.publish(event, told), message));",
        "new CallTelling(clock, (told: typeof message) => diagnostics.publish(event, told), message).tell();\n    void teller;",
      ),
    ],
    caughtBy: CHANNELS,
  },
  {
    name: "a record that is refused at once is published from within the call",
    edits: [
      edit(
        "pipeline/entry/intake.ts",
        "this.#later((told) => publishFailure(diagnostics, told), error);",
        "publishFailure(diagnostics, error);",
      ),
    ],
    caughtBy: CHANNELS,
  },
  {
    name: "records that are refused at once have no message",
    edits: [
      edit(
        "pipeline/settlement/failed-telling.ts",
        "  publishFailure(diagnostics, error);\n}",
        "  if (error.attempts.length > 0 && !isSettler(settler)) publishFailure(diagnostics, error);\n}",
      ),
    ],
    caughtBy: CHANNELS,
  },
  {
    name: "the same routing is published again",
    edits: [
      edit(
        "pipeline/stream/stream-news.ts",
        "if (routing === this.#announced.routing && map === this.#announced.map) return;",
        "if (change.map === undefined && change.mode === undefined) return;",
      ),
    ],
    caughtBy: CHANNELS,
  },
  {
    name: "throttling is published entry by entry",
    edits: [
      edit(
        "pipeline/stream/answers.ts",
        "if (throttled > 0) this.#announceThrottled(lane, throttled, now);",
        "for (let i = 0; i < throttled; i++) this.#announceThrottled(lane, 1, now);",
      ),
    ],
    caughtBy: CHANNELS,
  },
  {
    name: "records are read after the request has started",
    edits: [edit("pipeline/request-facts.ts", "      readable = [];", "      void readable;")],
    caughtBy: CHANNELS,
  },
  {
    name: "attempts before are not counted",
    edits: [edit("pipeline/request-facts.ts", "attempt: 1 + records", "attempt: 1 + records.slice(0, 0)")],
    caughtBy: CHANNELS,
  },
  {
    name: "a context that many records have is returned many times",
    edits: [
      edit(
        "core/record/trace-contexts.ts",
        "found.set(context.traceparent, context)",
        "found.set(String(found.size), context)",
      ),
    ],
    caughtBy: CONTEXTS,
  },
  {
    name: "more contexts are returned than were asked for",
    edits: [edit("core/record/trace-contexts.ts", "found.size >= most", "found.size > most")],
    caughtBy: CONTEXTS,
  },
  {
    name: "a record with its own context gets half of another",
    edits: [
      edit(
        "core/record/tags-check.ts",
        "return Object.keys(added).some((key) => Object.hasOwn(own, key)) ? { ...own } : { ...own, ...added };",
        "return { ...added, ...own };",
      ),
    ],
    caughtBy: TAGS,
  },
  {
    name: "the tags of propagate are not checked",
    edits: [
      edit("core/record/tags-check.ts", "const problem = tagsProblem(added);", "const problem = tagsProblem(own);"),
    ],
    caughtBy: TAGS,
  },
  {
    name: "propagate may hand over records without end",
    edits: [edit("core/record/record-check.ts", "    this.#isPropagating = true;\n    const", "    const")],
    caughtBy: PROPAGATE,
  },
  {
    name: "after propagate has thrown once, every record is refused",
    edits: [edit("core/record/record-check.ts", "    } finally {\n      this.#isPropagating = false;\n    }", "    }")],
    caughtBy: TAGS,
  },
  {
    name: "propagate runs when a waiting record gets its room, and not within the caller's call",
    edits: [
      edit(
        "core/record/placed-record.ts",
        "copy.tags = record.tags === undefined ? undefined : new Uint8Array(record.tags);",
        "copy.tags = undefined;",
      ),
    ],
    caughtBy: PROPAGATE,
  },
  {
    name: "a wrapper that forgets the handler counts as handled",
    edits: [
      edit(
        "lambda/around.ts",
        'if (handled === undefined) throw new Error("around() did not call run(), so the record was not handled");\n',
        "if (handled === undefined) return undefined as Awaited<Result>;\n",
      ),
    ],
    caughtBy: AROUND,
  },
  {
    name: "a wrapper that hides the handler's failure counts as handled",
    edits: [
      edit(
        "lambda/around.ts",
        "  return handled;\n}\n\nasync",
        "  return handled.catch(() => undefined as Awaited<Result>);\n}\n\nasync",
      ),
    ],
    caughtBy: AROUND,
  },
  {
    name: "the next record starts while the handler of a failed one still runs",
    edits: [edit("lambda/around.ts", "    await handled?.catch(ignore);\n", "    handled?.catch(ignore);\n")],
    caughtBy: AROUND,
  },
  {
    name: "the span of a request is a child of any one of its callers",
    edits: [edit("otel/tracing/trace-producers.ts", "links.length === 1 && only !== undefined", "only !== undefined")],
    caughtBy: SPANS,
  },
  {
    name: "the span of a request has the active context as its parent",
    edits: [edit("otel/tracing/trace-producers.ts", ": ROOT_CONTEXT;", ": context.active();")],
    caughtBy: SPANS,
  },
  {
    name: "spans in flight never end after tracing has stopped",
    edits: [
      edit(
        "otel/tracing/trace-producers.ts",
        "return this.#isStopped && this.#open.size === 0;",
        "return this.#isStopped;",
      ),
    ],
    caughtBy: SPANS,
  },
  {
    name: "an unsampled context gets a span",
    edits: [
      edit("otel/tracing/processing.ts", "creation !== undefined && isSampled(creation)", "creation !== undefined"),
    ],
    caughtBy: PROCESSING,
  },
];
