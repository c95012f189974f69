/**
 * The entry files of each sub-folder of `wire/`, `core/` and `pipeline/`: no file outside of the sub-folder may import another
 * file of it. A sub-folder that is not here fails the check, and so does an entry file that no file outside imports.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const FENCES = {
  "wire/base64/": ["base64", "base64-text"],
  "wire/decode/": ["aggregate-decoder", "proto-reader"],
  "wire/encode/": ["aggregate-encoder"],
  "wire/md5/": ["body-digest", "key-hasher", "md5-text"],
  "wire/simd/": ["wasm-code", "wasm-instance"],
  "core/condition/": ["stream-condition", "stream-health"],
  "core/lane/": ["aggregator", "collector", "deadline-heap", "lane", "lane-queue", "press"],
  "core/pacing/": ["paced-time", "retry-budget", "retry-policy", "shard-limiter", "token-bucket"],
  "core/record/": [
    "delivery-history",
    "entry",
    "members",
    "pending-kinesis-record",
    "placed-record",
    "record-check",
    "record-ids",
    "record-reader",
    "ring",
    "trace-contexts",
  ],
  "core/spool/": [
    "acknowledgements",
    "backlog",
    "commit-line",
    "frame-reader",
    "frame-writer",
    "segment",
    "segment-header",
  ],
  "core/shards/": ["hash-key", "shard-family", "shard-map", "stream-shards"],
  "pipeline/entry/": ["aborts", "admission", "caller-signal", "intake", "put-many", "settler"],
  "pipeline/settlement/": [
    "caller-code",
    "delivery-batch",
    "failed-telling",
    "refused-telling",
    "settlement",
    "settlement-parts",
    "teller",
  ],
  "pipeline/stream/": [
    "failure-reasons",
    "hindrances",
    "router",
    "shard-map-refresher",
    "stream-facts",
    "stream-pipeline",
  ],
};
