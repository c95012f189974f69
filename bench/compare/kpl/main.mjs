/**
 * The unmodified KPL (bench/compare/kpl/side.mjs) against the same sink as this library: over TLS, 4 shards, the same
 * keys.
 *
 *     npm run bench compare -- kpl [--runs <n>] [--seconds <n>] [--warm-up <n>]
 */
import { compareProducers } from "../producers.mjs";
import { kplSide } from "./side.mjs";

const put = "kinesis-producer, put";
await compareProducers(
  [kplSide("tuned"), kplSide("defaults")],
  [
    { of: put, over: "KPL, tuned", size: 100, speed: 13, cpu: 1 / 20 },
    { of: put, over: "KPL, defaults", size: 100, speed: 25 },
    { of: put, over: "KPL, tuned", size: 1024, speed: 5, cpu: 1 / 9 },
  ],
);
