/** The signals that interrupt a command, each with the exit status that shells give to a process it ended. */
const STATUS_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

type EndSignal = keyof typeof STATUS_OF_SIGNAL;

/** The part of `process` that has signals. */
export interface SignalSource {
  on(signal: EndSignal, listener: () => void): unknown;
  exit(status: number): void;
}

/**
 * Resolves at the first interrupting signal. The second one ends the process at once, without waiting for a clean end.
 */
export function interruptionOf(source: SignalSource): Promise<void> {
  return new Promise((resolve) => {
    let count = 0;
    for (const signal of Object.keys(STATUS_OF_SIGNAL) as EndSignal[]) {
      source.on(signal, () => {
        if (++count > 1) source.exit(STATUS_OF_SIGNAL[signal]);
        resolve();
      });
    }
  });
}
