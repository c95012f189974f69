import { InvalidOptionError, type RecordFailedError } from "../../errors.js";
import type { PutResult } from "../../record.js";
import type { FailureReason } from "../settlement/settlement-parts.js";
import { listenTo, reasonOf } from "./caller-signal.js";
import { newPutPromise, Rejection, type Resolve, type Results, Settler, takeResolve } from "./settler.js";

/** The owner of an accepted record: ends an aborted record as soon as it is neither in flight nor held. */
export interface AbortableOwner {
  /** The signal of a record's caller has fired. */
  onAborted(): void;
  /** An aborted record is settled. */
  onAbortedSettled(): void;
}

/** Settler of a record that a signal can abort. */
export class AbortableSettler extends Settler {
  readonly promise: Promise<PutResult> = newPutPromise();
  readonly #resolve: Resolve = takeResolve();
  readonly signal: AbortSignal;
  /** The signal has fired. */
  isAborted = false;
  /** Ends the wait for room. */
  #leave: (() => void) | undefined = undefined;
  #owner: AbortableOwner | undefined = undefined;
  /** Takes the listener off the signal. */
  #stopListening: (() => void) | undefined = undefined;

  constructor(signal: AbortSignal) {
    super();
    this.signal = signal;
  }

  /** Whether the value is a settler of this class, not the context of an enqueued record; as {@link Settler.is}. */
  static override is(value: unknown): value is AbortableSettler {
    return typeof value === "object" && value !== null && #resolve in value;
  }

  /** Starts to listen. Call it before the record is offered: a signal from outside Node may run any code. */
  listenBy(listeners: SignalListeners): void {
    this.#stopListening = listeners.on(this.signal, this.#abort);
    this.isAborted ||= this.signal.aborted;
  }

  /** The record waits for room: an abort removes it from the queue. */
  onWaiting(leave: () => void): void {
    this.#leave = leave;
  }

  /** The record was accepted: an abort ends it when it is in a queue again. */
  onAccepted(owner: AbortableOwner): void {
    this.#leave = undefined;
    this.#owner = owner;
  }

  readonly #abort = (): void => {
    // A signal that is not Node's may fire twice.
    if (this.isAborted) return;
    this.isAborted = true;
    this.#leave?.();
    this.#owner?.onAborted();
  };

  #settle(outcome: PutResult | PromiseLike<never>): void {
    this.#stopListening?.();
    if (this.isAborted) this.#owner?.onAbortedSettled();
    this.#resolve(outcome);
  }

  deliver(results: Results, index: number): void {
    this.#settle(results.make(index));
  }

  fail(error: RecordFailedError): void {
    this.#settle(new Rejection(error));
  }
}

/** Whether the record of a settler was aborted by its signal. */
export function isAborted(settler: unknown): settler is AbortableSettler {
  return AbortableSettler.is(settler) && settler.isAborted;
}

/** Why an aborted record fails. */
export function abortedBy(signal: AbortSignal): FailureReason {
  return { code: "KP_ABORTED", message: "put() was aborted by its signal", cause: reasonOf(signal) };
}

interface Listening {
  readonly callbacks: Set<() => void>;
  readonly stop: () => void;
}

/**
 * Listens to callers' signals with one listener for each signal, however many records share it: Node warns of a leak at
 * more than ten.
 */
export class SignalListeners {
  readonly #bySignal: WeakMap<AbortSignal, Listening> = new WeakMap();

  /**
   * Calls back when the signal fires; returns a function that removes the callback.
   *
   * @throws InvalidOptionError when the signal cannot be listened to
   */
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
    try {
      const listening = { callbacks, stop: listenTo(signal, fire) };
      this.#bySignal.set(signal, listening);
      return listening;
    } catch (thrown) {
      throw new InvalidOptionError("signal", "signal cannot be listened to: addEventListener throws", {
        cause: thrown,
      });
    }
  }
}
