/**
 * The dependency rule: which part of `src/` may import which, and which globals it may use. Arrows go one way.
 *
 * All forms of the rule are generated from this table: the check of imports (`check-dependency-rule.mjs`), the part that
 * Biome checks (`biome-dependency-rule.json`), the table of CONTRIBUTING.md, and the planted violations. After a change:
 * `node scripts/dependency-rule-places.mjs --update`.
 */

/**
 * @typedef {"clocks" | "timers" | "promises" | "world" | "chance"} Refusal
 *
 * @typedef {object} Row
 * @property {string} part - a folder ending in `/`; or a file of a folder, which its own row takes out of the folder's; or a
 *   file at the top; or `*.ts` for any other file at the top of `src/`
 * @property {readonly string[]} mayImport - folders ending in `/`; files without extension; `*` for any file at the top;
 *   packages, or prefixes of packages ending in `/` or `:`
 * @property {readonly string[]} [mayImportTypes] - the same, for `import type` only
 * @property {readonly Refusal[]} refuses - keys of {@link REFUSALS}
 * @property {string} reason - shown with every violation
 * @property {readonly string[]} [never] - always refused, even if the grants above are widened
 */

/**
 * A refusal beyond imports: in words, the globals with the reason that Biome shows, and the plugin that
 * finds forms that the name of a global does not show.
 *
 * @type {Readonly<Record<Refusal, { words: string, globals: Readonly<Record<string, string>>, plugin?: string }>>}
 */
export const REFUSALS = {
  clocks: {
    words: "clocks",
    globals: {
      Date: "is clock-free: take `now` as a parameter",
      performance: "is clock-free: take `now` as a parameter",
    },
  },
  timers: {
    words: "timers",
    globals: {
      setTimeout: "starts no timer: return `nextAt`, or ask the Clock port",
      setInterval: "starts no timer: return `nextAt`, or ask the Clock port",
      setImmediate: "starts no timer: the caller decides in which turn things happen, or the Clock port (`defer`)",
    },
    plugin: "no-hidden-timer",
  },
  promises: {
    words: "promises",
    globals: { queueMicrotask: "is synchronous: the caller decides in which turn things happen" },
    plugin: "synchronous-only",
  },
  world: {
    words: "`process`, `crypto`, `fetch`, `globalThis`",
    globals: {
      process:
        "does not know the process: environment, clock and warnings come in through a port, an option or an argument",
      crypto: "takes randomness as a port",
      fetch: "does no input or output: the network is the Transport port",
      globalThis: "must not reach a global by the back door of globalThis",
    },
  },
  chance: { words: "`Math.random`", globals: {}, plugin: "no-math-random" },
};

/** @type {readonly Refusal[]} */
const PURE = ["clocks", "timers", "promises", "world", "chance"];
/** @type {readonly Refusal[]} */
const BY_PORTS = ["clocks", "timers", "world", "chance"];
/** @type {readonly Refusal[]} */
const NO_CHANCE = ["chance"];

/** Imports that the two top files of the producer have in common. */
const ALL_OF_A_PRODUCER = [
  "*",
  "wire/",
  "core/",
  "compression/",
  "pipeline/",
  "edge/",
  "metrics/",
  "wording/",
  "node:",
];

