/** Codes that are counted one by one. A transport of the caller, or a proxy, may have any number of codes. */
export const MOST_CODES = 100;

/** The key of all further codes. */
export const OTHER_CODES = "other codes";

/** Adds to the count of a code. The sum of all counts grows by `more`, however many codes there are. */
export function addCount(counts: Map<string, number>, code: string, more: number): void {
  const count = counts.get(code);
  if (count !== undefined) counts.set(code, count + more);
  else if (counts.size < MOST_CODES) counts.set(code, more);
  else counts.set(OTHER_CODES, (counts.get(OTHER_CODES) ?? 0) + more);
}
