/**
 * aiokpl (bench/compare/aiokpl/side.mjs) against the same sink as this library: over TLS, 4 shards, the same keys.
 *
 *     npm run bench compare -- aiokpl [--runs <n>] [--seconds <n>] [--warm-up <n>]
 */
import { compareProducers } from "../producers.mjs";
import { aiokplSide } from "./side.mjs";

await compareProducers([aiokplSide()], []);
