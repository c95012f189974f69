import { counted } from "../counted.js";
import type { Tally } from "./tally.js";

const INTERVAL_MS = 1_000;

/**
 * Tells once a second how far it is.
 *
 * @returns what ends it
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

/** How far it is, in one line. */
export function describeProgress(
  { sent, delivered, failed, unusable }: Pick<Tally, "sent" | "delivered" | "failed" | "unusable">,
  recordsPerSecond: number,
): string {
  const troubles = [
    failed === 0 ? "" : `, ${failed.toLocaleString("en")} failed`,
    unusable === 0 ? "" : `, ${counted(unusable, "line")} of no use`,
  ];
  const rate = Math.round(recordsPerSecond).toLocaleString("en");
  return `${delivered.toLocaleString("en")} of ${sent.toLocaleString("en")} delivered${troubles.join("")}, ${rate} records/s`;
}
