/**
 * A LocalKinesis in a separate process that holds every PutRecords request until the message "answer", and counts.
 * Forked by memory.mjs: the first message starts it; "answer" releases all requests that it holds, and all later ones.
 */
import process from "node:process";
import { LocalKinesis } from "kinesis-producer/testing";

/**
 * @typedef {{ tls: boolean, streams: Record<string, { shards: number }> }} Start
 * @typedef {{ port: number, certificate: string }} Ready
 */

/** Without its parent there is nothing to do. */
process.on("disconnect", () => process.exit());

/** @type {(action: undefined) => void} */
let answer;
/** @type {Promise<undefined>} */
const mayAnswer = new Promise((resolve) => {
  answer = resolve;
});

process.on("message", async (/** @type {Start | "answer"} */ message) => {
  if (message === "answer") {
    answer(undefined);
    return;
  }
  const kinesis = await LocalKinesis.start({ records: "count", limits: false, ...message });
  kinesis.control("PutRecords", () => mayAnswer);
  /** @type {Ready} */
  const ready = { port: Number(new URL(kinesis.endpoint).port), certificate: kinesis.certificate ?? "" };
  process.send?.(ready);
});
