/** Adds to the count of a code. */
export function addCount(counts: Map<string, number>, code: string, more: number): void {
  counts.set(code, (counts.get(code) ?? 0) + more);
}
