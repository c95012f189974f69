/** Maps values of an axis to a place, 0 at its beginning and 1 at its end. */
export interface Scale {
  place(value: number): number;
  /** Values with a line and a label. */
  readonly ticks: readonly number[];
}

/** A scale from 0 to a round number at or above `max`. */
export function linearScale(max: number, mostTicks: number): Scale {
  const step = roundStep((max > 0 ? max : 1) / mostTicks);
  const count = Math.max(1, Math.ceil((max > 0 ? max : 1) / step - 1e-9));
  const end = step * count;
  return {
    place: (value) => value / end,
    ticks: Array.from({ length: count + 1 }, (_, index) => step * index),
  };
}

/** A scale from 0 to exactly `max`, with ticks at round numbers: for time. */
export function exactScale(max: number, mostTicks: number): Scale {
  const { ticks } = linearScale(max, mostTicks);
  return { place: (value) => value / max, ticks: ticks.filter((tick) => tick <= max * (1 + 1e-9)) };
}

/** A logarithmic scale over whole decades; 1, 2 and 5 of each have a tick when there are few decades. */
export function logScale(min: number, max: number): Scale {
  const from = Math.floor(Math.log10(min > 0 ? min : 1) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(max > 0 ? max : 1) - 1e-9));
  const steps = to - from > 2 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let decade = from; decade < to; decade++) {
    for (const step of steps) ticks.push(step * 10 ** decade);
  }
  ticks.push(10 ** to);
  return {
    place: (value) => (Math.log10(Math.max(value, 10 ** from)) - from) / (to - from),
    ticks: ticks.map((tick) => Number(tick.toPrecision(3))),
  };
}

const PERCENTILES = [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 0.999999, 0.9999999];

/** A scale of shares in which 90 %, 99 %, 99.9 % … are equally far apart. */
export function percentileScale(maxShare: number): Scale {
  const nines = (share: number): number => -Math.log10(1 - share);
  const end = Math.max(1, nines(maxShare));
  return {
    place: (share) => nines(share) / end,
    ticks: PERCENTILES.filter((share) => nines(share) <= end + 1e-9),
  };
}

/** The smallest of 1, 2, 2.5, 5 and 10 times a power of ten that is not below a number. */
function roundStep(number: number): number {
  const power = 10 ** Math.floor(Math.log10(number));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= number * (1 - 1e-9)) ?? 10;
  return factor * power;
}
