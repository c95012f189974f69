/**
 * The dependency rule: which part of `src/` may import which, and why. Arrows go one way.
 *
 * A part is a folder (`core/`) or a file at the top (`errors.ts`). Imports that are not listed are refused. The
 * packages and the globals of folders are in `biome.jsonc`. The packages of the files at the top are here, because some
 * may be imported only as types, and Biome's noRestrictedImports does not distinguish types.
 */

/**
 * @typedef {object} Row
 * @property {string} part - a folder ending in `/`, or a file, or `*.ts` for any other file at the top of `src/`
 * @property {readonly string[]} mayImport - folders ending in `/`, files without extension, `*` for any file at the top,
 *   prefixes of packages (`node:`, `@aws-sdk/`)
 * @property {readonly string[]} [mayImportTypes] - the same, for `import type` only
 * @property {string} reason - shown with every violation
 */

/** Every folder of `src/`, present or planned. A folder that is missing here fails the check. */
export const FOLDERS = [
  "wire",
  "core",
  "pipeline",
  "edge",
  "compression",
  "locks",
  "metrics",
  "aggregate",
  "deaggregate",
  "lambda",
  "reader",
  "testing",
  "cli",
];

/** @type {readonly Row[]} */
export const DEPENDENCY_RULE = [
  {
    part: "wire/",
    mayImport: ["wire/"],
    reason: "wire/ is bytes in, bytes out: it knows the aggregated-record format and nothing else",
  },
  {
    part: "core/",
    mayImport: ["core/", "wire/", "quotas"],
    mayImportTypes: ["record", "errors"],
    reason: "core/ is pure decisions: wire/, quotas, and the types of record and errors are all it may know",
  },
  {
    part: "pipeline/",
    mayImport: ["pipeline/", "core/", "metrics/", "record", "errors", "quotas"],
    mayImportTypes: ["options"],
    reason: "pipeline/ is where stages meet: it reaches the world through core/ports, never through edge/",
  },
  {
    part: "edge/",
    mayImport: [
      "edge/",
      "core/ports",
      "core/failure-class",
      "wire/base64",
      "locks/",
      "record",
      "errors",
      "quotas",
      "whole-answer",
    ],
    reason: "edge/ implements the ports and nothing else: a decision taken here cannot be tested without sockets",
  },
  {
    part: "compression/",
    mayImport: ["compression/", "errors"],
    reason: "compression/ is codecs behind one small interface: readers load it without the producer",
  },
  {
    part: "locks/",
    mayImport: ["locks/"],
    reason: "locks/ is directories and who has them: it knows nothing of records, so that every part may use it",
  },
  {
    part: "metrics/",
    mayImport: ["metrics/"],
    mayImportTypes: ["record", "core/ports"],
    reason: "metrics/ only counts: importing a stage would let a counter decide something",
  },
  {
    part: "aggregate/",
    mayImport: ["aggregate/", "wire/", "core/", "compression/", "errors", "record", "quotas"],
    reason: "aggregate/ is the encoder alone: a consumer must not bundle the producer",
  },
  {
    part: "deaggregate/",
    mayImport: [
      "deaggregate/",
      "wire/",
      "core/hash-key",
      "core/shard-map",
      "compression/",
      "errors",
      "record",
      "quotas",
    ],
    reason: "deaggregate/ is the decoder alone: a consumer must not bundle the producer",
  },
  {
    part: "lambda/",
    mayImport: ["lambda/", "deaggregate/", "errors"],
    reason: "lambda/ is envelopes around the decoder: a function must not bundle the producer",
  },
  {
    part: "reader/",
    mayImport: ["reader/", "deaggregate/", "errors", "whole-answer"],
    reason: "reader/ is a reader: GetRecords and the decoder, nothing of the producer",
  },
  {
    part: "testing/",
    mayImport: [
      "testing/",
      "core/ports",
      "core/hash-key",
      "core/shard-map",
      "wire/",
      "deaggregate/",
      "locks/",
      "quotas",
      "record",
    ],
    reason: "testing/ stands in for the service: a double that shares the producer's code repeats its bugs",
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
      "testing/index",
    ],
    reason: "cli/ is a user of this library: the public entry points only",
  },
  {
    part: "producer.ts",
    mayImport: ["*", "wire/", "core/", "pipeline/", "edge/", "metrics/", "compression/", "node:"],
    mayImportTypes: ["@aws-sdk/", "@smithy/"],
    reason: "producer.ts wires the real parts together: doubles, readers and commands are not parts of a producer",
  },
  {
    part: "index.ts",
    mayImport: ["*", "wire/", "core/", "pipeline/", "edge/", "metrics/", "compression/", "node:"],
    reason: "index.ts is the producer's entry point: the other entry points are loaded by their own names",
  },
  {
    part: "record.ts",
    mayImport: [],
    reason: "record.ts is the vocabulary that every part shares: it imports nothing, so that it drags nothing along",
  },
  {
    part: "quotas.ts",
    mayImport: [],
    reason: "quotas.ts is numbers with their documents: it imports nothing, so that it drags nothing along",
  },
  {
    part: "whole-answer.ts",
    mayImport: [],
    mayImportTypes: ["@aws-sdk/"],
    reason:
      "whole-answer.ts is what producer and reader share of the service's answers: it imports nothing but their types",
  },
  {
    part: "errors.ts",
    mayImport: [],
    mayImportTypes: ["record"],
    reason: "errors.ts is part of every entry point: it may know the types of record and nothing else",
  },
  {
    part: "*.ts",
    mayImport: ["*", "core/", "pipeline/", "metrics/", "compression/", "node:"],
    mayImportTypes: ["@aws-sdk/", "@smithy/"],
    reason: "producer.ts is the one composition root: no other file at the top may load edge/ or the SDK",
  },
];
