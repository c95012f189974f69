import { counted } from "../counted.js";
import type { LoadSummary } from "./load-figures.js";

/** A rate is missed below this part of it. */
const REACHED = 0.99;
/** From this part of its limits on, a shard holds a load back. */
const BUSY = 0.9;

/** Why a run failed; undefined when it succeeded. */
export function loadShortfall(summary: LoadSummary): string | undefined {
  const { sent, delivered, leftOver, failedEvents = [] } = summary;
  const reasons = [
    sent === delivered ? "" : `${counted(sent - delivered, "record")} of ${sent.toLocaleString("en")} not delivered`,
    leftOver === 0
      ? ""
      : `${counted(leftOver, "record")} never handed over: the rate is higher than the producer's throughput`,
    rateMissed(summary),
    failedEvents.length === 0 ? "" : `an event of --at could not happen: ${failedEvents.join(", ")}`,
  ].filter((reason) => reason !== "");
  return reasons.length === 0 ? undefined : reasons.join(", ");
}

/** Whether records were delivered later than the rate asked for. Records that were not delivered are another reason. */
export function isRateMissed(summary: LoadSummary): boolean {
  const { wantedPerSecond, recordsPerSecond, sent, leftOver, delivered, interrupted } = summary;
  if (wantedPerSecond === undefined || interrupted !== undefined) return false;
  return recordsPerSecond < wantedPerSecond * REACHED * (delivered / Math.max(1, sent + leftOver));
}

function rateMissed(summary: LoadSummary): string {
  if (!isRateMissed(summary)) return "";
  const { recordsPerSecond, wantedPerSecond = 0, shards, throttled } = summary;
  const rates = `${recordsPerSecond.toLocaleString("en")} of ${wantedPerSecond.toLocaleString("en")} records/s`;
  const [busiest] = Object.entries(shards).sort(([, a], [, b]) => b.utilisation - a.utilisation);
  const isBusy = busiest !== undefined && busiest[1].utilisation >= BUSY;
  const why =
    isBusy || throttled > 0
      ? `: pacing held it, ${busiest?.[0]} used ${Math.round((busiest?.[1].utilisation ?? 0) * 100)} % of its limits on average`
      : "";
  return `the rate was missed, ${rates}${why}`;
}
