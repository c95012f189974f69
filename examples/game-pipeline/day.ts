/** The night is at the beginning and at the end of a run, at this hour. */
const FIRST_HOUR = 4;
/** Most people play in the evening. */
const BUSIEST_HOUR = 20;
/** Files in a day, one after the other. */
const FILES = 20;
/** The part of the peak that is left at night. */
const NIGHT = 0.12;

/** The hour of the day, 0 to 24, after this part of the run. */
export function hourAt(part: number): number {
  return (FIRST_HOUR + 24 * part) % 24;
}

/** The load as a part of the peak, after this part of the run: it rises for 16 hours, and falls in 8. */
export function loadAt(part: number): number {
  const hours = 24 * Math.min(1, Math.max(0, part));
  const rise = BUSIEST_HOUR - FIRST_HOUR;
  const angle = hours < rise ? Math.PI * (1 - hours / rise) : (Math.PI * (hours - rise)) / (24 - rise);
  return NIGHT + (1 - NIGHT) * ((1 + Math.cos(angle)) / 2);
}

/** The rule of the auto-scaling group: the number of servers for this part of the peak. */
export function serversFor(load: number, most: number): number {
  return Math.min(most, Math.max(1, Math.ceil(load * most)));
}

/** Whole seconds of a file, from 1. @param seconds - of the day */
export function fileSecondsOf(seconds: number): number {
  return Math.max(1, Math.round(seconds / FILES));
}
