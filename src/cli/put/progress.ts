import { counted } from "../counted.js";
import type { SendingUsage } from "./sending-usage.js";
import type { Tally } from "./tally.js";

const INTERVAL_MS = 1_000;
/** A record of this age waits longer than usual. */
const SHOWN_AGE_MS = 500;

/**
 * Reports progress once a second.
 *
 * @param usage - the requests so far
 * @returns a function that ends it
 */
export function tellProgress(tally: Tally, usage: () => SendingUsage, tell: (text: string) => void): () => void {
  let before = { delivered: tally.delivered, at: performance.now() };
  const timer = setInterval(() => {
    const now = { delivered: tally.delivered, at: performance.now() };
    const recordsPerSecond = ((now.delivered - before.delivered) * 1_000) / (now.at - before.at);
    tell(describeProgress(tally, recordsPerSecond, usage()));
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
  { throttled, oldestAgeMs }: Pick<SendingUsage, "throttled" | "oldestAgeMs">,
): string {
  const troubles = [
    failed === 0 ? "" : `, ${failed.toLocaleString("en")} failed`,
    unusable === 0 ? "" : `, ${counted(unusable, "line")} not used`,
  ];
  const rate = Math.round(recordsPerSecond).toLocaleString("en");
  const delays = [
    throttled === 0 ? "" : `, ${counted(throttled, "Kinesis record")} throttled`,
    oldestAgeMs < SHOWN_AGE_MS ? "" : `, the oldest record waits for ${(oldestAgeMs / 1_000).toFixed(1)} s`,
  ];
  const counts = `${delivered.toLocaleString("en")} of ${sent.toLocaleString("en")} delivered${troubles.join("")}`;
  return `${counts}, ${rate} records/s${delays.join("")}`;
}
