import { constants } from "node:os";
import process from "node:process";

/** Something that holds what would be lost if the process ended now. */
export interface EndingMember {
  /** Signals that begin the ending. Without any, the member is closed when others begin it, and listens to nothing. */
  readonly signals: readonly NodeJS.Signals[];
  /** Members of a lower rank are closed first: what they tell while they close reaches those of a higher one. */
  readonly rank: number;
  close(): Promise<unknown>;
}

/** Closed first. */
const RANK_OF_PRODUCERS = 0;
/** Closed when every producer is: producers tell them of failures until then. */
const RANK_OF_DEAD_LETTERS = 1;

/** As much of the registry as another copy of this package calls. Never change it: add a registry with another name. */
interface EndingRegistry {
  add(member: EndingMember): () => void;
}

/** One registry for the process, whichever copy or version of this package is loaded first. */
const REGISTRY: unique symbol = Symbol.for("kinesis-producer.ending.1");

type Listener = (signal: NodeJS.Signals) => void;

/**
 * Listens to signals for all members together: one listener for each signal, however many members there are, and none
 * when there is no member for it.
 *
 * On a signal, its members are closed. If the application had no listener for the signal, ending the process is ours:
 * every member is closed, those of other signals too, and the signal is raised again. Members that join meanwhile are
 * closed as well. A second signal finds no listener of ours and ends the process at once.
 */
class ProcessEnding implements EndingRegistry {
  readonly #members = new Set<EndingMember>();
  readonly #listened = new Set<NodeJS.Signals>();
  /** Signals of which a listener of the application left in this turn: a `once` listener leaves before it is called. */
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

  /** Never rejects: a member that cannot be closed must not keep the others, or the process. */
  async #close(member: EndingMember): Promise<void> {
    this.#members.delete(member);
    try {
      await member.close();
    } catch {
      // Its owner hears of it by its own means: the records that it failed, or its warning.
    }
  }

  /** Listens to the signals of the members, and to no others; to none once the end has begun. */
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
 * Has `close` called on the first of these signals, together with everything of the process that is registered; see
 * {@link ProcessEnding}.
 *
 * @returns a function that stops listening
 */
export function closeOnSignals(signals: readonly NodeJS.Signals[], close: () => Promise<unknown>): () => void {
  if (signals.length === 0) return () => {};
  return registry().add({ signals, rank: RANK_OF_PRODUCERS, close });
}

/**
 * Has `close` called when the process ends because a producer was closed by a signal, after the producers. Listens to
 * nothing itself.
 *
 * @returns a function that takes it back
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
  // Still here: this is the first process of a container, for which the kernel ignores a signal that nobody listens to.
  // A listener that came while we closed ends the process itself.
  if (process.listenerCount(signal) === 0) process.exit(128 + constants.signals[signal]);
}
