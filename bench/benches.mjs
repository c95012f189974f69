/**
 * @typedef {object} Bench
 * @property {string} program - from the root
 * @property {boolean} [built] - needs `dist/`
 * @property {boolean} [compiled] - needs the compiled TypeScript of the benches, in `build/bench/`
 * @property {string} about - one line; options after `--`
 */

/** The benches, by the name that `npm run bench` takes. @type {Record<string, Bench>} */
export const BENCHES = {
  floor: {
    program: "bench/floor/floor.mjs",
    built: true,
    about:
      'the producer against the work that no producer can avoid, in turns, with its targets (--rounds 7, --only "100 B", --kpl, --smoke)',
  },
  regression: {
    program: "bench/regression/regression.mjs",
    built: true,
    about: "CPU a record against the last tag; fails below 0.85 of its speed (--against <commit>, --smoke)",
  },
  "end-to-end": {
    program: "bench/end-to-end/end-to-end.mjs",
    built: true,
    about: 'the producer over TLS, beside a sink that counts, with its targets (--only "100 B.*enqueue", --profile)',
  },
  compression: {
    program: "bench/end-to-end/compression.mjs",
    built: true,
    about:
      'compressed aggregates on real records: bytes, CPU, speed, reading; fails below its targets (--only "fields", --codec gzip)',
  },
  transports: {
    program: "build/bench/bench/end-to-end/transports.js",
    built: true,
    compiled: true,
    about: "CPU of a PutRecords request of a megabyte by each way there is (--runs 5, --seconds 3, --only CBOR)",
  },
  "local-kinesis": {
    program: "bench/end-to-end/local-kinesis.mjs",
    built: true,
    about: "how much a counting LocalKinesis takes; fails below its targets (--only memory, --minutes 10)",
  },
  "cost-model": {
    program: "bench/cost-model/cost-model.mjs",
    built: true,
    about: "CPU a record, stage by stage, beside the whole; fails when they differ by more than 15 %",
  },
  growth: {
    program: "bench/cost-model/growth.mjs",
    built: true,
    compiled: true,
    about: "CPU a record by size, shards, aggregate size, buffer and keys (--update draws docs/performance.svg)",
  },
  compare: {
    program: "bench/compare/compare.mjs",
    built: true,
    about:
      "beside the KPL, aiokpl and other encoders, in turns; installs them under build/ (kpl, reshard, decode: one of them)",
  },
  memory: {
    program: "bench/memory/memory.mjs",
    built: true,
    about:
      'what is resident while a buffer is full and after it was drained; fails above its bounds (--only "400 streams")',
  },
  spool: {
    program: "bench/spool/spool.mjs",
    built: true,
    about:
      'appends, delivery, recovery and memory of a spool on this disk; fails below its targets (--only "appends", --directory /mnt)',
  },
  packing: {
    program: "bench/packing/packing.mjs",
    built: true,
    about: "bytes and PUT payload units against the ideal; fails above its target (--only zipf)",
  },
  "cold-start": {
    program: "bench/cold-start/lambda.mjs",
    built: true,
    about: "what an import costs a cold start, beside the SDK's client alone (--rounds 21)",
  },
  micro: {
    program: "bench/micro/micro.mjs",
    compiled: true,
    about: "nanoseconds a record, one stage at a time (decoder: the cases whose path or name matches)",
  },
  fleet: {
    program: "build/bench/bench/fleet/main.js",
    compiled: true,
    about:
      "fleets of producers that share a stream, in virtual time (--full takes longer, --update writes docs/fleet.md)",
  },
};
