import { listenTo } from "./caller-signal.js";

interface Listening {
  readonly callbacks: Set<() => void>;
  readonly stop: () => void;
}

/**
 * Listens to callers' signals with one listener for each signal, however many records share it: Node takes more than ten
 * for a leak, and warns.
 */
export class SignalListeners {
  readonly #bySignal: WeakMap<AbortSignal, Listening> = new WeakMap();

  /** Calls back when the signal fires; returns what takes the callback off. */
  on(signal: AbortSignal, callback: () => void): () => void {
    const listening = this.#bySignal.get(signal) ?? this.#listen(signal);
    listening.callbacks.add(callback);
    return () => {
      listening.callbacks.delete(callback);
      if (listening.callbacks.size > 0) return;
      this.#bySignal.delete(signal);
      listening.stop();
    };
  }

  #listen(signal: AbortSignal): Listening {
    const callbacks: Set<() => void> = new Set();
    const fire = (): void => {
      for (const callback of callbacks) callback();
    };
    const listening = { callbacks, stop: listenTo(signal, fire) };
    this.#bySignal.set(signal, listening);
    return listening;
  }
}
