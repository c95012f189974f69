import type { ManualClock } from "../../src/testing/manual-clock.js";

/** Counts turns of the event loop, and calls back in each one, until `isOver()`. */
export function countTurns(
  clock: ManualClock,
  isOver: () => boolean,
  onTurn: () => void = () => undefined,
): { readonly turns: number } {
  const counted = { turns: 0 };
  const turn = (): void => {
    counted.turns++;
    onTurn();
    if (!isOver()) clock.defer(turn);
  };
  clock.defer(turn);
  return counted;
}
