/**
 * a8m/kinesis-producer (bench/compare/a8m/side.mjs) against the same sink as this library: over TLS, 4 shards, the same
 * keys.
 *
 *     npm run bench compare -- a8m [--runs <n>] [--seconds <n>] [--warm-up <n>]
 */
import { compareProducers } from "../producers.mjs";
import { a8mSide } from "./side.mjs";

await compareProducers([a8mSide()], []);
