/** The signals that ask for an end, with what a shell says of a process that one of them ended. */
const STATUS_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

type EndSignal = keyof typeof STATUS_OF_SIGNAL;

/** As much of a process as knows of signals. */
export interface SignalSource {
  on(signal: EndSignal, listener: () => void): unknown;
  exit(status: number): void;
}

/** Resolves at the first signal that asks for an end; the second one does not wait for what the first has begun. */
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
