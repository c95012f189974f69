import { setTimeout as delay } from "node:timers/promises";
import { loadAt, serversFor } from "./day.js";
import type { Ending, Fleet } from "./fleet.js";
import type { Options } from "./options.js";
import type { Happening } from "./trouble.js";

const TICK_MS = 100;
/** How servers end, one after the other: the second scale-in is brutal. */
const ENDINGS: readonly Ending[] = ["SIGTERM", "SIGKILL"];

/** The course of a day. */
export interface Day {
  /** 0 to 1. */
  readonly part: number;
  /** Events a second that the players want. */
  readonly wanted: number;
}

/**
 * Runs the day: the fleet follows the load, and the happenings come at their times. Resolves when every server has ended.
 *
 * @param onTick - called ten times a second
 * @param signal - ends the day early
 */
export async function runDay(
  { seconds, rate, servers: most }: Options,
  fleet: Fleet,
  happenings: readonly Happening[],
  {
    onTick,
    onNews,
    signal,
  }: {
    readonly onTick: (day: Day) => void;
    readonly onNews: (text: string, isMarked: boolean) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const waiting = [...happenings].sort((a, b) => a.at - b.at);
  const endings = [...ENDINGS];
  const begin = performance.now();
  for (let part = 0; part < 1 && !signal.aborted; part = (performance.now() - begin) / 1000 / seconds) {
    const load = loadAt(part);
    const wanted = serversFor(load, most);
    if (fleet.running < wanted) fleet.start();
    else if (fleet.running > wanted) fleet.end(endings.shift() ?? "SIGTERM");
    fleet.share(rate * load);
    while ((waiting[0]?.at ?? 1) <= part) {
      const happening = waiting.shift();
      onNews(happening?.text ?? "", true);
      await happening?.run();
    }
    onTick({ part, wanted: rate * load });
    await delay(TICK_MS, undefined, { signal }).catch(() => {});
  }
  await fleet.endAll();
}
