/** @param {number} number */
export const whole = (number) => Math.round(number).toLocaleString("en-US");

/** @param {number} dollars */
export const money = (dollars) =>
  `$${dollars.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

/** @param {number} ms */
export const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/**
 * An hour of the day as a clock shows it.
 *
 * @param {number} hour - 0 to 24
 */
export function clock(hour) {
  const minutes = Math.floor(hour * 60) % (24 * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}
