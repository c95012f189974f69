import { constants } from "node:os";
import process from "node:process";

/** An object that holds data which is lost if the process ends now. */
export interface EndingMember {
  /**
   * Signals on which the member is closed. If empty, the member listens to no signal, and is closed when another
   * member's signal ends the process.
   */
  readonly signals: readonly NodeJS.Signals[];
  /** Members of a lower rank are closed first: members of a higher rank still take the failures that this reports. */
  readonly rank: number;
  close(): Promise<unknown>;
}

/** Closed first. */
const RANK_OF_PRODUCERS = 0;
/** Closed after every producer: producers report failures until they are closed. */
const RANK_OF_DEAD_LETTERS = 1;

/**
 * The part of the registry that another copy of this package calls. Never change it: add a registry with another name.
 */
interface EndingRegistry {
  add(member: EndingMember): () => void;
}

/** One registry for the process, whichever copy or version of this package is loaded first. */
const REGISTRY: unique symbol = Symbol.for("kinesis-producer.ending.1");

type Listener = (signal: NodeJS.Signals) => void;

/**
 * Listens to signals for all members: one listener per signal, however many members wait for it, and no listener for a
 * signal without members.
 *
 * On a signal, its members are closed. If the application has no listener for the signal, this class ends the process:
 * it closes every member, those of other signals too, and raises the signal again. Members that join meanwhile are
 * closed as well. A second signal finds no listener of this class and ends the process at once.
 */
class ProcessEnding implements EndingRegistry {
  readonly #members = new Set<EndingMember>();
  readonly #listened = new Set<NodeJS.Signals>();
  /** Signals that lost a listener of the application in this turn: a `once` listener is removed before it is called. */
  readonly #leftInThisTurn = new Set<NodeJS.Signals>();
  #isEnding = false;

  add(member: EndingMember): () => void {
    this.#members.add(member);
    this.#listen();
    return () => {
      if (this.#members.delete(member)) this.#listen();
    };
  }

  readonly #onSignal: Listener = (signal) => {
    const isTheirs =
      this.#leftInThisTurn.has(signal) || process.listeners(signal).some((one) => one !== this.#onSignal);
    if (isTheirs) {
      for (const member of this.#members) if (member.signals.includes(signal)) void this.#close(member);
      this.#listen();
    } else void this.#end(signal);
  };

  readonly #onListenerLeft = (event: string | symbol, listener: unknown): void => {
    const signal = event as NodeJS.Signals;
    if (listener === this.#onSignal || !this.#listened.has(signal)) return;
    this.#leftInThisTurn.add(signal);
    queueMicrotask(() => this.#leftInThisTurn.delete(signal));
  };

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.#isEnding = true;
    this.#listen();
    while (this.#members.size > 0) {
      const rank = Math.min(...[...this.#members].map((member) => member.rank));
      await Promise.all([...this.#members].filter((member) => member.rank === rank).map((one) => this.#close(one)));
    }
    this.#isEnding = false;
    raise(signal);
  }

  /** Never rejects: a member that cannot be closed must not stop the others, or the end of the process. */
  async #close(member: EndingMember): Promise<void> {
    this.#members.delete(member);
    try {
      await member.close();
    } catch {
      // The member itself reports the failure: its records fail, or it logs a warning.
    }
  }

  /** Listens to the signals of the members and to no others; to none after the end has begun. */
  #listen(): void {
    const wanted = new Set(this.#isEnding ? [] : [...this.#members].flatMap(({ signals }) => signals));
    for (const signal of this.#listened) {
      if (wanted.has(signal)) continue;
      this.#listened.delete(signal);
      process.off(signal, this.#onSignal);
    }
    for (const signal of wanted) {
      if (this.#listened.has(signal)) continue;
      if (this.#listened.size === 0) process.on("removeListener", this.#onListenerLeft);
      this.#listened.add(signal);
      process.on(signal, this.#onSignal);
    }
    if (this.#listened.size === 0) process.off("removeListener", this.#onListenerLeft);
  }
}

/**
 * Calls `close` on the first of these signals. After all registered members are closed, the process may end: see
 * {@link ProcessEnding}.
 *
 * @returns a function that stops listening
 */
export function closeOnSignals(signals: readonly NodeJS.Signals[], close: () => Promise<unknown>): () => void {
  if (signals.length === 0) return () => {};
  return registry().add({ signals, rank: RANK_OF_PRODUCERS, close });
}

/**
 * Calls `close` after the producers when a signal that closes a producer ends the process. Does not listen to a signal.
 *
 * @returns a function that removes the registration
 */
export function closeBeforeEnd(close: () => Promise<unknown>): () => void {
  return registry().add({ signals: [], rank: RANK_OF_DEAD_LETTERS, close });
}

function registry(): EndingRegistry {
  const holder = process as unknown as { [REGISTRY]?: EndingRegistry };
  if (holder[REGISTRY] === undefined) {
    Object.defineProperty(holder, REGISTRY, { value: new ProcessEnding(), configurable: true });
  }
  return holder[REGISTRY] as EndingRegistry;
}

/** Ends the process as the signal would have. */
function raise(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal);
  // The process still runs: it is the first process of a container, and the kernel ignores a signal without a listener
  // for it. A listener that was added during the close must end the process itself.
  if (process.listenerCount(signal) === 0) process.exit(128 + constants.signals[signal]);
}
