import type { RecordFailedError } from "../../errors.js";
import type { PutResult } from "../../record.js";

/** Makes the result of the user record at an index of its Kinesis record, for settlers that need one. */
export interface Results {
  make(index: number): PutResult;
}

/**
 * An object of this library that waits for the outcome of one record. A bare {@link Resolve} is a settler too; any
 * other value in the place of a settler is the context of an enqueued record.
 */
export abstract class Settler {
  readonly #isOurs = true;

  /** Looks at the object itself: `instanceof` would read the prototype, which a caller's Proxy can fake. */
  static is(value: unknown): value is Settler {
    return typeof value === "object" && value !== null && #isOurs in value;
  }

  /** Kinesis stored the record. */
  abstract deliver(results: Results, index: number): void;
  /** The record has failed. */
  abstract fail(error: RecordFailedError): void;
}

/**
 * The function that resolves the promise of a `put`. Nothing else of the promise is kept: an object around it would
 * live as long, and the garbage collector would copy it as often
 * (`npm run bench end-to-end -- --only "put, JSON|memory"`). The function that rejects is not kept: few promises need it.
 */
export type Resolve = (outcome: PutResult | PromiseLike<never>) => void;

/**
 * Resolving a promise with this value rejects it. A rejected promise would do the same, but Node.js first records it as
 * unhandled and removes the record a moment later, which costs as much as the error.
 */
export class Rejection implements PromiseLike<never> {
  readonly #reason: unknown;

  constructor(reason: unknown) {
    this.#reason = reason;
  }

  /** Only the JavaScript engine calls it, once, and ignores the return value. */
  // biome-ignore lint/suspicious/noThenProperty: a promise follows a value that has this method
  then(_: unknown, reject?: ((reason: unknown) => unknown) | null): never {
    return reject?.(this.#reason) as never;
  }
}

/** Wraps a context that is a function, because a bare function would count as a {@link Resolve}. */
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

/** The settler of an enqueued record, made from its context. */
export function settlerOfContext(context: unknown): unknown {
  return typeof context === "function" ? new FunctionContext(context) : context;
}

/** The context that the caller passed with an enqueued record. */
export function contextOf(settler: unknown): unknown {
  return FunctionContext.open(settler);
}

/** Whether the value is a settler, not the context of an enqueued record. */
export function isSettler(settler: unknown): settler is Settler | Resolve {
  return typeof settler === "function" || Settler.is(settler);
}

/** Settles a settler: Kinesis stored its record. */
export function settleDelivered(settler: Settler | Resolve, results: Results, index: number): void {
  if (typeof settler === "function") settler(results.make(index));
  else settler.deliver(results, index);
}

/** Settles a settler: its record has failed. */
export function settleFailed(settler: Settler | Resolve, error: RecordFailedError): void {
  if (typeof settler === "function") settler(new Rejection(error));
  else settler.fail(error);
}

let captured: Resolve | undefined;

/** One function for all promises: a closure for each would cost as much as the promise. */
function capture(resolve: Resolve): void {
  captured = resolve;
}

/** A new promise; {@link takeResolve} returns its resolve function. */
export function newPutPromise(): Promise<PutResult> {
  return new Promise<PutResult>(capture);
}

/** The function that resolves the promise that {@link newPutPromise} has just made. */
export function takeResolve(): Resolve {
  return captured as Resolve;
}
