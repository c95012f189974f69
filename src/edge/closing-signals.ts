/**
 * Closes on the first of these signals, and then ends the process as that signal would have, unless somebody else listens
 * to it: then ending is theirs.
 *
 * @returns what stops listening
 */
export function closeOnSignals(signals: readonly NodeJS.Signals[], close: () => Promise<unknown>): () => void {
  const stop = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    // A second signal finds nobody, and ends the process at once.
    stop();
    const end = (): void => {
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    };
    close().then(end, end);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return stop;
}
