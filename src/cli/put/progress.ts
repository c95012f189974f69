import { counted } from "../counted.js";
import type { Tally } from "./tally.js";

const INTERVAL_MS = 1_000;

/**
 * Reports progress once a second.
 *
 * @returns a function that ends it
 */
export function tellProgress(tally: Tally, tell: (text: string) => void): () => void {
  let before = { delivered: tally.delivered, at: performance.now() };
  const timer = setInterval(() => {
    const now = { delivered: tally.delivered, at: performance.now() };
    tell(describeProgress(tally, ((now.delivered - before.delivered) * 1_000) / (now.at - before.at)));
    before = now;
  }, INTERVAL_MS);
  return () => {
    clearInterval(timer);
  };
}

/** Progress in one line. */
export function describeProgress(
  { sent, delivered, failed, unusable }: Pick<Tally, "sent" | "delivered" | "failed" | "unusable">,
  recordsPerSecond: number,
): string {
  const troubles = [
    failed === 0 ? "" : `, ${failed.toLocaleString("en")} failed`,
    unusable === 0 ? "" : `, ${counted(unusable, "line")} not used`,
  ];
  const rate = Math.round(recordsPerSecond).toLocaleString("en");
  return `${delivered.toLocaleString("en")} of ${sent.toLocaleString("en")} delivered${troubles.join("")}, ${rate} records/s`;
}
