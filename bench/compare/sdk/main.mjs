/**
 * PutRecords of the SDK in batches (bench/compare/sdk/side.mjs) against the same sink as this library: over TLS, 4
 * shards, the same keys.
 *
 *     npm run bench compare -- sdk [--runs <n>] [--seconds <n>] [--warm-up <n>]
 */
import { compareProducers } from "../producers.mjs";
import { sdkSide } from "./side.mjs";

await compareProducers([sdkSide()], []);