/** @type {readonly Row[]} */
export const DEPENDENCY_RULE = [
  {
    part: "wire/",
    mayImport: ["wire/"],
    refuses: PURE,
    reason: "wire/ is bytes in, bytes out: it knows the aggregated-record format and nothing else, no package either",
    never: ["core/", "pipeline/", "edge/", "producer", "node:crypto"],
  },
  {
    part: "wire/md5/body-digest.ts",
    mayImport: ["wire/", "node:crypto"],
    refuses: PURE,
    reason: "wire/ is bytes in, bytes out: only body-digest.ts may ask node:crypto, and nothing else",
    never: ["core/", "edge/", "node:fs"],
  },
  {
    part: "wording/",
    mayImport: ["wording/"],
    refuses: PURE,
    reason: "wording/ is how a message shows values and names: it imports nothing, so that every part may use it",
    never: ["core/", "edge/", "producer", "errors"],
  },
  {
    part: "core/",
    mayImport: ["core/", "wire/", "wording/", "quotas"],
    mayImportTypes: ["record", "errors"],
    refuses: PURE,
    reason:
      "core/ is pure decisions: wire/, wording/, quotas, and the types of record and errors are all it may know; no package, not even node:*",
    never: ["pipeline/", "edge/", "metrics/", "testing/", "producer", "record", "errors", "node:crypto"],
  },
  {
    part: "pipeline/",
    mayImport: ["pipeline/", "core/", "metrics/", "wording/", "record", "errors", "quotas"],
    mayImportTypes: ["options"],
    refuses: BY_PORTS,
    reason: "pipeline/ is where stages meet: it reaches the world through core/ports, never through edge/ or a package",
    never: ["edge/", "testing/", "producer", "node:timers", "@aws-sdk/client-kinesis"],
  },
  {
    part: "edge/",
    mayImport: [
      "edge/",
      "core/ports",
      "core/failure-class",
      "core/pacing/retry-policy",
      "wire/base64/base64",
      "wire/base64/base64-text",
      "wording/",
      "locks/",
      "record",
      "errors",
      "quotas",
      "whole-answer",
      "node:",
      "@aws-sdk/",
      "@smithy/",
    ],
    refuses: [],
    reason: "edge/ implements the ports and nothing else: a decision taken here cannot be tested without sockets",
    never: ["pipeline/", "core/", "producer"],
  },
  {
    part: "locks/",
    mayImport: ["locks/", "node:"],
    refuses: NO_CHANCE,
    reason: "locks/ is directories and who has them: it knows nothing of records, so that every part may use it",
    never: ["pipeline/", "edge/", "core/", "wire/", "producer", "@aws-sdk/client-kinesis"],
  },
  {
    part: "metrics/",
    mayImport: ["metrics/", "node:diagnostics_channel"],
    mayImportTypes: ["record", "core/ports"],
    refuses: NO_CHANCE,
    reason: "metrics/ counts and publishes: importing a stage would let a counter decide something",
    never: ["pipeline/", "edge/", "core/", "producer", "node:fs", "@aws-sdk/client-kinesis"],
  },
  {
    part: "exporting/",
    mayImport: ["exporting/", "wording/", "base-errors", "stream-life"],
    mayImportTypes: ["stats", "spool/spool-stats"],
    refuses: BY_PORTS,
    reason: "exporting/ reads snapshots of stats(): an exporter must not load the producer, or hold a part of it",
    never: ["pipeline/", "edge/", "core/", "metrics/", "producer", "node:fs", "@aws-sdk/client-kinesis"],
  },
  {
    part: "prometheus/",
    mayImport: ["prometheus/", "exporting/", "wording/", "base-errors"],
    mayImportTypes: ["stats"],
    refuses: BY_PORTS,
    reason: "prometheus/ is text made of stats(): it loads no package, and not the producer",
    never: ["pipeline/", "edge/", "core/", "producer", "prom-client", "@aws-sdk/client-kinesis"],
  },
  {
    part: "cloudwatch/",
    mayImport: ["cloudwatch/", "exporting/", "wording/", "base-errors"],
    mayImportTypes: ["stats", "core/ports"],
    refuses: NO_CHANCE,
    reason:
      "cloudwatch/ sends stats() through a client that the caller brings: it loads no package, and not the producer",
    never: ["pipeline/", "edge/", "core/", "producer", "@aws-sdk/client-cloudwatch"],
  },
  {
    part: "otel/",
    mayImport: ["otel/", "exporting/", "wording/", "base-errors", "@opentelemetry/api", "node:diagnostics_channel"],
    mayImportTypes: ["stats", "core/ports", "edge/put-records-context"],
    refuses: NO_CHANCE,
    reason:
      "otel/ reads stats(), and hears a producer by its channels and hooks: it must not load the SDK or the producer",
    never: ["pipeline/", "edge/", "core/", "producer", "node:fs", "@aws-sdk/client-kinesis"],
  },
  {
    part: "aggregate/",
    mayImport: ["aggregate/", "wire/", "core/", "wording/", "errors", "record", "quotas"],
    refuses: NO_CHANCE,
    reason: "aggregate/ is the encoder alone: a consumer must not bundle the SDK or the producer",
    never: ["pipeline/", "edge/", "producer", "node:fs", "@aws-sdk/client-kinesis"],
  },
  {
    part: "kpl/",
    mayImport: ["kpl/", "wording/", "base-errors"],
    mayImportTypes: ["options"],
    refuses: PURE,
    reason: "kpl/ reads configurations of the KPL: a text in, options out, and nothing of a producer",
    never: ["pipeline/", "edge/", "core/", "producer", "node:fs"],
  },
  {
    part: "compression/",
    mayImport: ["compression/", "wire/compressed-form", "wording/", "base-errors", "node:zlib", "node:module"],
    mayImportTypes: ["core/ports"],
    refuses: NO_CHANCE,
    reason: "compression/ is codecs and nothing else: producer and readers share them, and readers must stay small",
    never: ["pipeline/", "edge/", "core/", "producer", "node:fs", "@aws-sdk/client-kinesis"],
  },
  {
    part: "deaggregate/",
    mayImport: [
      "deaggregate/",
      "compression/",
      "wire/",
      "core/shards/hash-key",
      "core/shards/shard-map",
      "wording/",
      "base-errors",
      "record",
      "quotas",
    ],
    refuses: NO_CHANCE,
    reason: "deaggregate/ is the decoder alone: a consumer must not bundle the SDK or the producer",
    never: ["pipeline/", "edge/", "core/", "producer", "node:fs", "@aws-sdk/client-kinesis"],
  },
  {
    part: "lambda/",
    mayImport: ["lambda/", "deaggregate/", "wording/", "base-errors"],
    refuses: NO_CHANCE,
    reason: "lambda/ is envelopes around the decoder: a function must not bundle the SDK or the producer",
    never: ["pipeline/", "edge/", "core/", "producer", "node:fs", "@aws-sdk/client-kinesis"],
  },
  {
    part: "reader/",
    mayImport: [
      "reader/",
      "deaggregate/",
      "core/failure-class",
      "core/pacing/retry-policy",
      "core/shards/shard-family",
      "wording/",
      "errors",
      "whole-answer",
      "node:",
      "@aws-sdk/",
    ],
    mayImportTypes: ["core/ports"],
    refuses: NO_CHANCE,
    reason:
      "reader/ is a reader: GetRecords through @aws-sdk/* and the decoder; of core/ only its tables of failures and pauses, and the order of shards",
    never: ["pipeline/", "edge/", "producer", "@smithy/node-http-handler"],
  },
  {
    part: "spool/",
    mayImport: [
      "spool/",
      "index",
      "core/spool/acknowledgements",
      "core/spool/backlog",
      "core/spool/commit-line",
      "core/spool/frame-reader",
      "core/spool/frame-writer",
      "core/spool/segment",
      "core/spool/segment-header",
      "core/record/record-check",
      "core/pacing/retry-policy",
      "edge/closing-signals",
      "edge/system-clock",
      "edge/system-random",
      "edge/warning-logger",
      "wire/record-tags",
      "locks/",
      "wording/",
      "base-errors",
      "option-checks",
      "quotas",
      "node:",
    ],
    mayImportTypes: ["core/ports"],
    refuses: NO_CHANCE,
    reason:
      "spool/ is a log in front of the public producer: it delivers as a user does, and only the check of records is shared",
    never: ["pipeline/", "producer", "testing/", "@aws-sdk/client-kinesis"],
  },
  {
    part: "testing/",
    mayImport: [
      "testing/",
      "core/ports",
      "core/pacing/retry-policy",
      "core/shards/hash-key",
      "core/shards/shard-family",
      "core/shards/shard-map",
      "wire/",
      "deaggregate/",
      "wording/",
      "locks/",
      "quotas",
      "record",
      "node:",
    ],
    refuses: NO_CHANCE,
    reason:
      "testing/ stands in for the service: a double that shares the producer's code, or the SDK's, repeats its bugs",
    never: ["pipeline/", "edge/", "core/", "producer", "@aws-sdk/client-kinesis"],
  },
  {
    part: "testing/delivery/kinesis-source.ts",
    mayImport: ["testing/delivery/", "wording/", "reader/index", "node:timers/promises"],
    refuses: NO_CHANCE,
    reason: "a delivery stream is a client of the service, no stand-in for it: it reads as a user does, by readStream",
  },
  {
    part: "cli/",
    mayImport: [
      "cli/",
      "index",
      "aggregate/index",
      "deaggregate/index",
      "lambda/index",
      "reader/index",
      "spool/index",
      "testing/index",
      "wording/",
      "metrics/bucket-grid",
      "metrics/histogram",
      "node:",
      "@aws-sdk/client-kinesis",
    ],
    refuses: NO_CHANCE,
    reason:
      "cli/ is a user of this library: the public entry points, wording/, the histogram, node:*, and the client that a reader is given",
    never: ["pipeline/", "edge/", "core/", "wire/", "producer", "@smithy/node-http-handler"],
  },
  {
    part: "producer.ts",
    mayImport: ALL_OF_A_PRODUCER,
    mayImportTypes: ["@aws-sdk/", "@smithy/"],
    refuses: NO_CHANCE,
    reason: "producer.ts wires the real parts together: doubles, readers and commands are not parts of a producer",
    never: ["testing/", "cli/", "lambda/", "@aws-sdk/client-kinesis"],
  },
  {
    part: "index.ts",
    mayImport: [...ALL_OF_A_PRODUCER, "kpl/"],
    refuses: NO_CHANCE,
    reason: "index.ts is the producer's entry point: the other entry points are loaded by their own names",
    never: ["testing/", "cli/", "lambda/"],
  },
  {
    part: "record.ts",
    mayImport: [],
    refuses: NO_CHANCE,
    reason: "record.ts is the vocabulary that every part shares: it imports nothing, so that it drags nothing along",
  },
  {
    part: "quotas.ts",
    mayImport: [],
    refuses: NO_CHANCE,
    reason: "quotas.ts is numbers with their documents: it imports nothing, so that it drags nothing along",
  },
  {
    part: "whole-answer.ts",
    mayImport: [],
    mayImportTypes: ["@aws-sdk/"],
    refuses: NO_CHANCE,
    reason:
      "whole-answer.ts is what producer and reader share of the service's answers: it imports nothing but their types",
  },
  {
    part: "base-errors.ts",
    mayImport: ["wording/"],
    refuses: NO_CHANCE,
    reason: "base-errors.ts is part of every entry point: it may only know how a message shows values",
  },
  {
    part: "errors.ts",
    mayImport: ["wording/", "base-errors"],
    mayImportTypes: ["record"],
    refuses: NO_CHANCE,
    reason: "errors.ts is part of every entry point: it may know the types of record, and how a message shows values",
  },
  {
    part: "*.ts",
    mayImport: ["*", "core/", "pipeline/", "compression/", "metrics/", "wording/", "node:"],
    mayImportTypes: ["@aws-sdk/", "@smithy/"],
    refuses: NO_CHANCE,
    reason: "producer.ts is the one composition root: no other file at the top may load edge/ or the SDK",
    never: ["edge/", "testing/", "cli/", "@aws-sdk/client-kinesis"],
  },
];

/** Every folder of `src/`. A folder that is not here fails the check. */
export const FOLDERS = DEPENDENCY_RULE.map(({ part }) => part)
  .filter((part) => part.endsWith("/"))
  .map((part) => part.slice(0, -1));

/**
 * Whether a name of the table is a package: every other name is a folder, a file or any file at the top.
 *
 * @param {string} name
 */
export function isPackage(name) {
  return name.startsWith("@") || name.includes(":") || PACKAGES.has(name);
}

/** Packages that do not look like one. */
const PACKAGES = new Set(["undici", "fs"]);

/**
 * Whether a list of grants has what an import names.
 *
 * @param {readonly string[]} grants
 * @param {{ isPackage: boolean, name: string }} target - a path below `src/` without extension, or a package as written
 */
export function isGranted(grants, { isPackage: ofPackage, name }) {
  return grants.some((grant) => {
    if (grant === "*") return !ofPackage && !name.includes("/");
    if (isPackage(grant) !== ofPackage) return false;
    return /[/:]$/.test(grant) ? name.startsWith(grant) : name === grant;
  });
}
