/** Warns of one producer, if there is reason to. */
type Warn = () => void;

const open: Set<Warn> = new Set();

function warnAll(): void {
  for (const warn of open) warn();
  open.clear();
}

/**
 * Has `warn` called when the process is about to end by itself, unless the returned function is called before. One
 * listener for all producers of the process, and none while there is nobody to warn.
 */
export function warnBeforeExit(warn: Warn): () => void {
  if (open.size === 0) process.once("beforeExit", warnAll);
  open.add(warn);
  return () => {
    if (open.delete(warn) && open.size === 0) process.off("beforeExit", warnAll);
  };
}
