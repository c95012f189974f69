/**
 * A LocalKinesis in a process of its own that keeps every PutRecords request until it is told to answer, and counts. Forked by
 * memory.mjs: the first message starts it, "answer" lets all go that it holds, and all that will come.
 */
import process from "node:process";
import { LocalKinesis } from "kinesis-producer/testing";

/**
 * @typedef {{ tls: boolean, streams: Record<string, { shards: number }> }} Start
 * @typedef {{ port: number, certificate: string }} Ready
 */

/** Without whoever asks there is nothing to do. */
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
