/** Which earlier tree a comparison is with. */

/**
 * @typedef {{ commit: string, reason: string }} NamedBase the content of base.json
 * @typedef {{ ref: string | undefined, about: string }} Base - `ref` is undefined for this tree itself
 */

/**
 * The named commit, the last tag, the commit of base.json, and, for a smoke run, this tree itself: the first of them
 * that is there. A shallow clone has neither tags nor the commit.
 *
 * @param {{ against: string | undefined, tag: string | undefined, named: NamedBase, hasCommit: boolean, isSmoke: boolean }} known
 * @returns {Base}
 */
export function chooseBase({ against, tag, named, hasCommit, isSmoke }) {
  if (against !== undefined) return { ref: against, about: against };
  if (tag !== undefined) return { ref: tag, about: tag };
  if (hasCommit) return { ref: named.commit, about: `${named.commit.slice(0, 7)}, ${named.reason}` };
  if (!isSmoke)
    throw new Error(`this clone has no tag, and not ${named.commit} of base.json: name a commit with --against`);
  return {
    ref: undefined,
    about: `itself: this clone has no tag, and not ${named.commit.slice(0, 7)} of base.json, so that only the measurement is tested`,
  };
}
