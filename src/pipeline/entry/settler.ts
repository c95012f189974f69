import type { RecordFailedError } from "../../errors.js";
import type { PutResult } from "../../record.js";

/** Makes the result of the user record at a place of its Kinesis record, for those who want one. */
export interface Results {
  make(index: number): PutResult;
}

/**
 * Somebody of ours who waits for the outcome of one record. Also a bare {@link Resolve} is one; whatever else stands in a
 * settler's place is the context of an enqueued record.
 */
export abstract class Settler {
  readonly #isOurs = true;

  /** Asks the object itself: `instanceof` would ask the prototype, which a caller's Proxy answers as it likes. */
  static is(value: unknown): value is Settler {
    return typeof value === "object" && value !== null && #isOurs in value;
  }

  /** Kinesis has the record. */
  abstract deliver(results: Results, index: number): void;
  /** The record has failed. */
  abstract fail(error: RecordFailedError): void;
}

/**
 * What resolves the promise of a `put`, and all that is kept of it: an object around it would live as long, and be copied by
 * the garbage collector as often (`npm run bench end-to-end -- --only "put, JSON|memory"`). The function that rejects is not
 * kept: few promises need it.
 */
export type Resolve = (outcome: PutResult | PromiseLike<never>) => void;

/**
 * What a promise is resolved with to be rejected. Not a rejected promise: Node.js notes each of those as unhandled, and takes the note
 * back a moment later, which costs as much as the error.
 */
export class Rejection implements PromiseLike<never> {
  readonly #reason: unknown;

  constructor(reason: unknown) {
    this.#reason = reason;
  }

  /** Only the engine calls it, once, with functions of its own: there is nothing to return. */
  // biome-ignore lint/suspicious/noThenProperty: that is how a promise is told to follow it
  then(_: unknown, reject?: ((reason: unknown) => unknown) | null): never {
    return reject?.(this.#reason) as never;
  }
}

/** A context that would be taken for a {@link Resolve}. */
class FunctionContext {
  readonly #context: unknown;

  constructor(context: unknown) {
    this.#context = context;
  }

  /** As {@link Settler.is}. */
  static open(settler: unknown): unknown {
    return typeof settler === "object" && settler !== null && #context in settler ? settler.#context : settler;
  }
}

/** What stands for an enqueued record. */
export function settlerOfContext(context: unknown): unknown {
  return typeof context === "function" ? new FunctionContext(context) : context;
}

/** The context that an enqueued record came with. */
export function contextOf(settler: unknown): unknown {
  return FunctionContext.open(settler);
}

/** Whether it is one of ours who waits, and not the context of an enqueued record. */
export function isSettler(settler: unknown): settler is Settler | Resolve {
  return typeof settler === "function" || Settler.is(settler);
}

/** Tells one of ours that Kinesis has its record. */
export function settleDelivered(settler: Settler | Resolve, results: Results, index: number): void {
  if (typeof settler === "function") settler(results.make(index));
  else settler.deliver(results, index);
}

/** Tells one of ours that its record has failed. */
export function settleFailed(settler: Settler | Resolve, error: RecordFailedError): void {
  if (typeof settler === "function") settler(new Rejection(error));
  else settler.fail(error);
}

let captured: Resolve | undefined;

/** One for all promises: a closure for each would cost as much as the promise. */
function capture(resolve: Resolve): void {
  captured = resolve;
}

/** A promise whose end is in {@link takeResolve}'s hands. */
export function newPutPromise(): Promise<PutResult> {
  return new Promise<PutResult>(capture);
}

/** What resolves the promise that {@link newPutPromise} has just made. */
export function takeResolve(): Resolve {
  return captured as Resolve;
}
