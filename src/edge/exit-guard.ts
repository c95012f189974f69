/** Warns about one producer, if there is a reason. */
type Warn = () => void;

const open: Set<Warn> = new Set();

function warnAll(): void {
  for (const warn of open) warn();
  open.clear();
}

/**
 * Calls `warn` when the event loop is empty and the process is about to end, unless the returned function was called
 * before. One listener serves all producers of the process; without a producer there is no listener.
 */
export function warnBeforeExit(warn: Warn): () => void {
  if (open.size === 0) process.once("beforeExit", warnAll);
  open.add(warn);
  return () => {
    if (open.delete(warn) && open.size === 0) process.off("beforeExit", warnAll);
  };
}
