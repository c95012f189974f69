import { checkOptionsObject, InvalidOptionError } from "../../errors.js";
import { show } from "../../wording/shown-value.js";

/**
 * The signal among a caller's options.
 *
 * @throws InvalidOptionError when the options cannot be read, or the signal is not an AbortSignal
 */
export function signalOf(options: { readonly signal?: AbortSignal } | null | undefined): AbortSignal | undefined {
  if (options !== undefined && options !== null) checkOptionsObject(options, "this call");
  const signal = read(options);
  if (signal === undefined || isSignal(signal)) return signal;
  throw new InvalidOptionError("signal", `signal must be an AbortSignal, got ${show(signal)}`);
}

function read(options: { readonly signal?: unknown } | null | undefined): unknown {
  try {
    return options?.signal ?? undefined;
  } catch (thrown) {
    throw new InvalidOptionError("signal", "signal cannot be read: its getter throws", { cause: thrown });
  }
}

/** Also accepts a signal of another realm, or of a polyfill. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== "object" || value === null) return false;
  try {
    const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
    return (
      typeof aborted === "boolean" &&
      typeof addEventListener === "function" &&
      typeof removeEventListener === "function"
    );
  } catch {
    return false;
  }
}

/** Calls back when the signal fires; returns a function that removes the listener. */
export function listenTo(signal: AbortSignal | undefined, onAbort: () => void): () => void {
  signal?.addEventListener("abort", onAbort, { once: true });
  return () => {
    try {
      signal?.removeEventListener("abort", onAbort);
    } catch {
      // A signal from outside Node threw. Its error does not matter any more.
    }
  };
}

/** The reason of a signal. The getter of a signal from outside Node may throw. */
export function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason;
  } catch (thrown) {
    return thrown;
  }
}
