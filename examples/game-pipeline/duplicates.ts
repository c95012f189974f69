/** The copies of one event from stage to stage. */
export interface Hop {
  readonly id: string;
  readonly server: string;
  /**
   * Copies: put (1), in the first stream, handled by the filter, and for events that it passed: in the second stream, in
   * files.
   */
  readonly stages: readonly number[];
  /** Why the server sent it again, if it did. */
  readonly serverReason: string | undefined;
  /** Why the filter's producer sent it again, if it did. */
  readonly filterReason: string | undefined;
}

/** Copies with one explanation. */
export interface ExplainedCopies {
  /** The process. */
  readonly by: string;
  readonly why: string;
  readonly copies: number;
}

/** Copies beyond the first one of each event. */
export interface Duplicates {
  readonly inFiles: number;
  /** Of events that the filter dropped. */
  readonly dropped: number;
  /** Sorted by the process. */
  readonly explained: readonly ExplainedCopies[];
  /** Ids of events with a copy that nothing explains. */
  readonly unexplained: readonly string[];
}

/** The part of the way that made a copy: the index is that of the stage behind it. */
const BY = ["", "server", "Lambda", "the filter's producer", "the delivery stream"];

/**
 * Finds the process that made each duplicate, and its reason. A stage that has more copies than the stage before it made
 * them; the last such stage comes first.
 *
 * @param failedInvocations - of the filter; without one, Lambda has no reason to repeat a batch
 */
export function duplicatesOf(hops: readonly Hop[], failedInvocations: number): Duplicates {
  const explained = new Map<string, { by: string; why: string; copies: number }>();
  const unexplained: string[] = [];
  let [inFiles, dropped] = [0, 0];
  for (const hop of hops) {
    const { id, server, stages } = hop;
    let left = (stages.at(-1) ?? 0) - 1;
    if (left <= 0) continue;
    if (stages.length === BY.length) inFiles += left;
    else dropped += left;
    for (let stage = stages.length - 1; stage > 0 && left > 0; stage--) {
      const made = Math.min(left, (stages[stage] ?? 0) - (stages[stage - 1] ?? 0));
      const why = reasonOf(hop, stage, failedInvocations);
      if (made <= 0 || why === undefined) continue;
      left -= made;
      const by = stage === 1 ? server : (BY[stage] ?? "");
      const key = `${by} ${why}`;
      const group = explained.get(key) ?? { by, why, copies: 0 };
      group.copies += made;
      explained.set(key, group);
    }
    if (left > 0) unexplained.push(id);
  }
  const byProcess = [...explained.values()].sort((a, b) => a.by.localeCompare(b.by) || b.copies - a.copies);
  return { inFiles, dropped, explained: byProcess, unexplained };
}

function reasonOf({ serverReason, filterReason }: Hop, stage: number, failedInvocations: number): string | undefined {
  if (stage === 1) return serverReason;
  if (stage === 2)
    return failedInvocations > 0 ? "an invocation of the filter failed, and its batch came again" : undefined;
  if (stage === 3) return filterReason;
  return undefined;
}
